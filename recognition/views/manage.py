"""The admin's dashboard and its downloads."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lib.downloads import csv_response
from recognition.queries import dashboard, spending
from tenants.audit import record
from tenants.doors import needs
from tenants.models import Tenant
from tenants.roles import can


@require_safe
@needs("tenant.manage")
def manage_home(request: HttpRequest, slug: str) -> HttpResponse:
    """What needs someone, four numbers, and how things go."""
    tenant = request.tenant
    started, sent, earned = dashboard.steps()
    months = dashboard.months(tenant)
    context = {
        "needs": dashboard.needs(tenant),
        "tiles": dashboard.tiles(tenant),
        "months": months,
        "has_months": any(row[1] or row[2] for row in months),
        "sent_total": sum(row[1] for row in months),
        "earned_total": sum(row[2] for row in months),
        "funnel": [(_("Started"), started), (_("Sent in"), sent), (_("Earned"), earned)],
        "started": started,
        "earned": earned,
        "spending": spending.spending(tenant),
        "top": dashboard.top_micro_credentials(tenant),
        "buildings": dashboard.buildings(tenant),
        "smallest_cell": dashboard.SMALLEST_CELL,
        "reviews_here": can(request.member, "review.any"),
    }
    return render(request, "recognition/dashboard.html", context)


@require_safe
@needs("grant.see")
def grants_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Every grant, for payroll and records. Who took it is on record, since it names people."""
    rows = [spending.GRANT_COLUMNS, *spending.grant_rows(request.tenant)]
    record(request.member, "grants.exported", request.tenant, rows=len(rows) - 1)
    return csv_response(f"{slug}-grants-{request.tenant.local_date():%Y-%m-%d}.csv", rows)


@require_safe
@needs("tenant.manage")
def totals_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The numbers of the dashboard."""
    name = f"{slug}-totals-{request.tenant.local_date():%Y-%m-%d}.csv"
    return csv_response(name, [["group", "item", "measure", "value"], *_totals(request.tenant)])


def _totals(tenant: Tenant) -> Iterator[tuple[object, ...]]:
    tiles = dashboard.tiles(tenant)
    for measure in ("educators", "active", "badges", "passes", "first_tries"):
        yield "last 365 days", "", measure, getattr(tiles, measure)
    yield "last 365 days", "", "median_days_to_decision", "" if tiles.median_days is None else tiles.median_days
    yield "last 365 days", "", "honored_dollars", f"{tiles.honoured_cents / 100:.2f}"
    yield "last 365 days", "", "honored_ceu_hours", f"{tiles.honoured_ceu / 100:.2f}"
    for month, sent, earned in dashboard.months(tenant):
        yield "month", month, "sent", sent
        yield "month", month, "earned", earned
    for each in spending.spending(tenant):
        group = f"rule, year from {each.year_starts.isoformat()}"
        yield group, each.policy.title, "people", each.people
        yield group, each.policy.title, "badges", each.badges
        yield group, each.policy.title, "waiting_dollars", f"{each.waiting_cents / 100:.2f}"
        yield group, each.policy.title, "honored_dollars", f"{each.honoured_cents / 100:.2f}"
        yield group, each.policy.title, "honored_ceu_hours", f"{each.honoured_ceu / 100:.2f}"
    for building in dashboard.buildings(tenant):
        few = f"fewer than {dashboard.SMALLEST_CELL}, or hidden to protect people"
        yield "building", building.name, "people", few if building.people is None else building.people
        yield "building", building.name, "earned", few if building.earned is None else building.earned
