"""A badge that runs out is renewed by new work on the same edition, and by nothing else that an earner can do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.formats import date_format

from badges.actions import award, renew, revoke, suspend
from badges.models import Badge
from credentials.actions.editions import new_edition, publish, send_to_vetting
from lib import clock
from lib.errors import RuleBroken
from submissions.actions.works import newest_try, start_work
from submissions.models import Artifact, Response, Submission, Work, WorkCard
from tenants.models import AuditEntry
from tests.assessment import stage
from tests.badges.made import work_off
from tests.submissions.stage import publish_edition


@pytest.fixture
def edition(cast):
    return publish_edition(cast, badge={"icon": "chat", "seed": "", "valid_months": 12})


@pytest.fixture
def badge(cast, edition):
    """Ada's, for work that Bela scored."""
    return passed(cast, stage.hand_in(cast, edition))


def passed(cast, sent):
    stage.score(cast, stage.take(cast, of=sent))
    work_off()
    return Badge.objects.get(submission_id=sent.id)


def soon(badge):
    """A day on which new work renews it."""
    return clock.at(badge.expires_at - timedelta(days=80))


def start_url(edition):
    return reverse("work_start", args=["lakeside", edition.micro_credential.slug])


def begin(client, edition, **more):
    return client.post(start_url(edition), {"renew": "yes", **more})


def begin_by_api(client, edition, key):
    return client.post(
        reverse("api_work_start", args=["lakeside"]),
        {"micro_credential": edition.micro_credential.slug, "renew": True},
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def begin_again(cast, edition):
    """A draft that renews, by the action."""
    with stage.inside(cast):
        return newest_try(start_work(by=cast.by(cast.ada), edition=edition, renew=True))


def write_again(cast, edition):
    """The same, done and sent."""
    begin_again(cast, edition)
    return stage.send(cast, stage.write(cast, edition, cast.ada))


def pages(client, badge):
    """Every page of its earner that is about a badge: its own, the passport, the catalog's button, and the work."""
    slug = badge.edition.micro_credential.slug
    card = WorkCard.objects.filter(earner=badge.earner, edition=badge.edition).earliest("id")
    addresses = [
        reverse("badge", args=[badge.id]),
        reverse("passport", args=["lakeside"]),
        reverse("work_button", args=["lakeside", slug]),
        reverse("work", args=["lakeside", card.work_id]),
    ]
    return [client.get(address).content.decode() for address in addresses]


def publish_newer(cast, edition):
    with cast.inside():
        newer = new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)
        send_to_vetting(by=cast.by(cast.dora), edition=newer)
        publish(by=cast.by(cast.vito), edition=newer)
    newer.refresh_from_db()
    return newer


def works(cast, edition):
    with stage.inside(cast):
        return list(Work.objects.filter(earner=cast.ada, edition=edition).order_by("created_at"))


def test_it_is_offered_when_it_is_due_and_not_before(cast, edition, badge, client):
    client.force_login(cast.ada)
    own, passport, button, work = pages(client, badge)
    assert "Renew" not in own + passport + work
    first = date_format(cast.lakeside.local_date(badge.expires_at - timedelta(days=90)))
    assert f"You can begin to renew it on {first}." in button
    for moment, said in ((badge.expires_at - timedelta(days=89), "is valid"), (badge.expires_at, "was valid")):
        with clock.at(moment):
            own, passport, button, work = pages(client, badge)
        assert f'href="/t/lakeside/mc/{edition.micro_credential.slug}/">Renew it</a>' in own
        assert f'href="/t/lakeside/mc/{edition.micro_credential.slug}/">Renew <span' in passport
        for text in (button, work):
            assert "Renew it" in text
            assert f"Your badge {said} until" in text
    with clock.at(badge.expires_at):
        client.force_login(cast.bela)
        assert "Renew it" not in client.get(reverse("badge", args=[badge.id])).content.decode()
        client.logout()
        assert "Renew it" not in client.get(reverse("badge", args=[badge.id])).content.decode()


def test_beginning_it_makes_an_empty_work_and_keeps_the_last(cast, edition, badge, client):
    client.force_login(cast.ada)
    with soon(badge):
        answer = begin(client, edition)
        old, new = works(cast, edition)
        assert answer["Location"] == reverse("work", args=["lakeside", new.id])
        page = client.get(answer["Location"]).content.decode()
        before = client.get(reverse("work", args=["lakeside", old.id])).content.decode()
        mine = client.get(reverse("my_work", args=["lakeside"])).content.decode()
        button = pages(client, badge)[2]
    assert (new.state, new.renews_id, old.state) == ("active", old.id, "passed")
    with cast.inside():
        draft = Submission.objects.get(work=new)
        assert draft.number == 1
        assert all(line.is_open for line in draft.lines.all())
        assert not Response.objects.filter(submission=draft).exists()
        assert not Artifact.objects.filter(submission=draft).exists()
        started = AuditEntry.objects.get(verb="work.started", object_id=new.id)
        assert started.facts["renews"] == str(old.id)
        piece = Artifact.objects.get(submission__work=old)
    assert reverse("work", args=["lakeside", old.id]) in page
    assert reverse("work", args=["lakeside", new.id]) in before
    assert "Renew it" not in before
    assert "Renews your badge." in mine
    assert "Continue (0 of 5 done)" in button
    assert client.get(reverse("artifact_view", args=["lakeside", old.id, piece.id])).status_code == 200


def test_without_asking_for_it_one_is_led_to_the_work_that_passed(cast, edition, badge, client):
    client.force_login(cast.ada)
    with soon(badge):
        assert client.post(start_url(edition))["Location"].endswith(f"/my/work/{works(cast, edition)[0].id}/")
    assert len(works(cast, edition)) == 1


def test_it_is_refused_before_it_is_due(cast, edition, badge, client):
    client.force_login(cast.ada)
    refused = begin(client, edition)
    assert refused.status_code == 409
    assert "You can begin to renew it on" in refused.content.decode()
    api = begin_by_api(client, edition, "early")
    assert (api.status_code, api.json()["type"]) == (409, "urn:laurel:not-due")
    assert len(works(cast, edition)) == 1


def test_programs_begin_it_too(cast, edition, badge, client):
    client.force_login(cast.ada)
    with soon(badge):
        made = begin_by_api(client, edition, "due")
        assert (made.status_code, made.json()["is_renewal"], made.json()["state"]) == (201, True, "active")
        assert begin_by_api(client, edition, "again").json()["id"] == made.json()["id"]
        listed = client.get(reverse("api_my_works")).json()["results"]
    assert [each["is_renewal"] for each in listed] == [True, False]


@pytest.mark.parametrize("what", ["taken back", "on hold", "renewed by an admin", "without an end"])
def test_it_is_refused_for_a_badge_that_new_work_cannot_renew(cast, edition, badge, client, what):
    client.force_login(cast.ada)
    admin = cast.by(cast.cleo)
    with soon(badge):
        with cast.inside():
            if what == "taken back":
                revoke(by=admin, badge=badge, reason="error")
            elif what == "on hold":
                suspend(by=admin, badge=badge, note="Doubt.")
            elif what == "renewed by an admin":
                renew(by=admin, badge=badge, note="Course.")
                work_off()
            else:
                Badge.objects.filter(id=badge.id).update(expires_at=None)
        assert "Renew" not in "".join(pages(client, badge)[i] for i in (0, 1, 3))
        assert begin(client, edition).status_code == 409
    assert len(works(cast, edition)) == 1


def test_somebody_elses_badge_renews_nothing(cast, edition, badge, client):
    client.force_login(cast.bela)
    with soon(badge):
        begin(client, edition)  # their first work
        with cast.inside():
            assert Work.objects.get(earner=cast.bela).renews_id is None
    assert len(works(cast, edition)) == 1


def test_a_double_click_begins_it_once(cast, edition, badge, client):
    client.force_login(cast.ada)
    with soon(badge):
        first, second = begin(client, edition), begin(client, edition)
    assert first["Location"] == second["Location"]
    assert len(works(cast, edition)) == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_begin_it_once(cast, edition, badge):
    Badge.objects.filter(id=badge.id).update(expires_at=clock.now() + timedelta(days=5))
    made = stage.together(cast, lambda user: _start(cast, user, edition), [cast.ada] * 4)
    assert len(set(made)) == 1
    assert len(works(cast, edition)) == 2
    assert WorkCard.objects.filter(earner=cast.ada).count() == 2


def _start(cast, user, edition):
    with transaction.atomic():
        return start_work(by=cast.by(user), edition=edition, renew=True).id


def test_passing_renews_the_badge_once_and_counts_from_its_end(cast, edition, badge, client):
    with soon(badge):
        new = passed(cast, write_again(cast, edition))
        work_off()
        client.force_login(cast.ada)
        text = client.get(reverse("my_work", args=["lakeside"])).content.decode()
        refused = begin(client, edition)
    badge.refresh_from_db()
    assert (new.replaces_id, new.succession, new.state) == (badge.id, "renewal", Badge.State.ISSUED)
    assert (badge.state, badge.superseded_at is not None) == (Badge.State.ISSUED, True)
    assert new.expires_at.year == badge.expires_at.year + 1
    assert new.expires_at.date().replace(year=2000) == badge.expires_at.date().replace(year=2000)
    assert Badge.objects.filter(earner=cast.ada).count() == 2
    assert [work.state for work in works(cast, edition)] == ["passed", "passed"]
    assert text.count("Checking for Understanding") == 2
    assert refused.status_code == 409
    with clock.at(new.expires_at + timedelta(days=400)):
        third = passed(cast, write_again(cast, edition))
    assert third.replaces_id == new.id
    chain = works(cast, edition)
    assert [work.renews_id for work in chain] == [None, chain[0].id, chain[1].id]


def test_a_try_that_fails_leaves_the_badge(cast, edition, badge):
    with soon(badge):
        stage.score(cast, stage.take(cast, of=write_again(cast, edition)), below=("plans",))
        work_off()
    badge.refresh_from_db()
    assert (badge.state, badge.superseded_at) == (Badge.State.ISSUED, None)
    assert [work.state for work in works(cast, edition)] == ["passed", "returned"]
    assert Badge.objects.count() == 1


def test_one_that_was_stopped_is_taken_up_again_also_without_asking(cast, edition, badge, client):
    client.force_login(cast.ada)
    with soon(badge):
        address = begin(client, edition)["Location"]
        stopped = works(cast, edition)[1]
        client.post(reverse("work_stop", args=["lakeside", stopped.id]))
        assert "Take it up again" in pages(client, badge)[2]
        assert client.post(start_url(edition))["Location"] == address
    assert [work.state for work in works(cast, edition)] == ["passed", "active"]


def test_a_newer_edition_is_what_renews(cast, edition, badge, client):
    newer = publish_newer(cast, edition)
    client.force_login(cast.ada)
    with soon(badge):
        assert "There is a newer edition." in pages(client, badge)[0]
        assert "Renew it" in pages(client, badge)[2]
        begin(client, edition)
        with stage.inside(cast):
            Work.objects.filter(edition=newer).update(state="passed")  # so that it is not given back instead
        edition.refresh_from_db()
        with pytest.raises(RuleBroken, match="Look in the catalog for the newest one"):
            begin_again(cast, edition)
    assert len(works(cast, edition)) == 1
    assert works(cast, newer)[0].renews_id is None


def test_who_holds_badges_of_two_editions_renews_the_one_of_the_edition(cast, edition, badge):
    """Editions may be valid for different times, so the older badge can be the one that is due."""
    newer = publish_newer(cast, edition)
    second = passed(cast, stage.hand_in(cast, newer))
    Badge.objects.filter(id=second.id).update(expires_at=badge.expires_at + timedelta(days=300))
    with soon(badge), cast.inside():
        again = {"earner": cast.ada, "edition": newer, "submission_id": uuid4()}
        assert award(by=cast.by(cast.bela), **again) == second
    Badge.objects.filter(id=second.id).update(expires_at=badge.expires_at - timedelta(days=10))
    with soon(badge), cast.inside():
        assert award(by=cast.by(cast.bela), **again).replaces_id == second.id


def test_the_database_holds_the_line_of_works(cast, edition, badge):
    with soon(badge):
        begin_again(cast, edition)
    old, new = works(cast, edition)
    facts = {"earner": cast.ada, "edition": edition}
    wrong = [
        {**facts, "renews": old},  # a second one after the same
        {**facts, "renews": new},  # after one that is not finished
        {**facts, "renews": None},  # a second first one
        {**facts, "earner": cast.bela, "renews": old},  # after somebody else's
    ]
    for each in wrong:
        with stage.inside(cast), pytest.raises(IntegrityError):
            Work.objects.create(**each)


def test_a_case_takes_back_what_rests_on_that_work_only(cast, edition, badge):
    from assessment.actions.case_closing import carry_out
    from assessment.models import Case

    with soon(badge):
        renewed = passed(cast, write_again(cast, edition))
        first, second = works(cast, edition)
        with stage.inside(cast):
            sent = Submission.objects.get(work=second)
            case = Case(work=second, submission=sent, earner=cast.ada, opener=cast.bela, concern="x")
            carry_out(by=cast.by(cast.cleo), case=case)
    states = Badge.objects.in_bulk([badge.id, renewed.id])
    assert states[badge.id].state == Badge.State.ISSUED
    assert states[renewed.id].state == Badge.State.REVOKED
