"""A vetter's list, and the page where a vetter reads an edition, writes notes and decides."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credentials.actions import editions, vetting
from credentials.exchange import export_edition
from credentials.forms import NoteForm
from credentials.models import Edition
from credentials.queries import drafts, edition_parts
from credentials.sections import SECTIONS, advice
from lib.errors import Invalid, RuleBroken
from lib.methods import get_and_post
from tenants.doors import needs
from tenants.roles import can


@require_safe
@needs("edition.vet")
def vetting_home(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a vetter."""
    waiting = list(drafts.waiting_for_vetter(request.tenant))
    return render(request, "credentials/vetting_home.html", {"waiting": waiting})


@get_and_post
@needs("edition.vet")
def vetting_edition(request: HttpRequest, slug: str, edition: UUID) -> HttpResponse:
    """The edition as people will see it, with notes beside it. POST: `do` is note, return or publish."""
    found = drafts.edition_here(request.tenant, edition)
    if request.method != "POST":
        return _page(request, found, NoteForm())
    do, by = request.POST.get("do"), request.member
    form = NoteForm(request.POST)
    typed = bool(request.POST.get("text", "").strip())
    if do == "note" or typed:  # a note that is typed but not added yet is not lost by deciding
        if not form.is_valid():
            return _page(request, found, form, status=422)
        note = {"section": form.cleaned_data["section"], "kind": form.cleaned_data["kind"]}
        vetting.add_note(by=by, edition=found, text=form.cleaned_data["text"], **note)
        if do == "note":
            messages.success(request, _("Your note is saved. The author sees it when you return the draft."))
            return redirect(f"{reverse('vetting_edition', args=[slug, found.id])}#notes")
    if do == "publish":
        editions.publish(by=by, edition=found)
        messages.success(request, _("“%(title)s” is published.") % {"title": found.title})
        return redirect("vetting_home", slug)
    if do != "return":
        raise Invalid(_("Choose to add a note, to return the draft or to publish it."), code="no-choice")
    try:
        editions.return_to_author(by=by, edition=found)
    except RuleBroken as refusal:
        if refusal.code != "no-notes":
            raise
        form = NoteForm(initial={"kind": "must_fix"})
        return _page(request, found, form, refused=refusal.message, status=409)
    messages.success(request, _("“%(title)s” is back with its author.") % {"title": found.title})
    return redirect("vetting_home", slug)


@require_POST
@needs("edition.vet")
def vetting_note_remove(request: HttpRequest, slug: str, edition: UUID, note: UUID) -> HttpResponse:
    """Take back a note of one's own."""
    found = drafts.edition_here(request.tenant, edition)
    vetting.remove_note(by=request.member, note=get_object_or_404(drafts.notes_seen_by(request.user, found), id=note))
    return redirect(f"{reverse('vetting_edition', args=[slug, found.id])}#notes")


def _page(
    request: HttpRequest, edition: Edition, form: NoteForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    notes = list(drafts.notes_seen_by(request.user, edition))
    for note in notes:
        note.section_title = SECTIONS[note.section].title if note.section in SECTIONS else note.section
        note.removable = note.by_id == request.user.id and note.round == edition.round
    edition = edition_parts(edition)
    open_now = edition.state == Edition.State.VETTING
    context = {
        "edition": edition,
        "quizzes": drafts.quizzes_of(edition),
        "deciding": open_now and can(request.member, "edition.vet", edition),
        "own": open_now and not can(request.member, "edition.vet", edition),
        "notes": [note for note in notes if note.round == edition.round],
        "earlier": [note for note in notes if note.round < edition.round],
        "hints": advice(export_edition(edition)),
        "form": form,
        "refused": refused,
    }
    return render(request, "credentials/vetting_edition.html", context, status=status)
