"""What machines fetch: signed badges, baked pictures, DID documents, status lists, artwork. No session is used."""

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.achievements import achievement_of
from badges.answers import CREDENTIAL, DOCUMENT, FOR_EVER, JSON_LD, answer, document_answer
from badges.issuers import did_document_of, issuer_of, profile_of
from badges.models import Badge, Endorsement, Issuer, StatusList
from badges.openbadges import documents
from badges.openbadges.baking import bake_png, bake_svg
from badges.pictures import artwork_of
from badges.queries import badge_by_id, may_see
from badges.status import signed_status_list
from credentials.models import Edition, Stack
from tenants.middleware import problem


@require_safe
def badge_json(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The signed AchievementCredential, byte for byte as it was minted."""
    found = _visible(request, badge)
    document = bytes(found.document)
    return document_answer(request, document, sha256=found.document_sha256, visibility=found.visibility)


@require_safe
def badge_png(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The picture with the badge inside (Open Badges 3.0, section 5.3.1)."""
    found = _visible(request, badge)
    art = artwork_of(found.edition or found.stack)
    picture = bake_png(bytes(art.png), bytes(found.document).decode())
    return _picture(request, found, picture, "image/png", "png")


@require_safe
def badge_svg(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The vector picture with the badge inside (Open Badges 3.0, section 5.3.2)."""
    found = _visible(request, badge)
    art = artwork_of(found.edition or found.stack)
    picture = bake_svg(art.svg.encode(), bytes(found.document).decode())
    return _picture(request, found, picture, "image/svg+xml", "svg")


def art(request: HttpRequest, kind: str, thing: UUID, extension: str) -> HttpResponse:
    """The artwork of an edition or a stack that was published, without a badge inside. It shows the title."""
    drafts = [Edition.State.DRAFT, Edition.State.VETTING]
    things = (Edition if kind == "e" else Stack).objects.exclude(state__in=drafts)
    picture = artwork_of(get_object_or_404(things, id=thing))
    if extension == "svg":
        return _cached(request, picture.svg.encode(), "image/svg+xml", tag=f"{thing}-svg", cache=FOR_EVER)
    return _cached(request, bytes(picture.png), "image/png", tag=f"{thing}-png", cache=FOR_EVER)


def issuer_did(request: HttpRequest, issuer: UUID) -> HttpResponse:
    """The DID document of an issuer (did:web method, section 3.2)."""
    found = get_object_or_404(Issuer.objects.select_related("tenant"), id=issuer)
    return _json(json.dumps(did_document_of(found)).encode(), "application/did+json")


def issuer_profile(request: HttpRequest, issuer: UUID) -> HttpResponse:
    """The Profile of an issuer (Open Badges 3.0)."""
    found = get_object_or_404(Issuer.objects.select_related("tenant"), id=issuer)
    return _json(documents.serialize(documents.profile_document(profile_of(found))), JSON_LD)


def achievement_json(thing: Edition | Stack) -> HttpResponse:
    """The Achievement as a document (Open Badges 3.0)."""
    issuer = profile_of(issuer_of(thing.tenant))
    return _json(documents.serialize(documents.achievement_document(achievement_of(thing), issuer)), JSON_LD)


def endorsement_response(request: HttpRequest, endorsement: Endorsement) -> HttpResponse:
    """The signed EndorsementCredential, byte for byte; 410 once it is withdrawn."""
    if endorsement.state == Endorsement.State.WITHDRAWN:
        said = _("This endorsement was withdrawn on %(day)s.") % {"day": endorsement.withdrawn_at.date()}
        return _for_anyone(problem(410, "withdrawn", said))
    document = bytes(endorsement.document)
    return _cached(request, document, CREDENTIAL, tag=endorsement.document_sha256, cache="public, max-age=60")


def status_list(request: HttpRequest, issuer: UUID, number: int) -> HttpResponse:
    """The signed BitstringStatusListCredential."""
    listed = get_object_or_404(StatusList.objects.select_related("issuer__tenant"), issuer_id=issuer, number=number)
    return _json(signed_status_list(listed), CREDENTIAL)


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller prefers the machine-readable form over the page."""
    best = request.get_preferred_type(["text/html", CREDENTIAL, "application/vc", JSON_LD, "application/json"])
    return best not in (None, "text/html")


def _visible(request: HttpRequest, badge_id: UUID) -> Badge:
    badge = badge_by_id(badge_id)
    if badge is None or badge.document is None or not may_see(request.user, badge):
        raise Http404
    return badge


def _picture(request: HttpRequest, badge: Badge, picture: bytes, kind: str, extension: str) -> HttpResponse:
    response = _cached(
        request, picture, kind, tag=f"{badge.document_sha256}-{extension}", cache=DOCUMENT[badge.visibility]
    )
    response["Content-Disposition"] = f'inline; filename="badge-{badge.id}.{extension}"'
    return response


def _cached(request: HttpRequest, body: bytes, kind: str, *, tag: str, cache: str) -> HttpResponse:
    return _for_anyone(answer(request, body, kind, tag=tag, cache=cache, vary="Accept"))


def _json(body: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = "public, max-age=60"
    return _for_anyone(response)


def _for_anyone(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"  # verifiers run in other people's browsers
    patch_vary_headers(response, ["Accept"])
    return response
