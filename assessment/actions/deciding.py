"""Deciding: a reading becomes final, and when enough are, the submission gets its one decision."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from assessment import mail
from assessment.actions.appealing import conclude
from assessment.actions.scoring import AlreadySent, hold
from assessment.cases import pauses_decision
from assessment.models import Decision, DecisionLine, Review, Score
from assessment.queries import lines_of, open_lines
from badges.actions import award
from credentials.models import RubricLevel
from lib import clock
from lib.errors import Invalid
from lib.transitions import move
from submissions.actions import outcomes
from submissions.models import Submission, SubmissionLine
from tenants.audit import record
from tenants.roles import Member, require


class Incomplete(Invalid):
    """Lines without a level or a comment that is needed. `problems` maps the line's id to a sentence."""

    def __init__(self, problems: dict) -> None:
        super().__init__(" ".join(problems.values()), field="lines", code="incomplete")
        self.problems = problems


def finish(*, by: Member, review: Review, token: int) -> Decision | None:
    """Make the reading final, and decide when it was the last one needed. Doing it twice is doing it once.

    Returns the decision, or None while other readings are open. Raises Incomplete (400) naming every line that lacks
    a level or a comment, and what `hold` raises.
    """
    with transaction.atomic():
        try:
            held = hold(by=by, review=review, token=token)
        except AlreadySent:
            return Decision.objects.filter(submission=review.submission_id).first()
        scores = {score.line_id: score for score in Score.objects.filter(review=held).select_related("level")}
        if problems := _problems(held, scores):
            raise Incomplete(problems)
        move(held, Review.State.FINAL)
        held.finished_at = clock.now()
        held.save(update_fields=["state", "finished_at"])
        record(by, "review.finished", held, submission=str(held.submission_id))
        if held.appeal_id:
            conclude(by=by, review=held)
        return decide(by=by, submission=held.submission)


def decide(*, by: Member, submission: Submission) -> Decision | None:
    """The decision on a submission, made now if every reading of it is final, and None if one is still open.

    In one transaction: the decision and its lines, the outcome of the submission, and the badge when all lines are
    met or the next try and a mail when not. On each line the majority of the readings counts; when one is tied, one
    more reading is asked for. That one makes their number odd, so every submission gets decided. While an integrity
    case about the work is open there is no decision; the sweeper makes it once the case is closed.
    """
    require(by, "review.decide")
    with transaction.atomic():
        submission = Submission.objects.select_for_update(of=("self",)).select_related("edition").get(pk=submission.pk)
        if made := Decision.objects.filter(submission=submission).first():
            return made
        if pauses_decision(submission):
            return None
        live = [*Review.objects.filter(submission=submission, state__in=["waiting", "claimed", "final"])]
        if not live or any(review.state != Review.State.FINAL for review in live):
            return None
        verdicts = _verdicts(submission, live)
        if any(verdict is None for verdict in verdicts.values()):
            _ask_one_more(by, live)
            return None
        return _write(by, submission, live, verdicts)


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


@dataclass(frozen=True)
class Verdict:
    """What the readings together say about one line."""

    level: RubricLevel
    comment: str
    review_id: object  # a reading that gave this level

    @property
    def met(self) -> bool:
        return self.level.passes


def _verdicts(submission: Submission, readings: Sequence[Review]) -> dict:
    """Line id → Verdict, or None where met and not met are tied."""
    votes: dict = {line.id: [] for line in open_lines(submission.id)}
    for score in Score.objects.filter(review__in=readings).select_related("level").order_by("review__slot"):
        votes[score.line_id].append(score)
    return {line_id: _verdict(scores) for line_id, scores in votes.items()}


def _verdict(scores: list[Score]) -> Verdict | None:
    yes = [score for score in scores if score.level.passes]
    no = [score for score in scores if not score.level.passes]
    if len(yes) == len(no):
        return None
    side = yes if len(yes) > len(no) else no
    counts = Counter(score.level_id for score in side)
    # The level most readers gave; of two as frequent the lower one, so that nobody is told more than was agreed.
    stands = max(side, key=lambda score: (counts[score.level_id], score.level.position))
    comments = dict.fromkeys(score.comment for score in side if score.comment)
    return Verdict(stands.level, "\n\n".join(comments), stands.review_id)


def _ask_one_more(by: Member, readings: list[Review]) -> None:
    last = max(readings, key=lambda review: review.slot)
    more = Review.objects.create(
        tenant_id=last.tenant_id,
        submission_id=last.submission_id,
        edition_id=last.edition_id,
        earner_id=last.earner_id,
        slot=last.slot + 1,
        due_on=last.due_on,
    )
    record(by, "review.one_more_asked", more, submission=str(more.submission_id))


def _write(by: Member, submission: Submission, readings: list[Review], verdicts: dict) -> Decision:
    passed = all(verdict.met for verdict in verdicts.values())
    notes = dict.fromkeys(review.note for review in readings if review.note)
    decision = Decision.objects.create(
        submission=submission,
        outcome=Decision.Outcome.PASSED if passed else Decision.Outcome.NOT_YET,
        note="\n\n".join(notes),
    )
    lines = list(lines_of(submission.id))
    made = DecisionLine.objects.bulk_create(_line(decision, line, verdicts) for line in lines)
    record(by, "submission.decided", decision, submission=str(submission.id), outcome=decision.outcome)
    if passed:
        outcomes.mark_passed(by=by, submission=submission)
        levels = {line.line_id: line.level for line in made}
        award(
            by=by,
            earner=submission.earner,
            edition=submission.edition,
            submission_id=submission.id,
            results=[{"line": line.line.key, "level": levels[line.line_id].position} for line in lines],
        )
    else:
        met = {line.line_id: line.level_id for line in made if line.met}
        outcomes.return_for_changes(by=by, submission=submission, met=met)
        mail.not_yet(decision, tenant=by.tenant)
    return decision


def _line(decision: Decision, line: SubmissionLine, verdicts: dict) -> DecisionLine:
    if line.carried_level_id:
        return DecisionLine(decision=decision, line=line.line, level=line.carried_level, met=True, carried=True)
    verdict = verdicts[line.line_id]
    return DecisionLine(
        decision=decision,
        line=line.line,
        level=verdict.level,
        met=verdict.met,
        comment=verdict.comment,
        review_id=verdict.review_id,
    )
