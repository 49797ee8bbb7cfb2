"""What can be read of appeals: until when, of which lines, how they stand. Reads only."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404

from assessment.cases import is_not_counted
from assessment.models import (
    Appeal,
    AppealLine,
    AppealOutcome,
    AppealOutcomeLine,
    Decision,
    DecisionLine,
    Review,
    undo_time,
)
from lib import clock
from submissions.models import Submission, Work
from tenants.models import Tenant
from tenants.roles import Member

TABS = {
    "open": [Appeal.State.OPEN],
    "closed": [Appeal.State.CHANGED, Appeal.State.KEPT, Appeal.State.WITHDRAWN],
}


def appeal_until(decision: Decision, tenant: Tenant) -> date:
    """The last day on which a decision can be appealed, by the calendar of its tenant."""
    return tenant.due_date(settings.APPEAL_BUSINESS_DAYS, tenant.local_date(decision.decided_at))


@dataclass(frozen=True)
class Standing:
    """How one decision stands with regard to appeals. `draft`: the try after it, as far as it was not sent."""

    decision: Decision
    lines: list[DecisionLine]  # those not met
    until: date
    today: date
    draft: Submission | None
    appeal: Appeal | None
    outcome: AppealOutcome | None
    is_with_panel: bool  # a panel found that this try cannot be counted

    @property
    def is_sent_on(self) -> bool:
        """Whether the next try was sent, which ends the right to appeal."""
        return self.appeal is None and self.draft is None

    @property
    def is_late(self) -> bool:
        """Whether the days to appeal have passed."""
        return self.appeal is None and self.today > self.until

    @property
    def can_file(self) -> bool:
        """Whether the earner can still ask for a second look."""
        return self.appeal is None and bool(self.lines) and not (self.is_late or self.is_sent_on or self.is_with_panel)

    @property
    def said(self) -> dict[UUID, str]:
        """The reasons given, by the id of the decision's line."""
        return {each.decision_line_id: each.reason for each in self.appeal.lines.all()} if self.appeal else {}

    @property
    def found(self) -> dict[UUID, AppealOutcomeLine]:
        """What the new reviewer found, by the id of the rubric line."""
        return {each.line_id: each for each in self.outcome.lines.all()} if self.outcome else {}


def standing_of(by: Member, work_id: UUID, number: int) -> Standing:
    """How a "not yet" on one's own work stands. Raises Http404 for anything else."""
    decision = (
        Decision.objects.filter(
            submission__work=work_id,
            submission__number=number,
            submission__earner=by.user,
            outcome=Decision.Outcome.NOT_YET,
        )
        .select_related("submission__edition", "submission__work")
        .prefetch_related(
            Prefetch("lines", DecisionLine.objects.select_related("line", "level").order_by("line__position"))
        )
        .first()
    )
    if decision is None:
        raise Http404
    return how_it_stands(by, decision)


def how_it_stands(by: Member, decision: Decision) -> Standing:
    """`standing_of` for a decision at hand, with its lines loaded: four queries, two more once there is an appeal."""
    submission = decision.submission
    work_id, number = submission.work_id, submission.number
    draft = (
        Submission.objects.filter(work=work_id, number=number + 1, state=Submission.State.DRAFT)
        .exclude(work__state=Work.State.WITHDRAWN)
        .first()
    )
    appeal = Appeal.objects.filter(decision=decision).prefetch_related("lines").first()
    outcome = None
    if appeal is not None:
        lines = AppealOutcomeLine.objects.select_related("line", "level")
        outcome = AppealOutcome.objects.filter(appeal=appeal).prefetch_related(Prefetch("lines", lines)).first()
    return Standing(
        decision=decision,
        lines=[line for line in decision.lines.all() if not line.met],
        until=appeal_until(decision, by.tenant),
        today=by.tenant.local_date(),
        draft=draft,
        appeal=appeal,
        outcome=outcome,
        is_with_panel=is_not_counted(submission),
    )


def appeals(tab: str) -> QuerySet[Appeal]:
    """The appeals of this tenant under a tab of TABS: open ones by due date, closed ones newest first."""
    found = Appeal.objects.filter(state__in=TABS[tab]).select_related("submission__edition")
    found = found.defer("submission__edition__search")
    claimed = Review.objects.filter(appeal=OuterRef("pk"), state=Review.State.CLAIMED)
    found = found.annotate(is_claimed=Exists(claimed))
    return found.order_by("due_on", "id") if tab == "open" else found.order_by("-closed_at", "-id")


def unconcluded() -> QuerySet[Review]:
    """Final readings of open appeals that cannot be taken back: also what a crash or an open case left behind."""
    return Review.objects.filter(
        state=Review.State.FINAL, appeal__state=Appeal.State.OPEN, finished_at__lte=clock.now() - undo_time()
    )


def second_look(review: Review) -> list[AppealLine]:
    """What the earner says about lines they disagree with, for whoever reads the appeal; nothing of what was said."""
    if review.appeal_id is None:
        return []
    return list(AppealLine.objects.filter(appeal=review.appeal_id).select_related("decision_line__line"))
