"""Scoring over HTTP, as an assessor does it in the browser, with and without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.queue import claim
from assessment.models import LEASE, Decision, Review, Score
from assessment.queries import open_lines
from lib import clock
from submissions.models import Submission, SubmissionLine, Work
from tenants.models import AuditEntry, Membership, Role, User
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions.stage import publish_edition

pytestmark = pytest.mark.django_db
AUTOSAVE = {"HTTP_X_AUTOSAVE": "1", "HTTP_ACCEPT": "application/json"}


@pytest.fixture
def bela(cast) -> Client:
    client = Client()
    client.force_login(cast.bela)
    return client


def at(name: str, review: Review) -> str:
    return reverse(name, args=["lakeside", review.id])


def typed(cast, review, *, below=(), comment=stage.COMMENT, token=None) -> dict[str, str]:
    """The form as the browser sends it, with every line scored."""
    data = {"token": str(token or review.token), "note": "Thank you for this."}
    with cast.inside():
        for line in open_lines(review.submission_id):
            levels = list(line.levels.all())
            data[f"level-{line.id}"] = str((levels[-1] if line.key in below else levels[0]).id)
            data[f"comment-{line.id}"] = comment if line.key in below else ""
    return data


def test_from_the_queue_to_a_decision_and_on_to_the_next(cast, edition, bela):
    one = stage.hand_in(cast, edition)
    two = stage.hand_in(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER))
    page = bela.get(reverse("queue", args=["lakeside"])).content.decode()
    assert one.code in page
    assert two.code in page
    assert "2 submissions wait" in page

    opened = bela.post(reverse("claim", args=["lakeside"]))
    with cast.inside():
        review = Review.objects.get(assessor=cast.bela)
    assert opened.headers["Location"] == at("review", review)
    page = bela.get(at("review", review)).content.decode()
    assert page.count('<fieldset class="crit"') == 4
    assert "These are my words about who." in page
    assert "https://example.org/plan" in page
    assert "My plan" not in page  # names people give are replaced

    sent = bela.post(at("review_finish", review), typed(cast, review))
    with cast.inside():
        following = Review.objects.get(assessor=cast.bela, state="claimed")
        decision = Decision.objects.get()
        assert AuditEntry.objects.filter(verb="submission.decided", object_id=decision.id).exists()
    assert sent.headers["Location"] == at("review", following)
    assert (decision.submission_id, decision.outcome, decision.note) == (
        review.submission_id,
        "passed",
        "Thank you for this.",
    )

    last = bela.post(at("review_finish", following), typed(cast, following), follow=True)
    assert "All caught up." in last.content.decode()
    done = bela.get(reverse("reviews_done", args=["lakeside"])).content.decode()
    assert one.code in done
    assert two.code in done


def test_autosave_answers_with_the_time_and_renews_the_lease(cast, sent, bela):
    with clock.at(clock.now() - timedelta(minutes=20)):
        review = stage.take(cast)
    data = {"token": review.token, "note": ""}
    with cast.inside():
        line = open_lines(sent.id)[0]
        best = line.levels.first()
    answer = bela.post(at("review_save", review), data | {f"level-{line.id}": str(best.id)}, **AUTOSAVE)
    assert answer.status_code == 200
    assert set(answer.json()) == {"saved_at", "lease_until"}
    answer = bela.post(at("review_save", review), data | {f"comment-{line.id}": "Good."}, **AUTOSAVE)
    with cast.inside():
        score = Score.objects.get()
        assert (score.line_id, score.level_id, score.comment) == (line.id, best.id, "Good.")
        renewed = Review.objects.get(id=review.id).lease_until
        assert renewed > review.lease_until + timedelta(minutes=19)
        assert AuditEntry.objects.filter(verb="review.saved").count() == 1  # one row a sitting
    page = bela.get(at("review", review)).content.decode()
    assert f'value="{best.id}" checked' in page
    assert "Good." in page


def test_what_is_missing_is_listed_and_the_draft_is_kept(cast, sent, bela):
    review = stage.take(cast)
    data = typed(cast, review, below=("plans",), comment="")
    with cast.inside():
        first = open_lines(sent.id)[0]
    del data[f"level-{first.id}"]
    data[f"comment-{first.id}"] = "Half a thought"
    answer = bela.post(at("review_finish", review), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 1, “Knows the class”, needs a score." in page
    assert "Line 2, “Plans three checks”, needs a comment" in page
    assert "Half a thought" in page
    with cast.inside():
        assert not Decision.objects.exists()
        assert Score.objects.get(line=first).comment == "Half a thought"
        assert Score.objects.filter(level__isnull=False).count() == 3


def test_a_level_of_another_line_is_refused_and_nothing_typed_is_lost(cast, sent, bela):
    review = stage.take(cast)
    data = typed(cast, review)
    names = [name for name in data if name.startswith("level-")]
    data[names[0]] = data[names[1]]
    data["note"] = "Please keep this."
    answer = bela.post(at("review_finish", review), data)
    assert answer.status_code == 422
    assert "Choose one of the levels of this line." in answer.content.decode()
    assert "Please keep this." in answer.content.decode()
    for bad in ("'; drop table", "0", "\x00"):
        answer = bela.post(at("review_save", review), data | {names[0]: bad}, **AUTOSAVE)
        assert answer.status_code == 400
        assert answer.json()["detail"]
    with cast.inside():
        assert not Score.objects.exists()


def test_too_long_a_comment_is_refused_with_its_words_kept(cast, sent, bela):
    review = stage.take(cast)
    data = typed(cast, review)
    name = next(name for name in data if name.startswith("comment-"))
    answer = bela.post(at("review_finish", review), data | {name: "word " * 1000})
    assert answer.status_code == 422
    assert "word word word" in answer.content.decode()


@pytest.mark.parametrize("token", ["", "abc", "-1", "0", "99999999999999999999"])
def test_a_token_that_is_no_token_is_refused(cast, sent, bela, token):
    review = stage.take(cast)
    answer = bela.post(at("review_finish", review), typed(cast, review) | {"token": token})
    assert answer.status_code in (409, 422)
    assert bela.post(at("review_release", review), {"token": token}).status_code == 409
    with cast.inside():
        assert Review.objects.get(id=review.id).state == "claimed"


def test_a_save_after_a_takeover_is_refused_and_shows_all_that_was_typed(cast, sent, bela):
    review = stage.take(cast)
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    with clock.at(clock.now() + LEASE * 2), cast.inside():
        claim(by=cast.by(other))
    data = typed(cast, review, below=("plans",), comment="My long thought about the plan.")
    for name in ("review_save", "review_finish"):
        answer = bela.post(at(name, review), data)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Your 30 minutes ran out and someone else took this over." in page
        assert "My long thought about the plan." in page
        assert "Thank you for this." in page
        assert "Olga" not in page
    auto = bela.post(at("review_save", review), data, **AUTOSAVE)
    assert auto.status_code == 409
    assert "Your draft is kept here" in auto.json()["detail"]
    with cast.inside():
        assert not Score.objects.exists()
        assert not Decision.objects.exists()
    assert bela.get(at("review", review)).status_code == 200  # stays readable to its writer


def test_two_clicks_on_send_decide_once_and_claim_once(cast, edition, bela):
    stage.hand_in(cast, edition)
    for n in range(3):
        stage.hand_in(cast, edition, make_user(f"Earner{n} E", cast.lakeside, Role.EARNER))
    review = stage.take(cast)
    data = typed(cast, review)
    first = bela.post(at("review_finish", review), data)
    second = bela.post(at("review_finish", review), data)
    assert first.headers["Location"] == second.headers["Location"]
    with cast.inside():
        assert Decision.objects.count() == 1
        assert Review.objects.filter(state="claimed").count() == 1


def test_save_for_later_keeps_it_and_the_queue_offers_to_go_on(cast, sent, bela):
    review = stage.take(cast)
    answer = bela.post(at("review_save", review), typed(cast, review), follow=True)
    page = answer.content.decode()
    assert f"Saved. {sent.code} stays yours until" in page
    assert "Go on" in page
    again = bela.post(reverse("claim", args=["lakeside"]), {"review": review.id})
    assert again.headers["Location"] == at("review", review)


def test_taking_what_someone_else_took_first_leads_back_to_the_queue(cast, sent, bela):
    review = stage.take(cast, make_user("Olga Orr", cast.lakeside, Role.ASSESSOR))
    answer = bela.post(reverse("claim", args=["lakeside"]), {"review": review.id})
    assert answer.status_code == 409
    assert "Someone else is scoring this now." in answer.content.decode()
    assert f'href="{reverse("queue", args=["lakeside"])}"' in answer.content.decode()
    assert "Olga" not in answer.content.decode()


def test_giving_back_and_knowing_the_person(cast, edition, bela):
    sent = stage.hand_in(cast, edition)
    review = stage.take(cast)
    page = bela.post(at("review_release", review), {"token": review.token}, follow=True).content.decode()
    assert f"{sent.code} is back in the queue." in page
    assert "You gave this back." in bela.get(at("review", review)).content.decode()
    again = stage.take(cast)
    page = bela.post(at("review_conflict", again), typed(cast, again), follow=True).content.decode()
    assert "you will not get work of this person again" in page
    assert "Nothing waits for a score." in page
    assert "All caught up." in bela.post(reverse("claim", args=["lakeside"]), follow=True).content.decode()


def test_try_two_shows_the_last_comment_on_open_lines_and_locks_the_others(cast, sent, bela):
    stage.score(cast, stage.take(cast), below=("plans",))
    with cast.inside():
        again = SubmissionLine.objects.filter(submission__number=2).first().submission
    stage.send(cast, again)
    page = bela.get(at("review", stage.take(cast))).content.decode()
    assert page.count('<fieldset class="crit"') == 1
    assert "2. Plans three checks" in page
    assert "Last try: Not yet" in page
    assert stage.COMMENT in page
    assert "Met in an earlier try" in page
    assert "Try 2" in page


def test_who_may_open_what(cast, sent, bela):
    review = stage.take(cast)
    with cast.inside():
        artifact = sent.artifacts.get().id
    evidence = reverse("review_evidence", args=["lakeside", review.id, artifact])
    gets = [reverse("queue", args=["lakeside"]), reverse("reviews_done", args=["lakeside"]), at("review", review)]
    posts = [at(f"review_{name}", review) for name in ("save", "finish", "release", "conflict")]
    posts.append(reverse("claim", args=["lakeside"]))
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    own = [url for url in [*gets, *posts] if str(review.id) in url]
    for user, urls, status in [
        (None, gets, 302),
        (cast.stranger, [*gets, *posts, evidence], 404),
        (cast.mallory, [*gets, *posts, evidence], 404),
        (cast.dora, [*gets, *posts, evidence], 403),
        (cast.ada, [*own, evidence], 404),
        (cast.cleo, [*gets, *posts, evidence], 403),
        (other, [*own, evidence], 404),
    ]:
        client = Client()
        if user:
            client.force_login(user)
        for url in urls:
            answer = client.post(url, {"token": "1"}) if url in posts else client.get(url)
            assert answer.status_code == status, (user, url, answer.status_code)
    for url in posts:
        assert bela.get(url).status_code == 405


def test_claiming_what_is_not_there_is_a_404(cast, sent, bela):
    for wanted in ("nonsense", "01a20330-16d0-7011-9a77-f14610b2d53e"):
        assert bela.post(reverse("claim", args=["lakeside"]), {"review": wanted}).status_code == 404


def test_the_queue_can_be_kept_to_one_micro_credential(cast, edition, bela):
    one = stage.hand_in(cast, edition)
    two = stage.hand_in(cast, publish_edition(cast, "Another one"))
    page = bela.get(reverse("queue", args=["lakeside"]), {"mc": "another-one"}).content.decode()
    assert two.code in page
    assert one.code not in page
    page = bela.get(reverse("queue", args=["lakeside"]), {"mc": "no-such", "page": "x"}).content.decode()
    assert "Nothing waits for this micro-credential." in page


def test_due_dates_are_said_in_words(cast, sent, bela):
    url = reverse("queue", args=["lakeside"])
    stage.waiting(cast)
    noon = clock.now().replace(hour=17)
    for days, words in [(-1, "Due tomorrow, "), (0, "Due today, "), (1, "Was due ")]:
        with clock.at(noon + (sent.due_on - noon.date()) + timedelta(days=days)):
            assert words in bela.get(url).content.decode()


def many(cast, edition, number):
    """`number` waiting reviews, made quickly: one work of Ada's, copied row by row."""
    sent = stage.hand_in(cast, edition)
    users = User.objects.bulk_create(User(email=f"e{n}@example.org", name=f"Earner {n}") for n in range(number))
    Membership.objects.bulk_create(Membership(tenant=cast.lakeside, user=user, roles=["earner"]) for user in users)
    with cast.inside():
        works = Work.objects.bulk_create(
            Work(earner=user, edition=edition, state=Work.State.IN_REVIEW) for user in users
        )
        Submission.objects.bulk_create(
            Submission(
                work=work,
                earner_id=work.earner_id,
                edition=edition,
                code=f"C{n}",
                state="submitted",
                submitted_at=sent.submitted_at,
                due_on=sent.due_on,
            )
            for n, work in enumerate(works)
        )


def test_a_queue_of_five_hundred_is_paged_and_costs_few_queries(cast, edition, bela, django_assert_max_num_queries):
    many(cast, edition, 500)
    for _turn in range(2):
        bela.get(reverse("queue", args=["lakeside"]))  # opens their slots, five hundred at a time
    with django_assert_max_num_queries(18):
        page = bela.get(reverse("queue", args=["lakeside"])).content.decode()
    assert "1 to 50 of 501" in page
    assert page.count('name="review"') == 50
    last = bela.get(reverse("queue", args=["lakeside"]), {"page": 11}).content.decode()
    assert "501 to 501 of 501" in last


def test_the_workspace_costs_few_queries(cast, sent, bela, django_assert_max_num_queries):
    review = stage.take(cast)
    with django_assert_max_num_queries(19):
        bela.get(at("review", review))
    data = typed(cast, review)
    with django_assert_max_num_queries(20):
        bela.post(at("review_save", review), data, **AUTOSAVE)


def test_the_list_of_what_is_done_costs_few_queries(cast, sent, bela, django_assert_max_num_queries):
    stage.score(cast, stage.take(cast))
    with django_assert_max_num_queries(9):
        page = bela.get(reverse("reviews_done", args=["lakeside"])).content.decode()
    assert "Earned" in page


def test_the_page_says_its_autosave_protocol(cast, sent, bela):
    review = stage.take(cast)
    page = bela.get(at("review", review)).content.decode()
    assert f'data-autosave="{at("review_save", review)}"' in page
    assert f'data-key="review:{review.id}"' in page
    assert f'name="token" value="{review.token}"' in page
