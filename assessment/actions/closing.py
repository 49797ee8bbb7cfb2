"""Writing a decision down, with all that comes with it in the same transaction."""

from collections.abc import Iterable

from assessment import mail
from assessment.actions.commenting import count_uses
from assessment.models import Decision, DecisionLine, Score
from assessment.plans import Case
from assessment.verdicts import Decide
from badges.actions import award
from credentials.models import RubricLevel
from submissions.actions import outcomes
from submissions.models import SubmissionLine
from tenants.audit import record
from tenants.roles import Member


def write_decision(*, by: Member, case: Case, verdict: Decide) -> Decision:
    """The decision and its lines, the outcome of the submission, and the badge, or the next try and a mail.

    Call it inside the transaction that holds the lock on the submission.
    """
    submission = case.submission
    notes = dict.fromkeys(review.note for review in case.readings if review.note)
    decision = Decision.objects.create(
        tenant_id=submission.tenant_id,
        submission=submission,
        outcome=Decision.Outcome.PASSED if verdict.passed else Decision.Outcome.NOT_YET,
        note="\n\n".join(notes),
    )
    made = DecisionLine.objects.bulk_create(_line(decision, case, verdict, line) for line in case.lines)
    for reading in case.readings:
        count_uses(review=reading)
    record(by, "submission.decided", decision, submission=str(submission.id), outcome=decision.outcome)
    if verdict.passed:
        outcomes.mark_passed(by=by, submission=submission)
        levels = {line.line_id: line.level for line in made}
        award(
            by=by,
            earner=submission.earner,
            edition=submission.edition,
            submission_id=submission.id,
            results=[{"line": line.line.key, "level": levels[line.line_id].position} for line in case.lines],
        )
    else:
        met = {line.line_id: line.level_id for line in made if line.met}
        outcomes.return_for_changes(by=by, submission=submission, met=met)
        mail.not_yet(decision, tenant=by.tenant)
    if case.settled:
        mail.settled(decision, case.readings, tenant=by.tenant)
    return decision


def _line(decision: Decision, case: Case, verdict: Decide, line: SubmissionLine) -> DecisionLine:
    facts = {"tenant_id": decision.tenant_id, "decision": decision, "line": line.line}
    if line.carried_level_id:
        return DecisionLine(**facts, level=line.carried_level, met=True, carried=True)
    level = case.level(line.line_id, verdict.levels[line.line_id])
    scores = case.scores[line.line_id]
    comment = _comment(scores, level)
    if line.line_id in case.settled and not comment and not level.passes:
        comment = case.settled[line.line_id].reason  # below the pass level the earner always reads why
    gave_it = next((score.review_id for score in scores if score.level_id == level.id), None)
    return DecisionLine(**facts, level=level, met=level.passes, comment=comment, review_id=gave_it)


def _comment(scores: Iterable[Score], level: RubricLevel) -> str:
    """What the readers wrote who saw it as it stands: met or not. Nobody is named, and the same words come once."""
    return "\n\n".join(
        dict.fromkeys(score.comment for score in scores if score.comment and score.level.passes == level.passes)
    )
