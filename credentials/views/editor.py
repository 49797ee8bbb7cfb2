"""The editor of one draft: its task list, one page a section, preview, export, and sending it to a vetter."""

from typing import Any
from uuid import UUID

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credentials.actions import editions, vetting
from credentials.exchange import export_edition
from credentials.forms import AnswerForm
from credentials.models import Edition
from credentials.queries import drafts, edition_parts
from credentials.sections import OPTIONAL, SECTIONS, Section, advice, gaps
from credentials.sheets import SHEETS, EditionSheet
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.methods import get_and_post
from lib.words import whole_number
from tenants.doors import needs
from tenants.roles import require


@require_safe
@needs("edition.write")
def edition_editor(request: HttpRequest, slug: str, edition: UUID) -> HttpResponse:
    """The sections with what is missing in each, the vetter's notes, and the way to the vetter."""
    found = drafts.edition_here(request.tenant, edition)
    return _editor(request, found)


@get_and_post
@needs("edition.write")
def edition_section(request: HttpRequest, slug: str, edition: UUID, section: str) -> HttpResponse:
    """One section as a form."""
    if section not in SECTIONS:
        raise Http404
    found = drafts.edition_here(request.tenant, edition)
    require(request.member, "edition.write", found)
    if found.state != Edition.State.DRAFT:
        return redirect("edition_editor", slug, found.id)
    data = export_edition(found)
    page = {"edition": found, "section": SECTIONS[section], "rev": found.rev}
    if request.method != "POST":
        return _section(request, page, SHEETS[section].opened(data))
    if request.POST.get("do"):
        sheet = SHEETS[section].after(request.POST["do"], request.POST, data_of=data)
        return _section(request, {**page, "rev": request.POST.get("rev"), "unsaved": True}, sheet)
    sheet = SHEETS[section].sent(request.POST, data_of=data)
    try:
        editions.save_section(
            by=request.member, edition=found, section=section, values=sheet.section_values(), rev=_rev(request)
        )
    except Invalid as refusal:
        for path, sentence in refusal.facts.get("errors", {}).items():
            sheet.blame(path, sentence)
        return _section(request, {**page, "rev": request.POST.get("rev")}, sheet, status=422)
    except RuleBroken as refusal:
        if refusal.code != "stale":
            raise
        return _section(request, {**page, "saved": _frozen(section, data)}, sheet, status=409)
    messages.success(request, _("“%(section)s” is saved.") % {"section": SECTIONS[section].title})
    return redirect("edition_editor", slug, found.id)


@require_safe
@needs("edition.see_drafts")
def edition_preview(request: HttpRequest, slug: str, edition: UUID) -> HttpResponse:
    """The page as people will see it."""
    found = edition_parts(drafts.edition_here(request.tenant, edition))
    context = {"edition": found, "quizzes": drafts.quizzes_of(found)}
    return render(request, "credentials/author_preview.html", context)


@require_safe
@needs("edition.see_drafts")
def edition_export(request: HttpRequest, slug: str, edition: UUID) -> HttpResponse:
    """The whole edition as a laurel.edition/1 file."""
    found = drafts.edition_here(request.tenant, edition)
    body = orjson.dumps(export_edition(found), option=orjson.OPT_INDENT_2) + b"\n"
    name = f"{found.micro_credential.slug}-{found.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="application/json", headers=headers)


@require_POST
@needs("edition.write")
def edition_send(request: HttpRequest, slug: str, edition: UUID) -> HttpResponse:
    """Send the draft to the vetters, or show what is missing."""
    found = drafts.edition_here(request.tenant, edition)
    try:
        editions.send_to_vetting(by=request.member, edition=found)
    except RuleBroken as refusal:
        if refusal.code != "incomplete":
            raise
        return _editor(request, found, refused=refusal.message, status=409)
    messages.success(request, _("Sent. We email you when a vetter has read it."))
    return redirect("edition_editor", slug, found.id)


@require_POST
@needs("edition.write")
def note_answer(request: HttpRequest, slug: str, edition: UUID, note: UUID) -> HttpResponse:
    """Answer one note of a vetter."""
    found = drafts.edition_here(request.tenant, edition)
    asked = get_object_or_404(drafts.notes_seen_by(request.user, found), id=note)
    form = AnswerForm(request.POST, prefix=str(asked.id))
    if not form.is_valid():
        return _editor(request, found, answering={asked.id: form}, status=422)
    vetting.answer_note(by=request.member, note=asked, text=form.cleaned_data["reply"])
    messages.success(request, _("Your answer is saved. The vetter reads it in the next round."))
    return redirect(f"{reverse('edition_editor', args=[slug, found.id])}#notes")


def _editor(
    request: HttpRequest, edition: Edition, *, refused: str = "", answering: dict[UUID, AnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    if edition.author_id != request.user.id:
        raise NotAllowed(_("Only %(author)s can change this draft.") % {"author": edition.author}, code="not-yours")
    data = export_edition(edition)
    missing, hints = gaps(data), advice(data)
    notes = list(drafts.notes_seen_by(request.user, edition))
    for note in notes:
        note.form = (answering or {}).get(note.id) or AnswerForm(prefix=str(note.id), initial={"reply": note.reply})
        note.section_title = SECTIONS[note.section].title if note.section in SECTIONS else note.section
    context = {
        "edition": edition,
        "editable": edition.state == Edition.State.DRAFT,
        "tasks": [_task(edition, section, data, missing) for section in SECTIONS.values()],
        "missing": missing,
        "hints": hints,
        "notes": notes[::-1],
        "refused": refused,
    }
    return render(request, "credentials/author_editor.html", context, status=status)


def _task(edition: Edition, section: Section, data: dict[str, Any], missing: list[Any]) -> dict[str, Any]:
    here = [gap.sentence for gap in missing if gap.section == section.key]
    empty = not any(data.get(name) for name in section.fields if name not in ("title", "badge"))
    if here:
        tone, status = "todo", _("Something is missing")
    elif section.key in OPTIONAL and empty:
        tone, status = "plain", _("Optional")
    else:
        tone, status = "plain", _("Done")
    url = reverse("edition_section", args=[edition.tenant.slug, edition.id, section.key])
    return {"title": section.title, "hint": " ".join(here) or section.hint, "url": url, "tone": tone, "status": status}


def _section(request: HttpRequest, page: dict[str, Any], sheet: EditionSheet, status: int = 200) -> HttpResponse:
    order = list(SECTIONS.values())
    place = order.index(page["section"])
    # A scoring guide is about parts that people hand in, so those come first.
    parts_first = page["section"].key == "rubric" and not sheet.edition_data["criteria"]
    context = {**page, "sheet": sheet, "place": place + 1, "places": len(order), "parts_first": parts_first}
    return render(request, "credentials/author_section.html", context, status=status)


def _frozen(section: str, data: dict[str, Any]) -> EditionSheet:
    """What is saved now, to read beside what was typed."""
    sheet = SHEETS[section](initial=SHEETS[section].typed_from(data), data_of=data, prefix="saved")
    sheet.disable()
    return sheet


def _rev(request: HttpRequest) -> int:
    return whole_number(request.POST.get("rev", "")) or 0
