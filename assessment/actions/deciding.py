"""Deciding: a reading becomes final, and when all that is asked for is agreed or settled, there is one decision."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from assessment import mail
from assessment.actions.appealing import conclude
from assessment.actions.closing import write_decision
from assessment.actions.measuring import compare, compare_hidden
from assessment.actions.scoring import AlreadySent, hold
from assessment.appeals import unconcluded
from assessment.cases import pauses_decision
from assessment.models import LEASE, AppealOutcome, Decision, Review, Score, SettledLine, Settling
from assessment.plans import Case, case_of
from assessment.queries import lines_of
from assessment.slots import first_of
from assessment.verdicts import AskSecond, Decide, Settle, Why
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.nudge import nudge
from lib.transitions import move
from submissions.models import Submission
from tenants.audit import record
from tenants.roles import Member, require


class Incomplete(Invalid):
    """Lines without a level or a comment that is needed. `problems` maps the line's id to a sentence."""

    def __init__(self, problems: dict) -> None:
        super().__init__(" ".join(problems.values()), field="lines", code="incomplete")
        self.problems = problems


def finish(*, by: Member, review: Review, token: int) -> Decision | None:
    """Make the reading final. Doing it twice is doing it once.

    It can be taken back for UNDO_SECONDS; then a worker decides. With 0 it is decided here and now. Practice is
    compared at once. Returns the decision if there is one. Raises Incomplete (400) naming every line that lacks a
    level or a comment, and what `hold` raises.
    """
    with transaction.atomic():
        submission = lock_submission(review.submission_id)
        try:
            held = hold(by=by, review=review, token=token)
        except AlreadySent:
            return Decision.objects.filter(submission=submission).first()
        scores = {score.line_id: score for score in Score.objects.filter(review=held).select_related("level")}
        if problems := _problems(held, scores):
            raise Incomplete(problems)
        move(held, Review.State.FINAL)
        held.finished_at = clock.now()
        held.save(update_fields=["state", "finished_at"])
        record(by, "review.finished", held, submission=str(submission.id))
        if held.practice:
            compare(by=by, review=held)
            return None
        if settings.UNDO_SECONDS:
            _decide_later(submission)
            return None
        return decide(by=by, submission=submission)


def _decide_later(submission: Submission) -> None:
    from assessment.tasks import decide_submission  # the task module needs this one

    nudge(decide_submission, str(submission.tenant_id), str(submission.id), after=settings.UNDO_SECONDS + 1)


def undo(*, by: Member, review: Review) -> Review:
    """Take back a reading that was just sent: it is open again, with a fresh lease and a token that is higher.

    Raises NotAllowed (403) for anyone but its reader, and RuleBroken (409) once UNDO_SECONDS are over. A reading that
    is open already is given back as it is, so that a double click undoes once.
    """
    with transaction.atomic():
        submission = lock_submission(review.submission_id)
        sent = Review.objects.select_for_update(of=("self",)).select_related("submission").get(id=review.id)
        require(by, "review.undo", sent)
        if sent.state == Review.State.CLAIMED:
            return sent
        if sent.undo_until is None or _counts_already(sent):
            raise RuleBroken(
                _("This score was sent more than %(n)s seconds ago, so it can no longer be taken back.")
                % {"n": settings.UNDO_SECONDS},
                code="too-late",
            )
        move(sent, Review.State.CLAIMED)
        sent.finished_at = None
        sent.token += 1
        sent.lease_until = clock.now() + LEASE
        sent.save(update_fields=["state", "finished_at", "token", "lease_until"])
        record(by, "review.undone", sent, submission=str(submission.id))
    return sent


def _counts_already(sent: Review) -> bool:
    if sent.appeal_id:
        return AppealOutcome.objects.filter(appeal=sent.appeal_id).exists()
    return Decision.objects.filter(submission=sent.submission_id).exists()


def decide(*, by: Member, submission: Submission) -> Decision | None:
    """Do what follows from the readings of a submission, once all of them are final and none can be taken back.

    By the plan of the edition that is a second reading, a settling of the lines where two readings differ, or the
    decision with all that comes with it; after that, the outcome of an appeal. While an integrity case about the work
    is open nothing happens, and the sweeper comes back to it. Safe to repeat and to run at the same time: it happens
    once. Returns the decision, or None as long as there is none.
    """
    require(by, "review.decide")
    with transaction.atomic():
        submission = lock_submission(submission.pk)
        if submission.state == Submission.State.SAMPLE:
            compare_hidden(by=by, submission=submission)
            return None
        if made := Decision.objects.filter(submission=submission).first():
            for reading in unconcluded().filter(submission=submission):
                conclude(by=by, review=reading)
            return made
        if pauses_decision(submission):
            return None
        case = case_of(submission)
        if case is None:
            return None
        match case.next_step():
            case AskSecond(why):
                _open_slot(by, submission, why, case.readings[-1].due_on)
            case Settle(lines):
                _open_settling(by, case, lines)
            case Decide() as verdict:
                return write_decision(by=by, case=case, verdict=verdict)
        return None


def lock_submission(submission_id: UUID) -> Submission:
    """Always the first lock: whoever finishes, undoes and decides waits here, and so nobody waits in a circle."""
    tries = Submission.with_samples.select_for_update(of=("self",)).select_related("edition")
    return tries.get(pk=submission_id)


def _problems(held: Review, scores: dict) -> dict:
    problems = {}
    for number, line in enumerate(lines_of(held.submission_id), start=1):
        if line.carried_level_id:
            continue
        facts = {"n": number, "line": line.line.title}
        score = scores.get(line.line_id)
        if score is None or score.level is None:
            problems[line.line_id] = _("Line %(n)s, “%(line)s”, needs a score.") % facts
        elif not score.level.passes and not score.comment:
            problems[line.line_id] = (
                _("Line %(n)s, “%(line)s”, needs a comment: what you saw and what to do next.") % facts
            )
    return problems


def _open_slot(by: Member, submission: Submission, why: Why, due_on: date) -> Review:
    second = first_of(submission, 2, reason=why.value)
    second.due_on = due_on
    second.save()
    record(by, "review.second_asked", second, submission=str(submission.id), why=why.value)
    return second


def _open_settling(by: Member, case: Case, lines: frozenset) -> None:
    submission = case.submission
    opened = Settling.objects.create(
        tenant_id=submission.tenant_id,
        submission=submission,
        edition_id=submission.edition_id,
        earner_id=submission.earner_id,
        due_on=max(reading.due_on for reading in case.readings),
    )
    SettledLine.objects.bulk_create(
        SettledLine(tenant_id=submission.tenant_id, settling=opened, line_id=line) for line in lines
    )
    record(by, "settling.opened", opened, submission=str(submission.id), lines=len(lines))
    mail.to_settle(opened, tenant=by.tenant)
