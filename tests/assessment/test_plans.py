"""How many read a submission, and why: the plans of editions, from the queue to the decision."""

import pytest
from django.db import IntegrityError, connection, transaction

from assessment.actions.deciding import finish
from assessment.actions.queue import claim
from assessment.models import Decision, DecisionLine, Review, Settling
from assessment.plans import is_drawn
from assessment.tasks import sweep
from badges.models import Badge
from lib import clock
from lib.ids import uuid7
from submissions.models import Submission
from tenants.models import AuditEntry, OutgoingMail, Role
from tests.assessment import stage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def otto(cast):
    return make_user("Otto Ost", cast.lakeside, Role.ASSESSOR)


def conditional(cast, **more):
    """Nothing but a close call asks for a second reader, unless said otherwise."""
    return stage.publish_with(
        cast, "Where it matters", **{"plan": "conditional", "second_share": 0, "newcomer_readings": 0, **more}
    )


def almost(cast, review, *keys):
    """All lines met, but those with `keys` at the level just below."""
    stage.fill(cast, review, below=keys)
    with stage.inside(cast):
        for score in review.scores.filter(line__key__in=keys):
            score.level = score.line.levels.get(name="Almost")
            score.save()
        return finish(by=cast.by(review.assessor), review=review, token=review.token)


def second_slot(cast):
    with stage.inside(cast):
        return Review.objects.filter(slot=2).first()


def test_a_clear_first_reading_decides_alone(cast):
    stage.hand_in(cast, conditional(cast))
    assert stage.score(cast, stage.take(cast), below=("plans",)).outcome == Decision.Outcome.NOT_YET
    assert second_slot(cast) is None


def test_a_required_line_just_below_the_pass_level_gets_a_second_reader(cast):
    sent = stage.hand_in(cast, conditional(cast))
    assert almost(cast, stage.take(cast), "plans") is None
    opened = second_slot(cast)
    assert (opened.reason, opened.due_on) == (Review.Reason.BORDERLINE, sent.due_on)
    with cast.inside():
        asked = AuditEntry.objects.get(verb="review.second_asked")
        assert asked.facts["why"] == "borderline"
        assert claim(by=cast.by(cast.bela)) is None  # not by the same person
    assert almost(cast, stage.take(cast, otto(cast)), "plans").outcome == Decision.Outcome.NOT_YET


def test_a_line_that_is_not_required_is_no_close_call(cast):
    stage.hand_in(
        cast,
        stage.publish_with(
            cast, "Lenient", lines={"plans": False}, plan="conditional", second_share=0, newcomer_readings=0
        ),
    )
    assert almost(cast, stage.take(cast), "plans") is not None


def test_the_first_readings_of_an_assessor_get_a_second_reader_and_later_ones_do_not(cast):
    edition = conditional(cast, newcomer_readings=1)
    stage.hand_in(cast, edition)
    assert stage.score(cast, stage.take(cast)) is None
    assert second_slot(cast).reason == Review.Reason.NEWCOMER
    assert stage.score(cast, stage.take(cast, otto(cast))) is not None
    stage.hand_in(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER))
    assert stage.score(cast, stage.take(cast)) is not None  # Bela's second


def test_a_random_share_gets_a_second_reader(cast):
    stage.hand_in(cast, conditional(cast, second_share=100))
    assert stage.score(cast, stage.take(cast)) is None
    assert second_slot(cast).reason == Review.Reason.SHARE


def test_the_share_is_about_what_was_asked_for_and_always_the_same(db):
    ids = [uuid7() for _n in range(2000)]
    drawn = [each for each in ids if is_drawn(each, 10)]
    assert 120 < len(drawn) < 290
    assert [each for each in ids if is_drawn(each, 10)] == drawn
    assert {each for each in ids if is_drawn(each, 30)} >= set(drawn)
    assert not any(is_drawn(each, 0) for each in ids)
    assert all(is_drawn(each, 100) for each in ids)


def test_the_same_view_at_different_levels_is_still_a_difference(cast):
    stage.hand_in(cast, stage.publish_with(cast, "Read by two", plan="two"))
    assert almost(cast, stage.take(cast), "plans") is None
    assert stage.score(cast, stage.take(cast, otto(cast)), below=("plans",)) is None
    with cast.inside():
        assert [row.line.key for row in Settling.objects.get().words.all()] == ["plans"]


def test_comments_of_both_readers_reach_the_earner_without_names(cast):
    stage.hand_in(cast, stage.publish_with(cast, "Read by two", plan="two"))
    for reader in (cast.bela, otto(cast)):
        review = stage.take(cast, reader)
        stage.fill(cast, review, below=("plans",), comment=f"Seen on page {reader.name[0]}.")
        with stage.inside(cast):
            decision = finish(by=cast.by(reader), review=review, token=review.token)
    with cast.inside():
        comment = DecisionLine.objects.get(decision=decision, line__key="plans").comment
    assert comment == "Seen on page B.\n\nSeen on page O."


def test_a_crash_after_the_only_reading_is_made_good_by_the_sweep_which_asks_for_the_second(cast):
    stage.hand_in(cast, conditional(cast, second_share=100))
    review = stage.take(cast)
    stage.fill(cast, review)
    with cast.inside():
        Review.objects.filter(id=review.id).update(state="final", finished_at=clock.now())
    sweep()
    sweep()
    assert second_slot(cast).state == Review.State.WAITING


def test_a_crash_between_differing_readings_and_settling_is_made_good_by_the_sweep(cast):
    stage.hand_in(cast, stage.publish_with(cast, "Read by two", plan="two"))
    for reader, below in ((cast.bela, ("plans",)), (otto(cast), ())):
        review = stage.take(cast, reader)
        stage.fill(cast, review, below=below)
        with cast.inside():
            Review.objects.filter(id=review.id).update(state="final", finished_at=clock.now())
    stage.senior(cast)
    sweep()
    sweep()
    with cast.inside():
        assert Settling.objects.get().state == Settling.State.WAITING
        assert AuditEntry.objects.get(verb="settling.opened").actor is None
    assert OutgoingMail.objects.get(kind="review_to_settle").to == "sana@example.org"


# The pass rule


def test_a_line_that_is_not_required_does_not_keep_one_from_the_badge(cast):
    edition = stage.publish_with(cast, "Lenient", lines={"plans": False, "thinks": False}, others_needed=1)
    stage.hand_in(cast, edition)
    decision = stage.score(cast, stage.take(cast), below=("plans",))
    assert decision.outcome == Decision.Outcome.PASSED
    results = {each["line"]: each["level"] for each in Badge.objects.get().results}
    assert results == {"knows": 0, "plans": 2, "reach": 0, "thinks": 0}


@pytest.mark.parametrize("below", [("knows",), ("plans", "thinks")])
def test_a_required_line_or_too_few_of_the_others_do(cast, below):
    edition = stage.publish_with(cast, "Lenient", lines={"plans": False, "thinks": False}, others_needed=1)
    stage.hand_in(cast, edition)
    assert stage.score(cast, stage.take(cast), below=below).outcome == Decision.Outcome.NOT_YET
    assert not Badge.objects.exists()


def test_all_others_are_needed_when_the_edition_does_not_say_how_many(cast):
    stage.hand_in(cast, stage.publish_with(cast, "Strict", lines={"plans": False}))
    assert stage.score(cast, stage.take(cast), below=("plans",)).outcome == Decision.Outcome.NOT_YET


# What the database itself refuses


def refused(match):
    return pytest.raises(IntegrityError, match=match)


def test_there_is_no_decision_before_all_readings_are_final(cast, sent):
    stage.waiting(cast)
    with stage.inside(cast):
        for state in ("waiting", "claimed"):
            with refused("not read and settled"), transaction.atomic():
                Decision.objects.create(submission=sent, outcome="passed")
            if state == "waiting":
                stage.take(cast)


def test_there_is_no_decision_while_something_is_to_settle(cast):
    settling = stage.differ(cast)
    with stage.inside(cast), refused("not read and settled"):
        Decision.objects.create(submission=settling.submission, outcome="passed")


def test_scores_of_a_final_reading_and_a_reading_that_was_decided_on_stay(cast, sent):
    review = stage.take(cast)
    stage.score(cast, review)
    with stage.inside(cast):
        for change in (
            lambda: review.scores.update(comment="Other"),
            lambda: review.scores.all().delete(),
        ):
            with refused("is final"), transaction.atomic():
                change()
        with refused("decided on"), transaction.atomic():
            Review.objects.filter(id=review.id).update(state="claimed")


def test_a_level_belongs_to_its_line(cast, sent):
    review = stage.take(cast)
    stage.fill(cast, review)
    with stage.inside(cast), refused("level_of_its_line"), transaction.atomic():
        one, two = review.scores.select_related("line")[:2]
        one.level = two.level
        one.save()
        connection.check_constraints()


def test_a_second_slot_says_why_and_the_first_does_not(cast, sent):
    stage.waiting(cast)
    with stage.inside(cast):
        for change in ({"slot": 2}, {"reason": "share"}):
            with refused("second_reading_says_why"), transaction.atomic():
                Review.objects.update(**change)


# At the same time


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("differ", [False, True], ids=["agree", "differ"])
def test_two_readers_who_finish_at_the_same_time_make_one_decision_or_one_settling(cast, differ):
    edition = stage.publish_with(cast, "Read by two", plan="two")
    readers = [cast.bela, otto(cast)]
    for n in range(4):
        stage.hand_in(cast, edition, make_user(f"Earner{n} E", cast.lakeside, Role.EARNER))
    held = []
    for reader in readers:
        for _n in range(4):
            review = stage.take(cast, reader)
            stage.fill(cast, review, below=("plans",) if differ and reader == cast.bela else ())
            held.append((reader, review))
    for submission in {review.submission_id for _reader, review in held}:
        pair = [each for each in held if each[1].submission_id == submission]

        def send(each):
            reader, review = each
            finish(by=cast.by(reader), review=review, token=review.token)

        stage.together(cast, send, pair)
    with stage.inside(cast):
        assert Decision.objects.count() == (0 if differ else 4)
        assert Settling.objects.count() == (4 if differ else 0)
        assert Submission.objects.filter(state="passed").count() == (0 if differ else 4)
