"""One piece of evidence on a page of its own: to look at, to point into, and to caption."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.errors import Invalid, RuleBroken
from lib.methods import get_and_post
from lib.words import as_uuid, whole_number
from submissions import captions as cues
from submissions import queries, serving
from submissions.actions import captions, pointers
from submissions.exhibits import OwnAddresses
from submissions.files import kind_of
from submissions.models import Artifact, Pointer, Rendering
from submissions.places import Place, read_box, read_place
from submissions.viewing import exhibit_of, extent_of, language_name
from submissions.viewing_forms import CaptionsForm, PointerForm
from tenants.doors import members_only

LANGUAGES = ("en", "es", "fr", "de", "pt", "zh-hans", "vi", "ar", "ko", "ru")


@members_only
@require_safe
@never_cache
def artifact_view(request: HttpRequest, slug: str, work: UUID, artifact: UUID) -> HttpResponse:
    """The piece, at `t` seconds or with a `box` drawn on it, and what one points to in it.

    `change` is a pointer to put into the form. `page` leads on to that page. With htmx the piece alone.
    """
    found = queries.piece_of(request.member, work, artifact)
    if page := whole_number(request.GET.get("page", "")):
        return redirect(f"{request.path}#page-{page}")
    if request.htmx:
        return render(request, "submissions/includes/own_exhibit.html", _shown(request, found))
    changing = as_uuid(request.GET.get("change", ""))
    return _page(request, found, queries.pointer_of(found, changing) if changing else None)


@members_only
@require_POST
def pointer_save(request: HttpRequest, slug: str, work: UUID, artifact: UUID) -> HttpResponse:
    """Add a pointer, or change the one named by `pointer`. What cannot be taken stays in the form (422)."""
    found = queries.piece_of(request.member, work, artifact)
    named = as_uuid(request.POST.get("pointer", ""))
    changing = queries.pointer_of(found, named) if named else None
    form = PointerForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            place = read_place(data["place"], data["box"], extent_of(found, _rendering(found)))
            if changing:
                pointers.change_pointer(by=request.member, pointer=changing, place=place, note=data["note"])
            else:
                pointers.add_pointer(by=request.member, artifact=found, place=place, note=data["note"])
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except RuleBroken as refusal:
            form.add_error(None, refusal.message)
            return _page(request, found, changing, form, status=refusal.status)
        else:
            messages.success(request, _("Saved. Reviewers see it beside this piece."))
            return redirect("artifact_view", slug, work, artifact)
    return _page(request, found, changing, form, status=422)


@members_only
@require_POST
def pointer_remove(request: HttpRequest, slug: str, work: UUID, artifact: UUID, pointer: UUID) -> HttpResponse:
    """Take a pointer away."""
    found = queries.piece_of(request.member, work, artifact)
    pointers.remove_pointer(by=request.member, pointer=queries.pointer_of(found, pointer))
    messages.success(request, _("Removed. The piece itself is still here."))
    return redirect("artifact_view", slug, work, artifact)


@members_only
@get_and_post
@never_cache
def captions_edit(request: HttpRequest, slug: str, work: UUID, artifact: UUID, language: str) -> HttpResponse:
    """Write captions or upload a file of them; `remove` deletes them."""
    found = _with_sound(request, work, artifact)
    if language not in LANGUAGES and queries.captions_of(found, language) is None:
        raise Http404
    if request.method != "POST":
        return _editor(request, found, language, None)
    if "remove" in request.POST:
        captions.remove_captions(by=request.member, artifact=found, language=language)
        messages.success(request, _("The captions are removed."))
        return redirect("artifact_view", slug, work, artifact)
    form = CaptionsForm(request.POST, request.FILES)
    theirs = None
    if form.is_valid():
        rev = None if request.POST.get("keep") == "mine" else whole_number(form.cleaned_data["rev"]) or 0
        try:
            captions.save_captions(
                by=request.member, artifact=found, language=language, text=_text(form, request), rev=rev
            )
        except captions.StaleCaptions as stale:
            theirs = stale.theirs
            form.add_error(None, stale.message)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("The captions are saved."))
            return redirect("artifact_view", slug, work, artifact)
    return _editor(request, found, language, form, theirs=theirs, status=409 if theirs else 422)


@members_only
@require_safe
def captions_file(request: HttpRequest, slug: str, work: UUID, artifact: UUID, language: str) -> HttpResponse:
    """The captions themselves, for the player of their earner."""
    made = queries.captions_of(_with_sound(request, work, artifact), language)
    if made is None:
        raise Http404
    return serving.captions(made)


def _text(form: CaptionsForm, request: HttpRequest) -> str:
    """What was uploaded, in place of what stands in the box; from then on it stands in the box."""
    if upload := form.cleaned_data["file"]:
        form.data = request.POST.copy()
        form.data["text"] = cues.decoded(upload.read(cues.MOST_BYTES + 1))
        return form.data["text"]
    return form.cleaned_data["text"]


def _with_sound(request: HttpRequest, work: UUID, artifact: UUID) -> Artifact:
    found = queries.piece_of(request.member, work, artifact)
    if kind_of(found) not in ("video", "audio"):
        raise Http404
    return found


def _rendering(artifact: Artifact) -> Rendering | None:
    return Rendering.objects.filter(file=artifact.file_id).defer("texts").first() if artifact.file_id else None


def _shown(request: HttpRequest, artifact: Artifact) -> dict[str, Any]:
    addresses = OwnAddresses(request.tenant.slug, artifact.submission.work_id)
    aim = read_box(request.GET.get("box", "")) or Place(seconds=whole_number(request.GET.get("t", "")))
    return {
        "artifact": artifact,
        "exhibit": exhibit_of(artifact, addresses, aim=aim),
        "locked": not queries.can_change(artifact),
        "submission": artifact.submission,
    }


def _page(
    request: HttpRequest,
    artifact: Artifact,
    changing: Pointer | None,
    form: PointerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    initial = {}
    if changing:
        initial = {"place": changing.place.typed, "box": changing.place.box, "note": changing.note}
    spoken = artifact.submission.edition.language
    context = {
        **_shown(request, artifact),
        "beside": queries.pieces_beside(artifact),
        "changing": changing,
        "form": form or PointerForm(initial=initial),
        "language": spoken if spoken in LANGUAGES else "en",
    }
    return render(request, "submissions/view.html", context, status=status)


def _editor(
    request: HttpRequest,
    artifact: Artifact,
    language: str,
    form: CaptionsForm | None,
    *,
    theirs: captions.Captions | None = None,
    status: int = 200,
) -> HttpResponse:
    stored = theirs or queries.captions_of(artifact, language)
    if form is None:
        text = cues.editable(stored.text) if stored else ""
        form = CaptionsForm(initial={"text": text, "rev": stored.rev if stored else 0})
    elif theirs:
        form.data = form.data.copy()
        form.data["rev"] = theirs.rev
    others = [each for each in LANGUAGES if each != language]
    context = {
        **_shown(request, artifact),
        "form": form,
        "stored": stored,
        "theirs": cues.editable(theirs.text) if theirs else "",
        "language": language_name(language),
        "languages": [(language_name(each), _editor_of(request, artifact, each)) for each in others],
    }
    return render(request, "submissions/captions.html", context, status=status)


def _editor_of(request: HttpRequest, artifact: Artifact, language: str) -> str:
    return reverse("captions_edit", args=[request.tenant.slug, artifact.submission.work_id, artifact.id, language])
