"""My stats: an assessor's own figures."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessment.stats import stats_of
from tenants.doors import needs


@needs("review.queue")
def my_stats(request: HttpRequest, slug: str) -> HttpResponse:
    """Only for the person they are about."""
    context = {"stats": stats_of(request.member), "least": settings.REPORT_LEAST}
    return render(request, "assessment/stats.html", context)
