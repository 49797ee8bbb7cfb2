"""The queue, taking something from it, and what one has done."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessment.actions import queue as actions
from assessment.due import rows
from assessment.models import Review
from assessment.queries import backlog_for, done_by, held_by, waiting_for
from assessment.reactions import thanks_of
from lib.errors import RuleBroken
from lib.pages import page_of_rows
from tenants.doors import needs

SOON = timedelta(days=7)


@needs("review.queue")
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, and first what one has already taken. Codes only: nothing here says whose work it is."""
    actions.open_slots(by=request.member)
    today = request.tenant.local_date()
    chosen = request.GET.get("mc", "")
    backlog = backlog_for(request.member, today + SOON)
    page = page_of_rows(waiting_for(request.member, chosen), request, counted=True)
    context = {
        "mine": rows(list(held_by(request.member)), today),
        "waiting": rows(page.rows, today),
        "page": page,
        "backlog": backlog,
        "soon": today + SOON,
        "chosen": chosen,
    }
    return render(request, "assessment/queue.html", context)


@require_POST
@needs("review.queue")
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the next one, or the one whose button was pressed, and open it."""
    chosen = None
    if wanted := request.POST.get("review"):
        chosen = get_object_or_404(Review, id=_uuid(wanted))
    try:
        claimed = actions.claim(by=request.member, review=chosen)
    except RuleBroken as problem:
        return refused(request, problem)
    if claimed is None:
        messages.info(request, _("All caught up. Nothing waits for a score right now."))
        return redirect("queue", slug)
    return redirect("review", slug, claimed.id)


@needs("review.queue")
def reviews_done(request: HttpRequest, slug: str) -> HttpResponse:
    """The scores one has sent, and what came of each."""
    page = page_of_rows(done_by(request.member), request, counted=True)
    return render(request, "assessment/done.html", {"page": page, "thanks": thanks_of(request.member)})


def refused(request: HttpRequest, problem: RuleBroken) -> HttpResponse:
    """Why this cannot be done any more, and the way back to the queue."""
    context = {"message": problem.message, "back_url": reverse("queue", args=[request.tenant.slug])}
    return render(request, "409.html", context, status=problem.status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
