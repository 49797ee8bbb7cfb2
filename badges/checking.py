"""Checking a badge for someone: by file, by pasted text, or by address. Our own issuers are looked up at home."""

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from badges.issuers import did_document_of, did_of
from badges.models import Badge, Issuer, StatusList
from badges.openbadges.errors import NotResolved, gettext_noop
from badges.openbadges.verification import Report, verify_file
from badges.queries import may_see
from badges.status import address_of, signed_status_list
from lib import clock
from lib.errors import Invalid
from lib.words import whole_number
from tenants.models import User

NOT_OURS = gettext_noop("%(name)s is kept by another installation. We do not fetch from other servers yet.")
BADGE_PAGES = {"badge", "badge_json", "badge_png", "badge_svg"}


def check(data: bytes, *, email: str = "") -> Report:
    """Check the bytes of a badge file (PNG, SVG or JSON) step by step. Never raises for any bytes."""
    return verify_file(
        data, resolve_did=_resolve_did, fetch_status_list=_fetch_status_list, now=clock.now(), email=email
    )


def badge_at(address: str, viewer: User) -> Badge:
    """The badge of this installation that an address is about. Raises Invalid with a sentence otherwise.

    A private badge of someone else is answered like one that is not there.
    """
    ours = urlsplit(settings.BASE_URL)
    try:
        parts = urlsplit(address.strip())
    except ValueError:  # such as a bracket that never closes
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Invalid(_("Enter the whole address of the badge, starting with https://"), field="address")
    if parts.netloc != ours.netloc:
        message = _("This address is on %(host)s, not here. Download the badge there and choose the file instead.")
        raise Invalid(message % {"host": parts.netloc[:100]}, field="address")
    try:
        match = resolve(parts.path)
    except Resolver404:
        match = None
    badge = None
    if match is not None and match.url_name in BADGE_PAGES:
        badge = Badge.objects.filter(id=match.kwargs["badge"]).exclude(document=None).first()
    if badge is None or not may_see(viewer, badge):
        raise Invalid(_("We can’t find a badge at this address. Check the link or choose the file."), field="address")
    return badge


def _resolve_did(did: str) -> dict[str, Any]:
    issuer = _issuer_in(did.rpartition(":")[2])
    if issuer is None or did_of(issuer) != did:
        raise NotResolved(NOT_OURS, code="not-ours", name=did[:100])
    return did_document_of(issuer)


def _fetch_status_list(url: str) -> dict[str, Any]:
    segments = url.removeprefix(settings.BASE_URL).strip("/").split("/")
    number = whole_number(segments[-1])
    if len(segments) == 4 and segments[0] == "i" and number is not None:
        issuer = _issuer_in(segments[1])
        listed = StatusList.objects.filter(issuer=issuer, number=number).first() if issuer else None
        if listed is not None and address_of(listed) == url:
            return json.loads(signed_status_list(listed))
    raise NotResolved(NOT_OURS, code="not-ours", name=url[:100])


def _issuer_in(text: str) -> Issuer | None:
    try:
        return Issuer.objects.select_related("tenant").filter(id=UUID(text)).first()
    except ValueError:
        return None
