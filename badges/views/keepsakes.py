"""What goes elsewhere with a badge: its certificate, its QR code, its card for other sites, its picture for links."""

from urllib.parse import urlsplit
from uuid import UUID

from csp.decorators import csp_replace
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from badges.answers import DOCUMENT, FOR_EVER, answer, closed
from badges.art import CARD_SIZE
from badges.certificate import Certificate, can_have
from badges.facts import Facts, facts_of, state_of
from badges.models import Badge
from badges.page import CARD, context_of, embed_code, shape_of, values_of
from badges.pictures import card_of
from badges.qr import qr_svg
from badges.queries import badge_by_id, may_see
from badges.standing import is_signed
from credentials.models import Edition, Stack
from lib.words import whole_number
from tenants.mail import absolute


@require_safe
def badge_pdf(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The certificate to print. A badge that is on hold or was taken back has none (410)."""
    found = badge_by_id(badge)
    if found is None or found.document is None or not may_see(request.user, found):
        raise Http404
    if not can_have(found):
        context = {"badge": found, "sentence": _("There is no certificate while this badge is not in good standing.")}
        return closed(render(request, "badges/gone.html", context, status=410))
    certificate = Certificate(found)
    response = answer(
        request,
        certificate.pdf,
        "application/pdf",
        tag=certificate.tag,
        cache=DOCUMENT[found.visibility],
        vary="Cookie",
    )
    response["Content-Disposition"] = f'inline; filename="certificate-{found.id}.pdf"'
    return response


@require_safe
def badge_qr(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The QR code that leads to the page of a badge, for screens and paper."""
    facts = facts_of(badge)
    if facts is None or not facts.may_be_seen_by(request.user):
        raise Http404
    picture = qr_svg(absolute(f"/b/{badge}"), border=4)
    cache = DOCUMENT[facts.visibility]
    return answer(request, picture, "image/svg+xml", tag=f"{badge}-qr", cache=cache, vary="Cookie")


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def badge_embed(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The card of a badge, which any site may frame. Knows nobody and sets nothing: no session is looked at."""
    facts = _open(badge)
    if facts is None:
        page, status = render_to_string("badges/embed.html", {}), 404
    else:
        values = values_of(facts)
        context = context_of(shape_of(facts, state_of(facts, is_signed(facts))), values)
        page, status = render_to_string("badges/embed.html", context), 200
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-cache", "X-Robots-Tag": "noindex"})


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """The card as oEmbed 1.0 (section 2.3.4.4), for sites that turn an address into a card by themselves."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(status=501)
    facts = _open(_badge_in(request.GET.get("url", "")))
    if facts is None:
        return JsonResponse({"error": _("There is no public badge at this address.")}, status=404)
    values = values_of(facts)
    context = context_of(shape_of(facts, state_of(facts, is_signed(facts))), values)
    width, height = CARD
    told = {
        "version": "1.0",
        "type": "rich",
        "title": context["thing"].title,
        "provider_name": facts.tenant_name,
        "provider_url": absolute(f"/t/{facts.tenant_slug}/"),
        "cache_age": 300,
        "html": embed_code(values["url"], context["alt"]),
        "width": min(width, whole_number(request.GET.get("maxwidth", "")) or width),
        "height": min(height, whole_number(request.GET.get("maxheight", "")) or height),
        "thumbnail_url": context["card_url"],
        "thumbnail_width": CARD_SIZE[0],
        "thumbnail_height": CARD_SIZE[1],
    }
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return JsonResponse(told, headers=headers)


@require_safe
@transaction.atomic
def og_card(request: HttpRequest, kind: str, thing: UUID) -> HttpResponse:
    """The picture for links to what was published. It shows title and issuer, and no earner."""
    drafts = [Edition.State.DRAFT, Edition.State.VETTING]
    things = (Edition if kind == "e" else Stack).objects.exclude(state__in=drafts)
    found = get_object_or_404(things, id=thing)
    return answer(request, card_of(found), "image/png", tag=f"{thing}-card", cache=FOR_EVER, vary="Accept")


def _open(badge: UUID | None) -> Facts | None:
    """What there is of a badge that anyone may see."""
    facts = facts_of(badge) if badge else None
    return facts if facts is not None and facts.visibility != Badge.Visibility.PRIVATE else None


def _badge_in(address: str) -> UUID | None:
    """The badge whose page lies at an address of ours."""
    try:
        parts = urlsplit(address)
        match = resolve(parts.path) if parts.netloc == urlsplit(settings.BASE_URL).netloc else None
    except (ValueError, Resolver404):
        return None
    return match.kwargs["badge"] if match is not None and match.url_name in ("badge", "badge_embed") else None
