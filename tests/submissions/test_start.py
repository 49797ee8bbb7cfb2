"""Starting, going on, stopping, and the lists that show it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from lib import clock
from submissions.actions.works import start_work, withdraw_work
from submissions.models import Submission, Work, WorkCard
from tenants.models import AuditEntry, Membership, Partnership, Role
from tests.submissions import stage


def start_url(edition, slug="lakeside"):
    return reverse("work_start", args=[slug, edition.micro_credential.slug])


def test_starting_makes_a_work_with_a_first_try_a_card_and_an_audit_row(cast, edition, client):
    client.force_login(cast.ada)
    answer = client.post(start_url(edition))
    card = WorkCard.objects.get(earner=cast.ada)
    assert answer.headers["Location"] == reverse("work", args=["lakeside", card.work_id])
    assert (card.state, card.parts_done, card.parts, card.next_step) == ("active", 0, 5, "about")
    with cast.inside():
        submission = Submission.objects.get(work=card.work_id)
        assert (submission.number, submission.state, len(submission.code)) == (1, "draft", 6)
        assert submission.lines.count() == 4
        assert AuditEntry.objects.filter(verb="work.started", object_id=card.work_id, actor=cast.ada).count() == 1


def test_starting_twice_is_starting_once(cast, edition, client):
    client.force_login(cast.ada)
    first, second = client.post(start_url(edition)), client.post(start_url(edition))
    assert first.headers["Location"] == second.headers["Location"]
    with cast.inside():
        assert Work.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_work(cast, edition):
    gate, made, problems = Barrier(2), [], []

    def click():
        try:
            with cast.inside():
                gate.wait()
                made.append(start_work(by=cast.by(cast.ada), edition=edition).id)
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=click) for _n in range(2)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert not problems
    assert len(set(made)) == 1
    assert WorkCard.objects.count() == 1


def test_a_newer_edition_changes_nothing_for_work_that_has_begun(cast, edition, draft, client):
    from credentials.actions.editions import new_edition, publish, send_to_vetting

    with cast.inside():
        newer = new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)
        send_to_vetting(by=cast.by(cast.dora), edition=newer)
        publish(by=cast.by(cast.vito), edition=newer)
    client.force_login(cast.ada)
    assert client.post(start_url(edition)).headers["Location"].endswith(f"/my/work/{draft.work_id}/")
    with cast.inside():
        assert start_work(by=cast.by(cast.ada), edition=newer).edition_id == edition.id


def test_an_earner_of_a_partner_becomes_an_earner_of_the_issuer(cast, edition, client):
    Partnership.objects.create(tenant=cast.harbor, issuer=cast.lakeside)
    earner = stage.make_user("Nora North", cast.harbor, Role.EARNER)
    client.force_login(earner)
    answer = client.post(start_url(edition, "harbor"))
    card = WorkCard.objects.get(earner=earner)
    assert answer.headers["Location"] == f"/t/lakeside/my/work/{card.work_id}/"
    assert Membership.objects.get(user=earner, tenant=cast.lakeside).roles == [Role.EARNER]
    assert client.get(answer.headers["Location"]).status_code == 200
    with cast.inside():
        assert Work.objects.get(id=card.work_id).via == cast.harbor
        assert AuditEntry.objects.filter(verb="membership.joined_as_earner", actor=earner).count() == 1
    assert b"From Lakeside Schools" in client.get(reverse("my_work", args=["harbor"])).content


def test_without_a_partnership_the_micro_credential_is_not_there(cast, edition, client):
    earner = stage.make_user("Nora North", cast.harbor, Role.EARNER)
    client.force_login(earner)
    assert client.post(start_url(edition, "harbor")).status_code == 404
    assert not Membership.objects.filter(user=earner, tenant=cast.lakeside).exists()


def test_a_membership_the_issuer_closed_stays_closed(cast, edition, client):
    Partnership.objects.create(tenant=cast.harbor, issuer=cast.lakeside)
    earner = stage.make_user("Nora North", cast.harbor, Role.EARNER)
    Membership.objects.create(tenant=cast.lakeside, user=earner, roles=[Role.EARNER], active=False)
    client.force_login(earner)
    answer = client.post(start_url(edition, "harbor"))
    assert answer.status_code == 403
    assert "closed your membership" in answer.content.decode()
    assert not WorkCard.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("vito", 403), ("mallory", 404), ("stranger", 404)])
def test_who_is_no_earner_here_cannot_start(cast, edition, client, who, status):
    client.force_login(getattr(cast, who))
    assert client.post(start_url(edition)).status_code == status
    assert not WorkCard.objects.exists()


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_page(cast, edition, client):
    assert reverse("account_login") in client.post(start_url(edition)).headers["Location"]
    client.force_login(cast.ada)
    assert client.get(start_url(edition)).headers["Location"].endswith(f"/mc/{edition.micro_credential.slug}/")


def test_a_draft_edition_cannot_be_started(cast, client):
    from credentials.actions.editions import import_edition

    with cast.inside():
        unpublished = import_edition(by=cast.by(cast.dora), data=stage.edition_data())
    client.force_login(cast.ada)
    assert client.post(start_url(unpublished)).status_code == 404


def test_stopped_work_is_taken_up_again_where_it_stood(cast, edition, draft, client):
    stage.write_all(cast, draft)
    client.force_login(cast.ada)
    client.post(reverse("work_stop", args=["lakeside", draft.work_id]))
    assert WorkCard.objects.get().state == "withdrawn"
    page = client.get(reverse("work", args=["lakeside", draft.work_id])).content.decode()
    assert "Take it up again" in page
    key = reverse("work_criterion", args=["lakeside", draft.work_id, "class"])
    refused = client.post(key, {"rev": "1", "answer-who": "Something new here"}, HTTP_X_AUTOSAVE="1")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:laurel:stopped")
    client.post(start_url(edition))
    card = WorkCard.objects.get()
    assert (card.state, card.parts_done) == ("active", 3)


def test_the_button_of_the_catalog_page_knows_how_far_one_is(cast, edition, client):
    url = reverse("work_button", args=["lakeside", edition.micro_credential.slug])
    client.force_login(cast.ada)
    assert "Start this micro-credential" in client.get(url).content.decode()
    stage.begin(cast, edition)
    assert "Continue (0 of 5 done)" in client.get(url).content.decode()


def test_my_work_shows_the_next_step_and_the_groups(cast, draft, client):
    sent = stage.begin(cast, stage.publish_edition(cast, "Leading a Discussion"))
    stage.send(cast, sent)
    client.force_login(cast.ada)
    page = client.get(reverse("my_work", args=["lakeside"])).content.decode()
    assert "Read what you will show" in page
    assert page.index("In progress") < page.index("With reviewers") < page.index("Leading a Discussion")
    assert "You should hear by" in page


def test_my_work_is_empty_with_a_way_to_the_catalog(cast, client):
    client.force_login(cast.ada)
    page = client.get(reverse("my_work", args=["lakeside"])).content.decode()
    assert "You have not started anything yet" in page
    assert reverse("catalog", args=["lakeside"]) in page


def test_my_work_takes_the_same_number_of_queries_for_many_works(cast, edition, client, django_assert_max_num_queries):
    for n in range(5):
        stage.begin(cast, stage.publish_edition(cast, f"Skill number {n}"))
    client.force_login(cast.ada)
    with django_assert_max_num_queries(9):
        assert client.get(reverse("my_work", args=["lakeside"])).content.count(b"Skill number") >= 5


def test_the_task_list_takes_few_queries(cast, draft, client, django_assert_max_num_queries):
    stage.write_all(cast, draft)
    client.force_login(cast.ada)
    with django_assert_max_num_queries(16):
        page = client.get(reverse("work", args=["lakeside", draft.work_id])).content.decode()
    assert "Not sent yet." in page


def test_a_goal_date_is_set_refused_in_the_past_and_cleared(cast, draft, client):
    client.force_login(cast.ada)
    url = reverse("work_goal", args=["lakeside", draft.work_id])
    tomorrow = (clock.now() + timedelta(days=2)).date()
    client.post(url, {"goal_date": tomorrow.isoformat()})
    assert WorkCard.objects.get().goal_date == tomorrow
    past = client.post(url, {"goal_date": "2001-01-01"})
    assert past.status_code == 422
    assert "This date has passed" in past.content.decode()
    assert "2001-01-01" in past.content.decode()
    words = client.post(url, {"goal_date": "soon"})
    assert words.status_code == 422
    assert "like 3/14/2027" in words.content.decode()
    client.post(url, {"goal_date": ""})
    assert WorkCard.objects.get().goal_date is None


PAGES = ["work", "work_about", "work_promise", "work_check", "work_sent"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["egon", "bela", "cleo", "mallory", "stranger"])
def test_other_peoples_work_does_not_exist(cast, draft, client, name, who):
    stage.other_earner(cast)
    from tenants.models import User

    client.force_login(User.objects.get(email=f"{who}@example.org"))
    assert client.get(reverse(name, args=["lakeside", draft.work_id])).status_code == 404


def test_a_withdrawn_work_can_be_stopped_by_its_earner_only(cast, draft):
    from lib.errors import NotAllowed

    with cast.inside(), pytest.raises(NotAllowed):
        withdraw_work(by=cast.by(cast.bela), work=draft.work)
