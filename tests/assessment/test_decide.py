"""From readings to one decision, whatever is clicked twice or killed in between."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from assessment.actions.deciding import Incomplete, decide, finish
from assessment.actions.queue import claim
from assessment.actions.scoring import save_score
from assessment.models import Decision, DecisionLine, Review
from assessment.queries import open_lines
from assessment.tasks import sweep
from badges.models import Badge
from lib import clock, pgscope
from submissions.models import Submission, SubmissionLine, Work
from tenants.models import AuditEntry, OutgoingMail, Role
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions.stage import publish_edition

pytestmark = pytest.mark.django_db


def test_all_lines_met_earns_the_badge_in_the_same_transaction(cast, sent):
    decision = stage.score(cast, stage.take(cast))
    assert decision.outcome == Decision.Outcome.PASSED
    badge = Badge.objects.get(submission_id=sent.id)
    assert (badge.earner, badge.edition_id, badge.state) == (cast.ada, sent.edition_id, Badge.State.AWARDED)
    assert badge.results == [{"line": key, "level": 0} for key in ("knows", "plans", "reach", "thinks")]
    with cast.inside():
        sent.refresh_from_db()
        assert sent.state == Submission.State.PASSED
        assert Work.objects.get(id=sent.work_id).state == Work.State.PASSED
        assert AuditEntry.objects.filter(verb="review.finished", actor=cast.bela).count() == 1
        assert AuditEntry.objects.get(verb="submission.decided").facts["outcome"] == "passed"
    assert not OutgoingMail.objects.filter(kind="review_not_yet").exists()  # the badge has its own mail


def test_not_yet_returns_only_the_open_lines_and_the_next_try_carries_the_others(cast, sent):
    decision = stage.score(cast, stage.take(cast), below=("plans", "thinks"))
    assert decision.outcome == Decision.Outcome.NOT_YET
    with cast.inside():
        again = Submission.objects.get(work=sent.work_id, number=2)
        assert again.state == Submission.State.DRAFT
        assert [line.key for line in open_lines(again.id)] == ["plans", "thinks"]
        carried = SubmissionLine.objects.get(submission=again, line__key="knows").carried_level
        assert carried.name == "Yes"
    mail = OutgoingMail.objects.get(kind="review_not_yet")
    assert mail.to == cast.ada.email
    assert "2 of 4 lines need more." in mail.text
    assert "Plans three checks" in mail.text
    assert "Knows the class" not in mail.text
    assert "Bela" not in mail.text + mail.html
    assert not Badge.objects.exists()

    second = stage.send(cast, again)
    final = stage.score(cast, stage.take(cast))
    assert (final.submission_id, final.outcome) == (second.id, Decision.Outcome.PASSED)
    with cast.inside():
        lines = list(DecisionLine.objects.filter(decision=final))
        assert [line.carried for line in lines] == [True, False, True, False]
        assert [line.review_id is None for line in lines] == [True, False, True, False]
    assert Badge.objects.get().submission_id == second.id


def test_every_line_needs_a_level_and_below_the_pass_level_a_comment(cast, sent):
    review = stage.take(cast)
    bela = cast.by(cast.bela)
    with cast.inside():
        lines = {line.key: line for line in open_lines(sent.id)}
        low = lines["reach"].levels.last()
        save_score(by=bela, review=review, token=review.token, line=lines["reach"], level=low, comment="  ")
        best = lines["thinks"].levels.first()
        save_score(by=bela, review=review, token=review.token, line=lines["thinks"], level=best)
        with pytest.raises(Incomplete) as refused:
            finish(by=bela, review=review, token=review.token)
        assert list(refused.value.problems) == [lines["knows"].id, lines["plans"].id, lines["reach"].id]
        assert "Line 1, “Knows the class”, needs a score." in refused.value.message
        assert "Line 3, “Checks reach every student”, needs a comment" in refused.value.message
        review.refresh_from_db()
        assert review.state == Review.State.CLAIMED
        assert not Decision.objects.exists()


def test_finishing_twice_is_finishing_once(cast, sent):
    review = stage.take(cast)
    first = stage.score(cast, review)
    with cast.inside():
        again = finish(by=cast.by(cast.bela), review=review, token=review.token)
        assert again == first
        assert decide(by=cast.by(cast.bela), submission=sent) == first
        assert AuditEntry.objects.filter(verb="review.finished").count() == 1
    assert Badge.objects.count() == 1


def test_a_decision_that_a_crash_left_undone_is_made_by_the_sweep(cast, sent):
    review = stage.take(cast)
    stage.fill(cast, review, below=("plans",))
    with cast.inside():  # as if the worker died between the last reading and its decision
        Review.objects.filter(id=review.id).update(state=Review.State.FINAL, finished_at=clock.now())
    sweep()
    sweep()
    with cast.inside():
        assert Decision.objects.get(submission=sent).outcome == Decision.Outcome.NOT_YET
        assert AuditEntry.objects.get(verb="submission.decided").actor is None
        assert Submission.objects.filter(work=sent.work_id).count() == 2
    assert OutgoingMail.objects.filter(kind="review_not_yet").count() == 1


def readers(cast, number):
    return [make_user(f"Reader{n} Ray", cast.lakeside, Role.ASSESSOR) for n in range(number)]


def with_two_readers(cast):
    return stage.publish_with(cast, "Read by two", plan="two")


def test_two_readers_who_agree_decide(cast):
    sent = stage.hand_in(cast, with_two_readers(cast))
    one, two = readers(cast, 2)
    assert stage.score(cast, stage.take(cast, one), below=("plans",)) is None
    decision = stage.score(cast, stage.take(cast, two), below=("plans",))
    assert (decision.submission_id, decision.outcome) == (sent.id, Decision.Outcome.NOT_YET)
    with cast.inside():
        assert DecisionLine.objects.get(decision=decision, line__key="plans").comment == stage.COMMENT


def test_nobody_reads_the_same_submission_twice(cast):
    stage.hand_in(cast, with_two_readers(cast))
    stage.take(cast)
    with cast.inside():
        assert claim(by=cast.by(cast.bela)) is None


@pytest.mark.django_db(transaction=True)
def test_two_assessors_who_score_each_other_at_the_same_time_both_get_through(cast):
    one, two = (make_user(f"Both{n} B", cast.lakeside, Role.ASSESSOR, Role.EARNER) for n in range(2))
    start = Barrier(2)
    pairs = []
    for n in range(5):
        edition = publish_edition(cast, f"Edition {n}")
        for earner, assessor in ((one, two), (two, one)):
            stage.hand_in(cast, edition, earner)
            review = stage.take(cast, assessor)
            stage.fill(cast, review)
            pairs.append((assessor, review))

    def work(assessor):
        outcomes = []
        try:
            for reader, review in pairs:
                if reader == assessor:
                    start.wait(10)
                    with pgscope.scope(cast.lakeside.id):
                        outcomes.append(finish(by=cast.by(reader), review=review, token=review.token).outcome)
            return outcomes
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, (one, two))) == [["passed"] * 5, ["passed"] * 5]
    assert Badge.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_on_finish_at_once_make_one_decision_and_one_badge(cast):
    stage.hand_in(cast, publish_edition(cast))
    review = stage.take(cast)
    stage.fill(cast, review)
    by = cast.by(cast.bela)

    def click(_n):
        try:
            with pgscope.scope(cast.lakeside.id):
                return finish(by=by, review=review, token=review.token).id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        decisions = set(pool.map(click, range(20)))
    assert len(decisions) == 1
    with stage.inside(cast):
        assert Decision.objects.count() == 1
        assert AuditEntry.objects.filter(verb="badge.awarded").count() == 1
    assert Badge.objects.count() == 1
