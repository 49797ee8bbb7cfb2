"""The admin's dashboard. Everything is added up in SQL; the number of queries does not grow with the data."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format

from badges.models import Badge
from lib import clock
from recognition.matching import members_of
from recognition.models import Grant, LedgerEntry, Policy
from submissions.models import Submission, Work
from tenants.models import Membership, Role, StaffRecord, Tenant
from tenants.queries import open_invitations

SPAN = timedelta(days=365)
MONTHS_SHOWN = 6
TOP = 8
SMALLEST_CELL = 5  # fewer people than this are not shown, so that nobody can be picked out
SOON = timedelta(days=7)
ENDING = timedelta(days=30)
WAITING = [Grant.State.PENDING, Grant.State.ASKED]


class Median(Aggregate):
    """The middle value (percentile_cont(0.5); PostgreSQL)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Needs:
    """What waits for someone. Each number is zero when nothing does."""

    late_reviews: int
    grants: int
    grants_cents: int
    oldest_grant: datetime | None
    invitations: int
    off_roster: int
    ending: int

    @property
    def count(self) -> int:
        """How many kinds of things need someone."""
        kinds = (self.late_reviews, self.grants, self.invitations, self.off_roster, self.ending)
        return sum(1 for each in kinds if each)


@dataclass(frozen=True)
class Tiles:
    """The four numbers on top, over the last 365 days. `median_days` is None before the first decision."""

    educators: int
    active: int
    badges: int
    passes: int
    first_tries: int
    median_days: float | None
    honoured_cents: int
    honoured_ceu: int
    honoured: int

    @property
    def active_percent(self) -> int:
        """Active educators of all, in percent."""
        return round(100 * self.active / self.educators) if self.educators else 0

    @property
    def first_try_percent(self) -> int:
        """Passes on the first try of all passes, in percent."""
        return round(100 * self.first_tries / self.passes) if self.passes else 0


def needs(tenant: Tenant) -> Needs:
    """What waits for someone in the active tenant."""
    now, today = clock.now(), tenant.local_date()
    waiting = Grant.objects.filter(state=Grant.State.PENDING).aggregate(
        count=Count("id"), cents=Sum("cents", default=0), oldest=Min("created_at")
    )
    ending = Policy.objects.filter(
        tenant=tenant, state=Policy.State.ACTIVE, ends_on__gte=today, ends_on__lte=today + ENDING
    )
    return Needs(
        late_reviews=Submission.objects.filter(state=Submission.State.SUBMITTED, due_on__lt=today).count(),
        grants=waiting["count"],
        grants_cents=waiting["cents"],
        oldest_grant=waiting["oldest"],
        invitations=open_invitations().filter(expires_at__gt=now, expires_at__lte=now + SOON).count(),
        off_roster=_off_roster(tenant),
        ending=ending.count(),
    )


def tiles(tenant: Tenant) -> Tiles:
    """The four numbers on top."""
    since = clock.now() - SPAN
    educators = Membership.objects.filter(tenant=tenant, active=True, roles__contains=[Role.EARNER])
    worked = Work.objects.filter(earner=OuterRef("user"), changed_at__gte=since)
    earned = Badge.objects.filter(earner=OuterRef("user"), awarded_at__gte=since)
    people = educators.aggregate(all=Count("id"), active=Count("id", filter=Q(Exists(worked)) | Q(Exists(earned))))
    took = ExpressionWrapper(F("decided_at") - F("submitted_at"), output_field=DurationField())
    decided = (
        Submission.objects.filter(decided_at__gte=since)
        .order_by()
        .aggregate(
            median=Median(took, output_field=DurationField()),
            passes=Count("id", filter=Q(state=Submission.State.PASSED)),
            first=Count("id", filter=Q(state=Submission.State.PASSED, number=1)),
        )
    )
    booked = (
        LedgerEntry.objects.filter(account=LedgerEntry.Account.EARNER, at__gte=since)
        .order_by()
        .aggregate(
            cents=Sum("amount", default=0, filter=Q(unit=LedgerEntry.Unit.CENTS)),
            ceu=Sum("amount", default=0, filter=Q(unit=LedgerEntry.Unit.CEU_HUNDREDTHS)),
        )
    )
    median = decided["median"]
    return Tiles(
        educators=people["all"],
        active=people["active"],
        badges=_badges(tenant).filter(awarded_at__gte=since).count(),
        passes=decided["passes"],
        first_tries=decided["first"],
        median_days=None if median is None else round(median / timedelta(days=1), 1),
        honoured_cents=booked["cents"],
        honoured_ceu=booked["ceu"],
        honoured=Grant.objects.filter(state=Grant.State.HONOURED, decided_at__gte=since).count(),
    )


def months(tenant: Tenant) -> list[tuple[str, int, int]]:
    """(month, tries sent in here, badges our people earned) for the last months, oldest first, in the tenant's zone."""
    firsts = _month_firsts(tenant.local_date())
    since = datetime.combine(firsts[0], time.min, tzinfo=tenant.zone)
    sent = _by_month(Submission.objects.filter(submitted_at__gte=since), "submitted_at", tenant)
    earned = _by_month(_badges(tenant).filter(awarded_at__gte=since), "awarded_at", tenant)
    return [(date_format(first, "F Y"), sent.get(first, 0), earned.get(first, 0)) for first in firsts]


def steps() -> tuple[int, int, int]:
    """How many works of the active tenant began in the last 365 days, were ever sent in, and were earned."""
    sent = Submission.objects.filter(work=OuterRef("id"), submitted_at__isnull=False)
    counts = (
        Work.objects.filter(created_at__gte=clock.now() - SPAN)
        .order_by()
        .aggregate(
            started=Count("id"),
            sent=Count("id", filter=Q(Exists(sent))),
            earned=Count("id", filter=Q(state=Work.State.PASSED)),
        )
    )
    return counts["started"], counts["sent"], counts["earned"]


def top_micro_credentials(tenant: Tenant) -> list[tuple[str, int]]:
    """What our people earned most in the last 365 days: (title, badges)."""
    earned = _badges(tenant).filter(awarded_at__gte=clock.now() - SPAN, edition__isnull=False)
    rows = (
        earned.order_by().values("edition__micro_credential").annotate(title=Max("edition__title"), badges=Count("id"))
    )
    return list(rows.order_by("-badges", "title").values_list("title", "badges")[:TOP])


@dataclass(frozen=True)
class Building:
    """One building of the roster. Numbers are None where they could point at single people."""

    name: str
    people: int | None
    earned: int | None


def buildings(tenant: Tenant) -> list[Building]:
    """People on the roster and how many of them earned a badge in the last 365 days, by building.

    A cell under SMALLEST_CELL is left out. When that is only one, the next smallest goes too: else the one could be
    worked out from a total known from elsewhere.
    """
    badge = Badge.objects.filter(earner=OuterRef("user"), awarded_at__gte=clock.now() - SPAN).exclude(
        state=Badge.State.REVOKED
    )
    rows = list(
        StaffRecord.objects.exclude(building="")
        .order_by()
        .values("building")
        .annotate(people=Count("id"), earned=Count("id", filter=Q(Exists(badge))))
        .order_by("building")
    )
    hidden = _hidden(rows)
    return [
        Building(row["building"], None, None)
        if row["people"] < SMALLEST_CELL
        else Building(row["building"], row["people"], None if row["building"] in hidden else row["earned"])
        for row in rows
    ]


def _hidden(rows: list[dict[str, Any]]) -> set[str]:
    small = {row["building"] for row in rows if row["earned"] < SMALLEST_CELL or row["people"] < SMALLEST_CELL}
    rest = sorted((row["earned"], row["building"]) for row in rows if row["building"] not in small)
    return small | {rest[0][1]} if len(small) == 1 and rest else small


def _badges(tenant: Tenant) -> QuerySet[Badge]:
    """Badges of everyone who belongs to `tenant` or below it, taken back ones left out."""
    return Badge.objects.filter(earner__in=members_of(tenant).values("user")).exclude(state=Badge.State.REVOKED)


def _off_roster(tenant: Tenant) -> int:
    """People with a badge this year whom no rule can see, because the roster says nothing about them."""
    asks = Policy.objects.filter(tenant=tenant, state=Policy.State.ACTIVE).exclude(full_time_only=False, job_classes=[])
    if not asks.exists():
        return 0
    known = StaffRecord.objects.filter(user=OuterRef("user"))
    earned = Badge.objects.filter(earner=OuterRef("user"), awarded_at__gte=clock.now() - SPAN, state=Badge.State.ISSUED)
    return Membership.objects.filter(Exists(earned), ~Exists(known), tenant=tenant, active=True).count()


def _by_month(rows: QuerySet, field: str, tenant: Tenant) -> dict[date, int]:
    month = TruncMonth(field, tzinfo=tenant.zone)
    counted = rows.order_by().annotate(month=month).values("month").annotate(n=Count("id"))
    return {row["month"].date(): row["n"] for row in counted}


def _month_firsts(today: date) -> list[date]:
    first, firsts = today.replace(day=1), []
    for _month in range(MONTHS_SHOWN):
        firsts.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return firsts[::-1]
