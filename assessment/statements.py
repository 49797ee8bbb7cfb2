"""What assessors did in a period: readings sent, minutes of work, and what that comes to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet, Sum

from assessment.models import AssessorProfile, Review, StatementLine
from tenants.models import Tenant, User


@dataclass(frozen=True)
class Worked:
    """One assessor's work. Amounts are in cents."""

    user: User
    reviews: int
    minutes: int
    cents_per_review: int
    cents_per_period: int

    @property
    def cents(self) -> int:
        return self.reviews * self.cents_per_review + self.cents_per_period


def work_of(tenant: Tenant, starts_on: date, ends_on: date) -> list[Worked]:
    """Everyone who sent a score from one day to another, by name. Three queries."""
    found = (
        _sent(tenant, starts_on, ends_on)
        .order_by()
        .values("assessor")
        .annotate(reviews=Count("id"), seconds=Sum("active_seconds"))
    )
    rows = {row["assessor"]: row for row in found}
    pay = {each.user_id: each for each in AssessorProfile.objects.filter(user__in=rows)}
    people = User.objects.filter(id__in=rows).order_by("name", "email")
    return [_worked(user, rows[user.id], pay.get(user.id)) for user in people]


def own_work(user: User, tenant: Tenant, starts_on: date, ends_on: date) -> tuple[int, int]:
    """How many readings one person sent from one day to another, and the minutes of work in them."""
    sent = _sent(tenant, starts_on, ends_on).filter(assessor=user)
    facts = sent.aggregate(reviews=Count("id"), seconds=Sum("active_seconds"))
    return facts["reviews"], _minutes(facts["seconds"])


def posted() -> QuerySet[StatementLine]:
    """All lines that were posted, newest period first."""
    return StatementLine.objects.select_related("user").order_by("-starts_on", "user__name", "id")


def as_rows(lines: list[StatementLine]) -> Iterator[tuple[object, ...]]:
    """For a CSV file that a ledger or payroll reads: a heading, then one row a person and period."""
    yield ("statement_line", "email", "name", "first_day", "last_day", "reviews", "minutes", "cents", "posted_at")
    for each in lines:
        days = (each.starts_on.isoformat(), each.ends_on.isoformat())
        person = (each.user.email, each.user.get_full_name())
        yield (each.id, *person, *days, each.reviews, each.minutes, each.cents, each.posted_at.isoformat())


def _sent(tenant: Tenant, starts_on: date, ends_on: date) -> QuerySet[Review]:
    first = datetime.combine(starts_on, time(), tzinfo=tenant.zone)
    end = datetime.combine(ends_on + timedelta(days=1), time(), tzinfo=tenant.zone)
    return Review.objects.filter(practice=False, state=Review.State.FINAL, finished_at__gte=first, finished_at__lt=end)


def _minutes(seconds: int | None) -> int:
    return round((seconds or 0) / 60)


def _worked(user: User, row: dict, profile: AssessorProfile | None) -> Worked:
    return Worked(
        user=user,
        reviews=row["reviews"],
        minutes=_minutes(row["seconds"]),
        cents_per_review=profile.cents_per_review if profile else 0,
        cents_per_period=profile.cents_per_period if profile else 0,
    )
