"""When an earner will hear, from the real queue: how long it took lately, and how many wait before them.

Two numbers are worked out, and the later one is told. The first is the median of recent results, in business days from
sending to decision. The second is how long the readers need for what goes before, at the pace of the last weeks. It is
never before the next business day, and never after the due date that was promised: leads hear of what gets late.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.conf import settings
from django.db.models import Q, QuerySet

from assessment.models import Decision, Review
from lib import clock
from lib.calendars import add_business_days, business_days_between
from submissions.models import Submission
from tenants.models import Tenant

MOST_RESULTS = 400  # recent ones that a median is taken of
PACE = timedelta(days=28)  # the weeks that say how many readings a day are sent


@dataclass(frozen=True)
class Estimate:
    """The day to hear by, and what it is made of. `days` None: too few results to say how long it took."""

    by: date
    ahead: int  # readings that go before, as far as they matter
    days: int | None  # median business days of recent results

    @property
    def is_busy(self) -> bool:
        """Whether something goes before."""
        return self.ahead > 0


def estimate(submission: Submission, tenant: Tenant) -> Estimate | None:
    """When the earner of a sent try should hear; None when nothing of it is open. Six queries at most."""
    slots = Review.objects.filter(submission=submission, state__in=["waiting", "claimed"]).order_by("rank", "due_on")
    last = slots.last()
    if last is None:
        return None
    calendar = tenant.calendar()
    today = tenant.local_date()
    sent = tenant.local_date(submission.submitted_at)
    spent = median_days(Decision.objects.filter(submission__edition=submission.edition_id), tenant, calendar)
    by_median = add_business_days(sent, spent, **calendar) if spent is not None else submission.due_on
    left = business_days_between(today, submission.due_on, **calendar)
    pace = _pace(tenant, calendar)
    ahead = _ahead(last, most=math.ceil(pace * (left + 1))) if last.state == Review.State.WAITING else 0
    by_pace = add_business_days(today, math.ceil(ahead / pace) if pace else 0, **calendar)
    soonest = add_business_days(today, 1, **calendar)
    return Estimate(by=min(max(by_median, by_pace, soonest), max(submission.due_on, today)), ahead=ahead, days=spent)


def median_days(decisions: QuerySet[Decision], tenant: Tenant, calendar: dict | None = None) -> int | None:
    """The median business days from sending to decision of recent `decisions`; None when they are too few."""
    found = recent(decisions)
    if len(found) < settings.ESTIMATE_FEWEST:
        return None
    calendar = tenant.calendar() if calendar is None else calendar
    return math.ceil(median(_days(found, tenant, calendar)))


def recent(decisions: QuerySet[Decision]) -> list[tuple]:
    """When recent `decisions` were sent and made, at most MOST_RESULTS of them, newest first."""
    since = clock.now() - timedelta(days=settings.ESTIMATE_DAYS)
    rows = decisions.filter(decided_at__gte=since, submission__submitted_at__isnull=False).order_by("-decided_at")
    return list(rows.values_list("submission__submitted_at", "decided_at")[:MOST_RESULTS])


def _days(rows: Iterable[tuple], tenant: Tenant, calendar: dict) -> list[int]:
    return [business_days_between(tenant.local_date(sent), tenant.local_date(made), **calendar) for sent, made in rows]


def _pace(tenant: Tenant, calendar: dict) -> float:
    """Readings a business day, over the last weeks."""
    now = clock.now()
    done = Review.objects.filter(sample=False, state=Review.State.FINAL, finished_at__gte=now - PACE).count()
    days = business_days_between(tenant.local_date(now - PACE), tenant.local_date(now), **calendar)
    return done / max(days, 1)


def _ahead(review: Review, *, most: int) -> int:
    """How many waiting readings go before `review`, counted up to `most`: more than that leads to the due date."""
    before = (
        Q(rank__lt=review.rank)
        | Q(rank=review.rank, due_on__lt=review.due_on)
        | Q(rank=review.rank, due_on=review.due_on, id__lt=review.id)
    )
    waiting = Review.objects.filter(before, sample=False, state=Review.State.WAITING).order_by()
    return len(waiting.values_list("id")[:most])
