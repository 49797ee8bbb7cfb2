"""Settling: what waits for a senior assessor, and two readings side by side where they differ."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessment.actions import settling as actions
from assessment.actions.deciding import Incomplete
from assessment.differences import differences_of, marks_to_settle, scored_lines
from assessment.due import due, rows
from assessment.evidence import ReviewAddresses, captions_for, evidence_parts, file_of, preview_of
from assessment.forms import SettlingForm
from assessment.models import Settling
from assessment.settlings import own_settling, settleable, settling_held
from assessment.views.pads import token_of
from assessment.views.workspace import aim_of
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.pages import page_of_rows
from lib.words import as_uuid, whole_number
from submissions import serving
from submissions.files import address_of
from submissions.queries import ai_uses_of
from tenants.doors import needs
from tenants.middleware import wants_json


@needs("settling.queue")
def settlings(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits to be settled, and first what one has already taken."""
    today = request.tenant.local_date()
    page = page_of_rows(settleable(request.member), request, counted=True)
    context = {
        "mine": rows(settling_held(request.member), today),
        "waiting": rows(page.rows, today),
        "page": page,
    }
    return render(request, "assessment/settlings.html", context)


@require_POST
@needs("settling.queue")
def settling_claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the one that is due first, or the one whose button was pressed, and open it."""
    chosen = None
    if wanted := request.POST.get("settling"):
        chosen = get_object_or_404(Settling, id=as_uuid(wanted))
    try:
        claimed = actions.claim_settling(by=request.member, settling=chosen)
    except RuleBroken as problem:
        return refused(request, problem)
    if claimed is None:
        messages.info(request, _("All caught up. Nothing waits to be settled right now."))
        return redirect("settlings", slug)
    return redirect("settling", slug, claimed.id)


@needs("settling.queue")
def settling(request: HttpRequest, slug: str, settling: UUID) -> HttpResponse:
    """Both readings, only where they differ, beside the evidence. `piece` is as in the workspace of a review."""
    held = own_settling(request.member, settling)
    piece, page = as_uuid(request.GET.get("piece", "")), whole_number(request.GET.get("page", ""))
    if piece and page:
        return redirect(f"{request.path}#a-{piece}-page-{page}")
    desk = Desk(request, held)
    if request.htmx and "piece" in request.GET:
        return desk.one_piece(request.GET["piece"])
    return desk.page()


@require_POST
@needs("settling.queue")
def settling_save(request: HttpRequest, slug: str, settling: UUID) -> HttpResponse:
    """Save the draft as it stands: by autosave (JSON), or by the button “Save for later”."""
    desk = Desk(request, own_settling(request.member, settling), request.POST)
    if not desk.form.is_valid():
        return desk.refuse()
    try:
        saved = desk.keep()
    except RuleBroken as problem:
        return desk.too_late(problem)
    if wants_json(request):
        return JsonResponse({"saved_at": clock.now().isoformat(), "lease_until": saved.lease_until.isoformat()})
    messages.success(request, _("Saved. %(code)s stays yours for now.") % {"code": saved.submission.code})
    return redirect("settlings", slug)


@require_POST
@needs("settling.queue")
def settling_finish(request: HttpRequest, slug: str, settling: UUID) -> HttpResponse:
    """Settle, which decides."""
    held = own_settling(request.member, settling)
    desk = Desk(request, held, request.POST)
    if not desk.form.is_valid():
        return desk.refuse()
    try:
        with transaction.atomic():
            desk.keep()
        actions.finish_settling(by=request.member, settling=held, token=desk.form.cleaned_data["token"])
    except actions.AlreadySettled:
        pass  # the second click of a double click
    except Incomplete as problem:
        desk.form.problems = problem.problems
        return desk.page(status=422)
    except RuleBroken as problem:
        return desk.too_late(problem)
    messages.success(request, _("%(code)s is settled. Both readers get your reasons.") % {"code": held.submission.code})
    return redirect("settlings", slug)


@require_POST
@needs("settling.queue")
def settling_release(request: HttpRequest, slug: str, settling: UUID) -> HttpResponse:
    """Give it back."""
    held = own_settling(request.member, settling)
    try:
        actions.release_settling(by=request.member, settling=held, token=token_of(request))
    except RuleBroken as problem:
        return refused(request, problem)
    messages.success(request, _("%(code)s waits for someone else.") % {"code": held.submission.code})
    return redirect("settlings", slug)


@require_POST
@needs("settling.queue")
def settling_conflict(request: HttpRequest, slug: str, settling: UUID) -> HttpResponse:
    """“I know this person”: give it back, and never be offered their work again."""
    held = own_settling(request.member, settling)
    try:
        actions.step_aside(by=request.member, settling=held, token=token_of(request))
    except RuleBroken as problem:
        return refused(request, problem)
    messages.success(
        request,
        _("Thank you. %(code)s went back, and you will not get work of this person again.")
        % {"code": held.submission.code},
    )
    return redirect("settlings", slug)


@needs("settling.queue")
def settling_evidence(request: HttpRequest, slug: str, settling: UUID, artifact: UUID) -> HttpResponse:
    """Lead the holder to a file, by an address that is made now and lasts a short time."""
    file = file_of(own_settling(request.member, settling), artifact)
    return redirect(address_of(file, request.user, tenant=request.tenant))


@needs("settling.queue")
def settling_preview(
    request: HttpRequest, slug: str, settling: UUID, artifact: UUID, kind: str, number: int
) -> HttpResponse:
    """Lead the holder to a preview of a file, in the same way."""
    file, preview = preview_of(own_settling(request.member, settling), artifact, kind, number)
    return redirect(address_of(file, request.user, tenant=request.tenant, preview=preview))


@needs("settling.queue")
def settling_captions(request: HttpRequest, slug: str, settling: UUID, artifact: UUID, language: str) -> HttpResponse:
    """The captions of a film, to the holder."""
    return serving.captions(captions_for(own_settling(request.member, settling), artifact, language))


def refused(request: HttpRequest, problem: RuleBroken) -> HttpResponse:
    """Why this cannot be done any more, and the way back."""
    context = {"message": problem.message, "back_url": reverse("settlings", args=[request.tenant.slug])}
    return render(request, "409.html", context, status=problem.status)


class Desk:
    """The page of one settling, with the form as it was typed. Evidence is shown only while the claim stands."""

    def __init__(self, request: HttpRequest, held: Settling, data: Any = None) -> None:
        self.request, self.held = request, held
        lines, marks = scored_lines(held), marks_to_settle(held)
        addresses = ReviewAddresses(request.tenant.slug, held.id, prefix="settling")
        self.open = held.state == Settling.State.CLAIMED
        self.aim = aim_of(request)
        self.parts = evidence_parts(held, lines, addresses, aim=self.aim, marks=marks) if self.open else []
        differences = differences_of(held, lines, marks, self.parts, addresses)
        self.form = SettlingForm(held, differences, data)

    def keep(self) -> Settling:
        """Save what the valid form says."""
        data = self.form.cleaned_data
        return actions.save_settling(
            by=self.request.member, settling=self.held, token=data["token"], words=self.form.words()
        )

    def page(self, status: int = 200, message: str = "") -> HttpResponse:
        """The page itself. `message`: why a save was refused."""
        cards = self.form.cards()
        shown = cards[0].panel if cards else ""
        for part in self.parts if self.aim else ():
            if any(item.piece.key == f"a-{self.aim[0]}" for item in part.items):
                shown = part.id
        context = {
            "settling": self.held,
            "form": self.form,
            "cards": cards,
            "parts": self.parts,
            "tabs": [{"id": part.id, "label": part.title, "current": part.id == shown} for part in self.parts],
            "ai_uses": ai_uses_of(self.held.submission) if self.open else (),
            "due": due(self.held.due_on, self.request.tenant.local_date()),
            "lease_until": self.held.lease_until.astimezone(self.request.tenant.zone),
            "message": message,
        }
        template = "assessment/settling.html" if self.open and not message else "assessment/settling_kept.html"
        return render(self.request, template, context, status=status)

    def one_piece(self, piece: str) -> HttpResponse:
        """One piece of evidence alone: its preview was awaited. Raises Http404."""
        items = (item for part in self.parts for item in part.items)
        item = next((item for item in items if item.piece.key == f"a-{piece}"), None)
        if item is None:
            raise Http404
        return render(self.request, "assessment/includes/item.html", {"item": item, "reading": True})

    def refuse(self) -> HttpResponse:
        """The answer to a form that cannot be read: the page again with all that was typed."""
        if wants_json(self.request):
            field, problems = next(iter(self.form.errors.items()))
            raise Invalid(problems[0], field=field)
        return self.page(status=422)

    def too_late(self, problem: RuleBroken) -> HttpResponse:
        """The answer to a save that comes too late: why, and everything that was typed, to read and copy."""
        if wants_json(self.request):
            raise problem
        return self.page(status=problem.status, message=problem.message)
