"""Marks in the workspace: added and removed in place with htmx, and with the whole form saved on the way without."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessment.actions.marking import remove_mark
from assessment.forms import ReadingForm
from assessment.marks import GENERAL, mark_of
from assessment.models import Review
from assessment.queries import ScoredLine, own_review, reading
from assessment.views.pads import add_filled, add_one, fresh_pads, token_of
from assessment.views.workspace import refuse, save, too_late, workspace
from lib.errors import RuleBroken
from tenants.doors import needs
from tenants.middleware import problem


@require_POST
@needs("review.queue")
def mark_add(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Add what the small forms of the lines hold; `mark` is the line whose button was pressed."""
    held = own_review(request.member, review)
    lines = reading(held)
    pressed = request.POST.get("mark", "")
    if request.htmx:
        return _add_in_place(request, held, lines, pressed)
    form = ReadingForm(held, lines, request.POST)
    if not form.is_valid():
        return refuse(request, held, lines, form)
    try:
        with transaction.atomic():
            save(request, held, form)
            wrong = add_filled(request, held, lines, pressed)
    except RuleBroken as refusal:
        return too_late(request, held, form, refusal)
    if wrong:
        return workspace(request, held, lines, form, status=422, wrong=wrong)
    return _back(request, held, pressed)


def _add_in_place(request: HttpRequest, held: Review, lines: list[ScoredLine], pressed: str) -> HttpResponse:
    """What is refused stays in the small form; what comes too late stays in the page, and a sentence says so."""
    pads = fresh_pads(held, lines, request)
    pad = pads.get(pressed, pads[GENERAL])
    try:
        added = pad.form is not None and add_one(request, held, lines, pad.form)
    except RuleBroken as refusal:
        return problem(refusal.status, refusal.code, refusal.message)
    if added:
        return _pad(request, held, lines, pad.key)
    return render(request, "assessment/includes/marks.html", {"pad": pad, "review": held}, status=422)


@require_POST
@needs("review.queue")
def mark_remove(request: HttpRequest, slug: str, review: UUID, mark: UUID) -> HttpResponse:
    """Take a mark out. One that is gone already is no problem."""
    held = own_review(request.member, review)
    lines = reading(held)
    form = ReadingForm(held, lines, request.POST)
    if not request.htmx and not form.is_valid():
        return refuse(request, held, lines, form)
    found = mark_of(held, mark)
    key = str(found.line_id or GENERAL) if found else GENERAL
    try:
        with transaction.atomic():
            if not request.htmx:
                save(request, held, form)
            if found is not None:
                remove_mark(by=request.member, review=held, token=token_of(request), mark=found)
    except RuleBroken as refusal:
        if request.htmx:
            return problem(refusal.status, refusal.code, refusal.message)
        return too_late(request, held, form, refusal)
    return _pad(request, held, lines, key) if request.htmx else _back(request, held, key)


def _pad(request: HttpRequest, held: Review, lines: list[ScoredLine], key: str) -> HttpResponse:
    pads = fresh_pads(held, lines)
    context = {"pad": pads.get(key, pads[GENERAL]), "review": held, "fresh": True}
    return render(request, "assessment/includes/marks.html", context)


def _back(request: HttpRequest, held: Review, key: str) -> HttpResponse:
    address = reverse("review", args=[request.tenant.slug, held.id])
    return redirect(f"{address}#marks-{key}" if key else address)
