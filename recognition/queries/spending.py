"""What rules cost: this year's use of each, and the rows of the downloads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum

from recognition.caps import year_start
from recognition.models import Grant, Policy, YearUse
from tenants.models import StaffRecord, Tenant

State = Grant.State
WAITING = Q(state__in=[State.PENDING, State.ASKED])
HONOURED = Q(state=State.HONOURED)


@dataclass(frozen=True)
class Spending:
    """One rule in its current year. Amounts in cents and hundredths of an hour."""

    policy: Policy
    year_starts: date
    people: int
    badges: int
    waiting_cents: int
    waiting_ceu: int
    honoured_cents: int
    honoured_ceu: int
    at_the_limit: int  # people for whom this year has nothing left


def spending(tenant: Tenant) -> list[Spending]:
    """Every rule of the active tenant that was ever active, with this year's sums."""
    today = tenant.local_date()
    rules = list(Policy.objects.filter(tenant=tenant).exclude(state=Policy.State.DRAFT).order_by("state", "title"))
    starts = {rule.id: year_start(today, rule.year_starts_month) for rule in rules}
    this_year = Q(pk__in=[])
    for month in {rule.year_starts_month for rule in rules}:
        this_year |= Q(policy__year_starts_month=month, use__year_starts=year_start(today, month))
    grants = (
        Grant.objects.filter(this_year)
        .order_by()
        .values("policy")
        .annotate(
            badges=Count("id", filter=WAITING | HONOURED),
            people=Count("earner", filter=WAITING | HONOURED, distinct=True),
            waiting=Sum("cents", filter=WAITING, default=0),
            waiting_ceu=Sum("ceu_hundredths", filter=WAITING, default=0),
            cents=Sum("cents", filter=HONOURED, default=0),
            ceu=Sum("ceu_hundredths", filter=HONOURED, default=0),
        )
    )
    sums = {row["policy"]: row for row in grants}
    full = _at_the_limit(starts)
    return [_of(rule, starts[rule.id], sums.get(rule.id), full.get(rule.id, 0)) for rule in rules]


def _of(rule: Policy, starts: date, row: dict[str, Any] | None, full: int) -> Spending:
    row = row or {}
    return Spending(
        policy=rule,
        year_starts=starts,
        people=row.get("people", 0),
        badges=row.get("badges", 0),
        waiting_cents=row.get("waiting", 0),
        waiting_ceu=row.get("waiting_ceu", 0),
        honoured_cents=row.get("cents", 0),
        honoured_ceu=row.get("ceu", 0),
        at_the_limit=full,
    )


def _at_the_limit(starts: dict[Any, date]) -> dict[Any, int]:
    """People by rule for whom `caps.share_left` gives None."""
    no_count = Q(max_count__isnull=False, count__gte=F("max_count"))
    no_cents = Q(policy__cents=0) | Q(max_cents__isnull=False, cents__gte=F("max_cents"))
    no_ceu = Q(policy__ceu_hundredths=0) | Q(
        max_ceu_hundredths__isnull=False, ceu_hundredths__gte=F("max_ceu_hundredths")
    )
    uses = YearUse.objects.filter(no_count | (no_cents & no_ceu)).order_by().values("policy", "year_starts")
    counted = uses.annotate(n=Count("id"))
    return {row["policy"]: row["n"] for row in counted if starts.get(row["policy"]) == row["year_starts"]}


GRANT_COLUMNS = [
    "name", "email", "employee_number", "building", "job", "badge", "issuer", "awarded_on", "rule", "state",
    "dollars", "ceu_hours", "answered_on", "answered_by", "reason", "grant_id",
]  # fmt: skip


def grant_rows(tenant: Tenant) -> Iterator[list[str]]:
    """Every grant of the active tenant, oldest first, as rows of GRANT_COLUMNS."""
    staff = {each.user_id: each for each in StaffRecord.objects.all()}
    related = ("earner", "badge__edition", "badge__stack", "badge__tenant", "outside", "policy", "decided_by")
    found = Grant.objects.order_by("created_at", "id").select_related(*related)
    unread = ("badge__document", "badge__results", "outside__data", "outside__report")
    for grant in found.defer(*unread).iterator(1000):
        entry = staff.get(grant.earner_id)
        badge = grant.earned
        yield [
            grant.earner.get_full_name(),
            grant.earner.email,
            entry.employee_number if entry else "",
            entry.building if entry else "",
            entry.job_class if entry else "",
            badge.title,
            grant.badge.tenant.name if grant.badge else grant.outside.issuer_name,
            tenant.local_date(badge.awarded_at).isoformat(),
            grant.policy.title,
            str(grant.get_state_display()),
            _plain(grant.cents),
            _plain(grant.ceu_hundredths),
            tenant.local_date(grant.decided_at).isoformat() if grant.decided_at else "",
            grant.decided_by.get_full_name() if grant.decided_by else "",
            grant.reason,
            str(grant.id),
        ]


def _plain(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"
