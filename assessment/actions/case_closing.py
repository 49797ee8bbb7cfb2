"""What an integrity case that was upheld does to the work: the badge is taken back, or the try ends."""

from django.utils.translation import gettext as _

from assessment.actions.appealing import withdraw_appeal
from assessment.models import Appeal, Case, Decision, DecisionLine, Precheck, Review, Settling
from assessment.queries import lines_of
from assessment.slots import take_out
from badges.actions import revoke
from badges.models import Badge
from lib.transitions import move
from submissions.actions import outcomes
from submissions.models import Submission, SubmissionLine
from tenants.audit import record
from tenants.roles import Member, system


def carry_out(*, by: Member, case: Case) -> None:
    """In the caller's transaction, after the case was closed as upheld. Nobody's name stands behind it but Laurel's."""
    actor = system(by.tenant)
    # A badge that was earned with other work on the same edition, before or after, stands.
    tries = list(Submission.objects.filter(work=case.work_id).values_list("id", flat=True))
    badges = Badge.objects.filter(earner=case.earner_id, submission_id__in=tries, tenant=by.tenant)
    for found in badges.exclude(state=Badge.State.REVOKED):
        revoke(by=actor, badge=found, reason=Badge.Reason.INTEGRITY)
    for appeal in Appeal.objects.filter(submission__work=case.work_id, state=Appeal.State.OPEN):
        withdraw_appeal(by=actor, appeal=appeal)  # a second look cannot count what the panel found not to count
    sent = Submission.objects.select_for_update().filter(work=case.work_id, state=Submission.State.SUBMITTED).first()
    if sent is not None:
        _end(actor, sent)


def _end(by: Member, sent: Submission) -> None:
    """The try that is with reviewers ends as "not yet", with none of its open lines met; what was met before stays."""
    _call_back(sent)
    decision = Decision.objects.create(
        submission=sent,
        outcome=Decision.Outcome.NOT_YET,
        note=_("This evidence could not be counted. Please show these lines with new evidence."),
    )
    lines = list(lines_of(sent.id).prefetch_related("line__levels"))
    DecisionLine.objects.bulk_create(_line(decision, each) for each in lines)
    record(by, "submission.decided", decision, submission=str(sent.id), outcome=decision.outcome)
    met = {each.line_id: each.carried_level_id for each in lines if each.carried_level_id}
    outcomes.return_for_changes(by=by, submission=sent, met=met)


def _call_back(sent: Submission) -> None:
    """Nobody reads or settles it any more; what they have written so far stays theirs to read."""
    for review in Review.objects.select_for_update(of=("self",)).filter(submission=sent):
        take_out(review, Review.State.EXPIRED)
    settlings = Settling.objects.select_for_update(of=("self",)).filter(submission=sent)
    settlings.filter(state=Settling.State.WAITING).delete()
    for held in settlings.filter(state=Settling.State.CLAIMED):
        move(held, Settling.State.EXPIRED)
        held.save(update_fields=["state"])
    Precheck.objects.filter(submission=sent, state=Precheck.State.WAITING).delete()


def _line(decision: Decision, each: SubmissionLine) -> DecisionLine:
    if each.carried_level_id:
        return DecisionLine(decision=decision, line=each.line, level=each.carried_level, met=True, carried=True)
    lowest = max(each.line.levels.all(), key=lambda level: level.position)
    return DecisionLine(decision=decision, line=each.line, level=lowest, met=False)
