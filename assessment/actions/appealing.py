"""Appeals: filing one, taking it back, and what a new reading changes. Locks go review, appeal, draft (ADR 0017)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessment import mail
from assessment.appeals import appeal_until
from assessment.cases import is_not_counted, pauses_decision
from assessment.models import (
    Appeal,
    AppealLine,
    AppealOutcome,
    AppealOutcomeLine,
    Decision,
    DecisionLine,
    Review,
    Score,
)
from assessment.plans import rule_line
from assessment.queries import lines_of
from assessment.slots import first_of, take_out
from assessment.verdicts import passes
from badges.actions import award
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from submissions.actions import outcomes
from submissions.models import Submission, SubmissionLine, Work
from tenants.audit import record
from tenants.roles import Member, require

MOST_CHARACTERS = 2000


@transaction.atomic
def file_appeal(*, by: Member, decision: Decision, reasons: Mapping[UUID, str]) -> Appeal:
    """Ask for a second look at lines that were not met; `reasons` by the id of the decision's line.

    Opens one more slot in the queue, for someone who has seen nothing of it, and the next try waits. Filing twice is
    filing once. Raises Invalid (400) without a reason or for a line that was met, and RuleBroken (409) after the last
    day, once the next try was sent, or after the one appeal there is.
    """
    submission = Submission.objects.select_related("edition", "work").get(pk=decision.submission_id)
    require(by, "decision.appeal", submission)
    draft = Submission.objects.filter(work=submission.work_id, number=submission.number + 1).first()
    if decision.outcome != Decision.Outcome.NOT_YET or draft is None:
        raise RuleBroken(_("Only a “not yet” can be appealed."), code="nothing-to-appeal")
    locked = Submission.objects.select_for_update().get(pk=draft.pk)  # a second click waits here
    if there := Appeal.objects.filter(decision=decision).first():
        if there.state == Appeal.State.OPEN:
            return there
        raise RuleBroken(_("You have appealed this once, and its result is final."), code="appealed")
    if is_not_counted(submission):
        raise RuleBroken(_("A panel has answered a question about this try, so it cannot be appealed."), code="panel")
    last_day = appeal_until(decision, by.tenant)
    if by.tenant.local_date() > last_day:
        day = date_format(last_day, "l, F j")
        raise RuleBroken(_("The last day to appeal this was %(day)s. You can still fix the lines.") % {"day": day})
    if Work.objects.get(pk=submission.work_id).state == Work.State.WITHDRAWN:
        raise RuleBroken(_("You stopped this work. Take it up again first. Nothing in it is lost."), code="stopped")
    said = _reasons(decision, reasons)
    outcomes.wait_for_appeal(by=by, draft=locked, waits=True)
    appeal = Appeal.objects.create(
        decision=decision,
        submission=submission,
        draft=draft,
        earner_id=submission.earner_id,
        due_on=by.tenant.due_date(submission.edition.due_business_days),
    )
    AppealLine.objects.bulk_create(AppealLine(appeal=appeal, decision_line=line, reason=text) for line, text in said)
    last = Review.objects.filter(submission=submission).aggregate(slot=Max("slot"))["slot"]
    second = first_of(submission, (last or 0) + 1, reason=Review.Reason.APPEAL)
    second.appeal, second.due_on = appeal, appeal.due_on
    second.save()
    record(by, "appeal.filed", appeal, submission=str(submission.id), lines=len(said))
    mail.appeal_filed(appeal, tenant=by.tenant)
    return appeal


def _reasons(decision: Decision, reasons: Mapping[UUID, str]) -> list[tuple[DecisionLine, str]]:
    lines = {line.id: line for line in DecisionLine.objects.filter(decision=decision).select_related("line")}
    said = []
    for line_id, text in reasons.items():
        line = lines.get(line_id)
        if line is None or line.met:
            raise Invalid(_("Choose lines of this result that were not met."), field="lines")
        text = text.replace("\r\n", "\n").replace("\x00", "").strip()
        if not text:
            message = _("Say why you disagree about “%(line)s”, and where to look.") % {"line": line.line.title}
            raise Invalid(message, field=str(line_id))
        if len(text) > MOST_CHARACTERS:
            facts = {"limit": MOST_CHARACTERS, "n": len(text)}
            raise Invalid(_("Cut this to %(limit)s characters. It has %(n)s.") % facts, field=str(line_id))
        said.append((line, text))
    if not said:
        raise Invalid(_("Choose at least one line you disagree with."), field="lines")
    return said


@transaction.atomic
def withdraw_appeal(*, by: Member, appeal: Appeal) -> Appeal:
    """Take an open appeal back; its reading leaves the queue and the next try can be sent. There is no second one."""
    require(by, "decision.appeal", appeal)
    reviews = list(Review.objects.select_for_update().filter(appeal=appeal, state__in=["waiting", "claimed", "final"]))
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    move(appeal, Appeal.State.WITHDRAWN)
    appeal.closed_at = clock.now()
    appeal.save(update_fields=["state", "closed_at"])
    for review in reviews:
        take_out(review, Review.State.RELEASED)
    outcomes.wait_for_appeal(by=by, draft=appeal.draft, waits=False)
    record(by, "appeal.withdrawn", appeal)
    return appeal


@transaction.atomic
def conclude(*, by: Member, review: Review) -> AppealOutcome | None:
    """What the final reading of an appeal changes. Doing it twice is doing it once.

    Only the lines that were appealed can change, and only to the better: what was met stays met. Lines found met are
    carried into the draft that waits; when enough is met there, it passes as it stands and the badge is awarded.
    None while an integrity case about the work is open; the sweeper comes back to it.
    """
    require(by, "review.decide")
    appeal = Appeal.objects.select_for_update().get(pk=review.appeal_id)
    if there := AppealOutcome.objects.filter(appeal=appeal).first():
        return there
    submission = Submission.objects.select_related("edition", "earner").get(pk=appeal.submission_id)
    if appeal.state != Appeal.State.OPEN or pauses_decision(submission):
        return None
    asked = set(appeal.lines.values_list("decision_line__line", flat=True))
    scores = list(Score.objects.filter(review=review, line__in=asked).select_related("level"))
    outcome = AppealOutcome.objects.create(appeal=appeal, review=review, reason=review.note)
    AppealOutcomeLine.objects.bulk_create(
        AppealOutcomeLine(
            outcome=outcome, line_id=each.line_id, level=each.level, met=each.level.passes, comment=each.comment
        )
        for each in scores
    )
    met = {each.line_id: each.level_id for each in scores if each.level.passes}
    move(appeal, Appeal.State.CHANGED if met else Appeal.State.KEPT)
    appeal.closed_at = clock.now()
    appeal.save(update_fields=["state", "closed_at"])
    draft = outcomes.wait_for_appeal(by=by, draft=appeal.draft, waits=False)
    if met:
        draft = outcomes.carry_more(by=by, draft=draft, met=met)
    record(by, "appeal.decided", appeal, changed=len(met), lines=len(asked))
    lines = list(lines_of(draft.id).prefetch_related("line__levels"))
    carried = {each.line_id for each in lines if each.carried_level_id}
    if passes([rule_line(each) for each in lines], carried, submission.edition.others_needed):
        _pass(by, appeal, lines)
    mail.appeal_decided(appeal, outcome, tenant=by.tenant)
    return outcome


def _pass(by: Member, appeal: Appeal, lines: Sequence[SubmissionLine]) -> None:
    """The draft gets a decision of its own, with what stands of every line; the badge is for what was sent in."""
    submission, draft = appeal.submission, appeal.draft
    stands = {each.line_id: each.level for each in appeal.decision.lines.select_related("level")}
    found = AppealOutcomeLine.objects.filter(outcome__appeal=appeal).select_related("level")
    stands |= {each.line_id: each.level for each in found if each.level.position < stands[each.line_id].position}
    stands |= {each.line_id: each.carried_level for each in lines if each.carried_level_id}
    decision = Decision.objects.create(submission=draft, outcome=Decision.Outcome.PASSED)
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision,
            line=each.line,
            level=stands[each.line_id],
            met=each.carried_level_id is not None,
            carried=each.carried_level_id is not None,
        )
        for each in lines
    )
    record(by, "submission.decided", decision, submission=str(draft.id), outcome=decision.outcome)
    outcomes.pass_unsent(by=by, draft=draft)
    award(
        by=by,
        earner=submission.earner,
        edition=submission.edition,
        submission_id=submission.id,
        results=[{"line": each.line.key, "level": stands[each.line_id].position} for each in lines],
    )
