"""Open Badges 2.0, for older backpacks: assertions, badge classes, issuers and baked pictures. Never private badges."""

import hashlib
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from badges import hosted
from badges.models import Badge, Issuer
from badges.openbadges.documents import serialize
from badges.queries import badge_by_id
from credentials.models import Edition, Stack

JSON = "application/ld+json"
KINDS = {"png": "image/png", "svg": "image/svg+xml"}


@require_safe
def assertion(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The Assertion; 410 with `revoked` inside once the badge was taken back (Open Badges 2.0, hosted verification)."""
    found = _public(badge)
    status = 410 if found.state == Badge.State.REVOKED else 200
    return served(request, serialize(hosted.assertion_of(found)), JSON, status=status)


@require_safe
def picture(request: HttpRequest, badge: UUID, extension: str) -> HttpResponse:
    """The picture with the Assertion inside (Open Badges 2.0, badge baking). There is none of what no longer holds."""
    found = _public(badge)
    if found.state in (Badge.State.REVOKED, Badge.State.SUSPENDED):
        return assertion(request, badge)
    response = served(request, hosted.picture_of(found, extension), KINDS[extension])
    response["Content-Disposition"] = f'inline; filename="badge-{badge}-ob2.{extension}"'
    return response


@require_safe
def badge_class(request: HttpRequest, kind: str, thing: UUID) -> HttpResponse:
    """The BadgeClass of an edition or a stack that was published."""
    drafts = [Edition.State.DRAFT, Edition.State.VETTING]
    things = (Edition if kind == "e" else Stack).objects.exclude(state__in=drafts)
    return served(request, serialize(hosted.class_of(get_object_or_404(things, id=thing))), JSON)


@require_safe
def issuer(request: HttpRequest, issuer: UUID) -> HttpResponse:
    """The Issuer."""
    found = get_object_or_404(Issuer.objects.select_related("tenant"), id=issuer)
    return served(request, serialize(hosted.issuer_document(found)), JSON)


def served(request: HttpRequest, body: bytes, kind: str, *, status: int = 200) -> HttpResponse:
    """A document for programs anywhere, with an ETag; looked at again after a minute, since badges are taken back."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if status == 200 and etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type=kind, status=status)
    response["ETag"], response["Cache-Control"] = etag, "public, max-age=60"
    response["Access-Control-Allow-Origin"] = "*"  # backpacks run in other people's browsers
    return response


def _public(badge_id: UUID) -> Badge:
    badge = badge_by_id(badge_id)
    if badge is None or badge.document is None or badge.visibility == Badge.Visibility.PRIVATE:
        raise Http404
    return badge
