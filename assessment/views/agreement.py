"""The report on agreement, for admins: by line, micro-credential, assessor or month, and as a download."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessment.report import BY, Asked, asked, csv_rows, level_rows, micro_credentials_here, report
from lib.downloads import csv_response
from lib.pages import page_of_rows
from tenants.doors import needs

CHART = 12  # assessors in it; the table has all


@require_safe
@needs("agreement.see")
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """How far assessors agree, and which levels each of them gives."""
    what = _asked(request)
    levels, size = level_rows(what)
    context = {
        "what": what,
        "choices": BY.items(),
        "page": page_of_rows(report(what), request),
        "heading": BY[what.by],
        "levels": levels,
        "places": range(1, size + 1),
        "chart": [(each.label, each.met_percent) for each in levels if each.met_percent is not None][:CHART],
        "micro_credentials": micro_credentials_here(request.tenant),
        "least": settings.REPORT_LEAST,
        "query": request.GET.urlencode(),
    }
    return render(request, "assessment/agreement.html", context)


@require_safe
@needs("agreement.see")
def agreement_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same rows, all of them."""
    what = _asked(request)
    return csv_response(f"{slug}-agreement-{request.tenant.local_date():%Y-%m-%d}.csv", csv_rows(what))


def _asked(request: HttpRequest) -> Asked:
    get = request.GET.get
    return asked(request.tenant, get("by", ""), get("mc", "")[:90], get("assessor", ""), get("month", ""))
