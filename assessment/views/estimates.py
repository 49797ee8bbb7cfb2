"""When one should hear, as pieces of pages that the apps below show."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessment.estimate import estimate, median_days, recent
from assessment.models import Decision
from credentials.models import MicroCredential
from submissions import queries
from submissions.models import Submission
from tenants.doors import members_only
from tenants.scope import inside


@members_only
@require_safe
def work_estimate(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """For the earner of a sent try: the day from the real queue, and what it is made of."""
    submission = queries.work_of(request.member, work)
    is_sent = submission.state == Submission.State.SUBMITTED
    found = estimate(submission, request.tenant) if is_sent else None
    return render(request, "assessment/estimate.html", {"estimate": found, "submission": submission})


@require_safe
def review_time(request: HttpRequest, slug: str, mc: str) -> HttpResponse:
    """For everyone: how long reviews of a micro-credential took lately. Only of those that are scored here."""
    found = get_object_or_404(MicroCredential, slug=mc, tenant=request.tenant)
    with inside(request.tenant):  # the page is open to everyone, and says no more than two numbers
        decisions = Decision.objects.filter(submission__edition__micro_credential=found)
        days = median_days(decisions, request.tenant)
        context = {"days": days, "n": len(recent(decisions)) if days is not None else 0}
    return render(request, "assessment/review_time.html", context)
