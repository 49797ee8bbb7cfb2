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
from assessment.calibration import to_practice_first
from assessment.due import rows
from assessment.models import Review
from assessment.prechecks import to_check
from assessment.queries import MOST_COUNTED, backlog_for, desk_of, done_by, offered_in, waiting_for
from assessment.reactions import thanks_of
from assessment.wanted import KINDS, Wanted
from assessment.workers import room_of
from lib.errors import RuleBroken
from lib.pages import page_of_rows
from tenants.doors import needs
from tenants.roles import can

SOON = timedelta(days=7)


@needs("review.queue")
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, and first what one has already taken. Codes only: nothing here says whose work it is."""
    actions.open_slots(by=request.member)
    today = request.tenant.local_date()
    wanted = Wanted.read(request.GET)
    room = room_of(request.member)
    page = page_of_rows(waiting_for(request.member, wanted, room.profile), request, counted=True, most=MOST_COUNTED)
    desk = rows(list(desk_of(request.member)), today)
    offered = offered_in(request.tenant)
    context = {
        "mine": [row for row in desk if row.review.state == Review.State.CLAIMED],
        "kept": [row for row in desk if row.review.state == Review.State.WAITING],
        "waiting": rows(page.rows, today),
        "page": page,
        "backlog": backlog_for(request.member, today + SOON),
        "soon": today + SOON,
        "wanted": wanted,
        "kinds": KINDS.items(),
        "offered": offered,
        "languages": sorted({language for _slug, _title, language in offered}),
        "room": room,
        "prechecks": to_check(request.member).count(),
        "may_plan": can(request.member, "assessor.plan"),
        "practice_first": to_practice_first(request.member),
    }
    return render(request, "assessment/queue.html", context)


@require_POST
@needs("review.queue")
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the next one of those that are wanted, or the one whose button was pressed, and open it."""
    wanted = Wanted.read(request.POST)
    chosen = None
    if asked := request.POST.get("review"):
        chosen = get_object_or_404(Review, id=_uuid(asked))
    try:
        claimed = actions.claim(by=request.member, review=chosen, wanted=wanted)
    except RuleBroken as problem:
        return refused(request, problem)
    if claimed is None:
        messages.info(
            request,
            _("All caught up. Nothing waits for a score right now.")
            if wanted.is_empty
            else _("Nothing that fits these filters waits right now."),
        )
        return redirect(reverse("queue", args=[slug]) + wanted.query)
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
