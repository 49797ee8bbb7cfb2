"""A score that was just sent can be taken back; nothing is decided before that time is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.deciding import undo
from assessment.actions.queue import claim, release
from assessment.models import Decision, Review
from assessment.tasks import decide_submission, sweep
from lib import clock
from lib.errors import NotAllowed, RuleBroken
from submissions.models import Submission
from tenants.models import AuditEntry, OutgoingMail, Role, Scope
from tests.assessment import stage
from tests.assessment.test_api import Script
from tests.cast import make_user
from tests.submissions.stage import publish_edition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


@pytest.fixture
def bela(cast):
    client = Client()
    client.force_login(cast.bela)
    return client


def url(name, review):
    return reverse(name, args=["lakeside", review.id])


def later(seconds):
    return clock.at(clock.now() + timedelta(seconds=seconds))


def form(cast, review, **changes):
    with cast.inside():
        scores = review.scores.all()
        levels = {f"level-{score.line_id}": str(score.level_id) for score in scores}
        return {"token": review.token, **levels, **changes}


def decided(cast):
    with cast.inside():
        return Decision.objects.exists()


def test_the_page_after_sending_has_a_button_that_opens_the_score_again(cast, sent, bela):
    review = stage.take(cast)
    stage.fill(cast, review)
    page = bela.post(url("review_finish", review), form(cast, review), follow=True).content.decode()
    assert f'action="{url("review_undo", review)}"' in page
    assert "Undo" in page
    opened = bela.post(url("review_undo", review), follow=True)
    assert opened.redirect_chain[-1][0] == url("review", review)
    with cast.inside():
        review.refresh_from_db()
        assert (review.state, review.token, review.finished_at) == (Review.State.CLAIMED, 2, None)
        assert review.lease_until > clock.now() + timedelta(minutes=29)
        assert AuditEntry.objects.filter(verb="review.undone", actor=cast.bela).count() == 1
    assert bela.post(url("review_finish", review), form(cast, review)).status_code == 302
    with later(20):
        sweep()
    assert decided(cast)


def test_nothing_is_decided_while_it_can_be_taken_back(cast, sent):
    assert stage.score(cast, stage.take(cast), below=("plans",)) is None
    with later(9):
        sweep()
        decide_submission(str(cast.lakeside.id), str(sent.id))
    assert not decided(cast)
    assert not OutgoingMail.objects.filter(kind="review_not_yet").exists()


@pytest.mark.parametrize("by_sweep", [True, False], ids=["by the sweep", "by the worker"])
def test_then_a_worker_decides(cast, sent, by_sweep):
    stage.score(cast, stage.take(cast))
    with later(11):
        for _twice in range(2):
            sweep() if by_sweep else decide_submission(str(cast.lakeside.id), str(sent.id))
    with cast.inside():
        assert Decision.objects.get().outcome == Decision.Outcome.PASSED
        assert AuditEntry.objects.get(verb="submission.decided").actor is None


@pytest.mark.parametrize("has_decided", [True, False], ids=["decided", "not decided yet"])
def test_too_late_is_said_in_a_sentence(cast, sent, bela, has_decided):
    review = stage.take(cast)
    stage.score(cast, review)
    with later(11):
        if has_decided:
            sweep()
        answer = bela.post(url("review_undo", review))
    assert answer.status_code == 409
    assert "sent more than 10 seconds ago, so it can no longer be taken back" in answer.content.decode()
    with cast.inside():
        assert Review.objects.get().state == Review.State.FINAL


def test_taking_it_back_twice_is_once_and_the_old_page_is_told(cast, sent, bela):
    review = stage.take(cast)
    stage.score(cast, review)
    for _twice in range(2):
        assert bela.post(url("review_undo", review)).status_code == 302
    with cast.inside():
        assert Review.objects.get().token == 2
    stale = bela.post(url("review_save", review), form(cast, review))
    assert stale.status_code == 409
    assert "You took this score back on another page." in stale.content.decode()


def test_only_the_reader_can_take_it_back(cast, sent):
    review = stage.take(cast)
    stage.score(cast, review)
    una = make_user("Una Uhl", cast.lakeside, Role.ASSESSOR)
    client = Client()
    client.force_login(una)
    assert client.post(url("review_undo", review)).status_code == 404
    with stage.inside(cast), pytest.raises(NotAllowed):
        undo(by=cast.by(una), review=review)


def test_what_was_given_back_cannot_be_undone(cast, sent):
    review = stage.take(cast)
    with stage.inside(cast):
        release(by=cast.by(cast.bela), review=review, token=review.token)
        with pytest.raises(RuleBroken, match="can no longer be taken back"):
            undo(by=cast.by(cast.bela), review=review)


def test_a_second_reader_who_comes_after_the_undo_finds_the_slot_taken(cast):
    stage.hand_in(cast, stage.publish_with(cast, "Read by two", plan="two"))
    review = stage.take(cast)
    stage.score(cast, review)
    with stage.inside(cast):
        undo(by=cast.by(cast.bela), review=review)
    stage.score(cast, stage.take(cast, make_user("Otto Ost", cast.lakeside, Role.ASSESSOR)))
    with stage.inside(cast):
        assert claim(by=cast.by(make_user("Una Uhl", cast.lakeside, Role.ASSESSOR))) is None
    with later(20):
        sweep()
    assert not decided(cast)  # Bela has not sent it again


def test_a_script_can_take_it_back_too(cast, sent):
    script = Script(cast.bela, Scope.REVIEW)
    taken = script.call("post", "claim/", {}).json()
    scores = [{"line": line["key"], "level": 0} for line in taken["lines"]]
    script.call("patch", f"{taken['id']}/scores/", {"token": 1, "scores": scores})
    sent_now = script.call("post", f"{taken['id']}/finish/", {"token": 1}).json()
    assert (sent_now["outcome"], sent_now["undo_until"] is not None) == (None, True)
    again = script.call("post", f"{taken['id']}/undo/")
    assert (again.status_code, again.json()["token"], again.json()["state"]) == (200, 2, "claimed")
    script.call("post", f"{taken['id']}/finish/", {"token": 2})
    with later(11):
        assert script.call("post", f"{taken['id']}/undo/").status_code == 409


def test_settling_decides_at_once(cast, settings):
    settings.UNDO_SECONDS = 0
    stage.differ(cast)
    settings.UNDO_SECONDS = 10
    with later(11):
        assert stage.settle(cast, stage.take_to_settle(cast)) is not None


@pytest.mark.django_db(transaction=True)
def test_undo_and_decision_at_the_same_moment_never_both_happen(cast):
    edition = publish_edition(cast)
    for n in range(5):
        sent = stage.hand_in(cast, edition, make_user(f"Earner{n} E", cast.lakeside, Role.EARNER))
        review = stage.take(cast)
        stage.score(cast, review)

        def work(what, review=review, sent=sent):
            if what == "decide":
                with later(11):
                    decide_submission(str(cast.lakeside.id), str(sent.id))
            else:
                try:
                    undo(by=cast.by(cast.bela), review=review)
                except RuleBroken:
                    return

        stage.together(cast, work, ["decide", "undo"])
        with stage.inside(cast):
            is_decided = Decision.objects.filter(submission=sent).exists()
            review.refresh_from_db()
            assert is_decided == (review.state == Review.State.FINAL)
            assert is_decided == (Submission.objects.get(id=sent.id).state == "passed")
