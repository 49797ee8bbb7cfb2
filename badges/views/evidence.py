"""Evidence that an earner shows beside a badge, as anyone sees it. Each address asks anew whether it is still shown."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.answers import closed
from badges.models import Badge, SharedEvidence
from badges.queries import badge_by_id
from submissions import serving
from submissions.models import Artifact, Captions, Preview, StoredFile
from submissions.places import Place
from submissions.viewing import exhibit_of
from tenants.scope import inside


@dataclass(frozen=True)
class PublicAddresses:
    """Where anyone finds what belongs to one shared piece (submissions.exhibits.Addresses)."""

    badge: UUID
    item: UUID
    has_preview: bool

    def original(self, artifact: Artifact) -> str:
        """Only where there is no preview: an original may say where and by whom it was made, a preview does not."""
        return "" if self.has_preview else reverse("shared_file", args=[self.badge, self.item])

    def preview(self, artifact: Artifact, preview: Preview) -> str:
        """Something we made of it."""
        return reverse("shared_preview", args=[self.badge, self.item, preview.kind, preview.position])

    def captions(self, artifact: Artifact, captions: Captions) -> str:
        """By language."""
        return reverse("shared_captions", args=[self.badge, self.item, captions.language])

    def anchor(self, artifact: Artifact, page: int) -> str:
        """There is one piece on the page."""
        return f"page-{page}"

    def at(self, artifact: Artifact, place: Place) -> str:
        """On the page of the piece."""
        return place.link(reverse("shared_evidence", args=[self.badge, self.item]))


@dataclass(frozen=True)
class Found:
    """A piece that is shown now."""

    badge: Badge
    item: SharedEvidence
    artifact: Artifact


@require_safe
def shared_evidence(request: HttpRequest, badge: UUID, item: UUID) -> HttpResponse:
    """The page of one shared piece."""
    found = _find(request, badge, item)
    if isinstance(found, HttpResponse):
        return found
    with inside(found.badge.tenant):
        has_preview = Preview.objects.filter(file=found.artifact.file_id).exclude(kind=Preview.Kind.THUMB).exists()
        shown = exhibit_of(found.artifact, PublicAddresses(badge, item, has_preview))
        # Where to look, and why, was for the reviewers: it may name a student.
        sheets = tuple(replace(sheet, frames=()) for sheet in shown.sheets)
        shown = replace(shown, points=(), sheets=sheets)
        context = {"badge": found.badge, "item": found.item, "exhibit": shown}
        return closed(render(request, "badges/evidence.html", context))


@require_safe
def shared_file(request: HttpRequest, badge: UUID, item: UUID) -> HttpResponse:
    """The file itself, as a download, where there is no preview of it."""
    found = _find(request, badge, item)
    if isinstance(found, HttpResponse):
        return found
    with inside(found.badge.tenant):
        if Preview.objects.filter(file=found.artifact.file_id).exclude(kind=Preview.Kind.THUMB).exists():
            return _gone(request, found.badge)
        file = found.artifact.file
    if file is None:
        return _gone(request, found.badge)
    return closed(serving.original(file, name=found.item.name, wanted=request.headers.get("Range", "")))


@require_safe
def shared_preview(request: HttpRequest, badge: UUID, item: UUID, kind: str, number: int) -> HttpResponse:
    """A preview that we made of the file."""
    found = _find(request, badge, item)
    if isinstance(found, HttpResponse):
        return found
    with inside(found.badge.tenant):
        made = Preview.objects.filter(file=found.artifact.file_id, kind=kind, position=number).first()
    if made is None:
        return _gone(request, found.badge)
    return closed(serving.preview(made, wanted=request.headers.get("Range", "")))


@require_safe
def shared_captions(request: HttpRequest, badge: UUID, item: UUID, language: str) -> HttpResponse:
    """The captions of a film or a recording."""
    found = _find(request, badge, item)
    if isinstance(found, HttpResponse):
        return found
    with inside(found.badge.tenant):
        made = Captions.objects.filter(file=found.artifact.file_id, language=language).first()
    return closed(serving.captions(made)) if made else _gone(request, found.badge)


def _find(request: HttpRequest, badge_id: UUID, item_id: UUID) -> Found | HttpResponse:
    """The piece, or the answer that says why there is none. A private badge shows nothing, whoever asks."""
    badge = badge_by_id(badge_id)
    if badge is None:
        return render(request, "badges/unknown.html", status=404)
    if badge.visibility == Badge.Visibility.PRIVATE:
        return closed(render(request, "badges/private.html", status=403))
    item = SharedEvidence.objects.filter(badge=badge, id=item_id).first()
    if item is None or badge.state == Badge.State.REVOKED:
        return _gone(request, badge)
    with inside(badge.tenant):
        artifact = (
            Artifact.objects.filter(id=item.artifact_id, earner=badge.earner_id, state=Artifact.State.READY)
            .exclude(file__state=StoredFile.State.GONE)
            .select_related("criterion", "file", "tenant")
            .first()
        )
    if item.gone_at is not None or artifact is None:
        return _gone(request, badge, _("This piece was deleted. The badge itself still stands."))
    return Found(badge, item, artifact)


def _gone(request: HttpRequest, badge: Badge, sentence: str = "") -> HttpResponse:
    """410, the same for what was shown once and what never was."""
    context = {"badge": badge, "sentence": sentence or _("Its earner does not show this piece of evidence.")}
    return closed(render(request, "badges/gone.html", context, status=410))
