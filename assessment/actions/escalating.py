"""Telling the admins of reviews that take long. Each step of each review is told once, whatever crashes.

What was told is on the review, written in the transaction that posts the mail: both or neither.
"""

import math
from collections import defaultdict
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from assessment import mail
from assessment.models import Review
from lib.calendars import add_business_days
from tenants.audit import record
from tenants.models import Tenant
from tenants.queries import admins
from tenants.roles import Member, require

BATCH = 500
ALL_TOLD = 100


def plan_escalations(*, by: Member) -> int:
    """Work out when admins hear of reviews that are new in the queue. Returns how many were planned."""
    require(by, "review.assign")
    with transaction.atomic():
        new = list(_open(by).filter(escalate_on=None)[:BATCH])
        calendar = by.tenant.calendar() if new else {}
        for review in new:
            _plan(review, by.tenant, calendar)
        Review.objects.bulk_update(new, ["escalated", "escalate_on"])
    return len(new)


def escalate(*, by: Member) -> int:
    """Mail every admin the codes of reviews that have reached a step. Returns how many reviews that were."""
    require(by, "review.assign")
    today = by.tenant.local_date()
    with transaction.atomic():
        late = list(_open(by).filter(escalate_on__lte=today)[:BATCH])
        if not late:
            return 0
        calendar = by.tenant.calendar()
        reached: dict[int, list[Review]] = defaultdict(list)
        for review in late:
            steps = [step for step in _steps(review) if _day_of(review, step, by.tenant, calendar) <= today]
            step = max(steps, default=ALL_TOLD)
            reached[step].append(review)
            review.escalated = step
            _plan(review, by.tenant, calendar)
            record(by, "review.escalated", review, percent=step)
        Review.objects.bulk_update(late, ["escalated", "escalate_on"])
        leads = [each.user for each in admins(by.tenant).select_related("user").order_by("user_id").distinct("user_id")]
        for step, reviews in reached.items():
            for lead in leads:
                mail.reviews_late(reviews, step=step, to=lead, tenant=by.tenant)
    return len(late)


def _open(by: Member):  # noqa: ANN202  a queryset of Review
    return (
        Review.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state__in=[Review.State.WAITING, Review.State.CLAIMED], sample=False, escalated__lt=ALL_TOLD)
        .select_related("submission", "edition")
        .defer("edition__search")
    )


def _steps(review: Review) -> list[int]:
    return [step for step in settings.ESCALATION_STEPS if step > review.escalated]


def _plan(review: Review, tenant: Tenant, calendar: dict) -> None:
    """Set when the next step of `review` is reached; with none left, all is told."""
    steps = _steps(review)
    if steps:
        review.escalate_on = _day_of(review, steps[0], tenant, calendar)
    else:
        review.escalated = ALL_TOLD


def _day_of(review: Review, step: int, tenant: Tenant, calendar: dict) -> date:
    """The first day on which `step` per cent of the business days of a review are over."""
    if step >= 100:
        return review.due_on + timedelta(days=1)
    sent = tenant.local_date(review.submission.submitted_at or review.created_at)
    days = math.ceil(review.edition.due_business_days * step / 100)
    return add_business_days(sent, days, **calendar) + timedelta(days=1)
