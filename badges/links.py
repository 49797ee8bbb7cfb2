"""The secret addresses of passport links: worked out from the id of a link, never kept."""

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from badges.models import PassportLink
from badges.passport import Cut, Entry, entries_of, newest_of, shown
from tenants.mail import absolute

MAC_BYTES = 16
PURPOSE = b"laurel passport link 1"


def token_of(link: PassportLink) -> str:
    """The secret part of the address of a link: its id and a code that only this installation can make."""
    return _text(link.id.bytes + _code(link.id, settings.SECRET_KEY))


def address_of(link: PassportLink) -> str:
    """The whole address, to copy and send."""
    return absolute(reverse("shared_passport", args=[token_of(link)]))


def link_at(token: str) -> PassportLink | None:
    """The link, open or ended, whose secret this is; None for anything else. Old secrets of the site count as well."""
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) != 16 + MAC_BYTES or _text(data) != token:
        return None
    link_id = UUID(bytes=data[:16])
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(_code(link_id, secret), data[16:]) for secret in secrets):
        return None
    return PassportLink.objects.select_related("earner", "tenant").filter(id=link_id).first()


def entries_for(link: PassportLink) -> tuple[list[Entry], Cut | None]:
    """What a link shows, and whether the passport is longer than what is looked at for it.

    That is what was picked for it, private ones too, however much was earned since; or else whatever its earner shows
    to others. Never what is still being made.
    """
    if link.chosen is not None:
        return all_entries_for(link), None
    entries, cut = newest_of(link.earner)
    return shown(entries), cut


def all_entries_for(link: PassportLink) -> list[Entry]:
    """The same from the whole passport."""
    entries = entries_of(link.earner, whole=True)
    if link.chosen is None:
        return shown(entries)
    wanted = set(link.chosen)
    return [entry for entry in entries if wanted.intersection(entry.ids) and entry.state != "making"]


def _code(link_id: UUID, secret: str) -> bytes:
    return hmac.digest(secret.encode(), PURPOSE + link_id.bytes, sha256)[:MAC_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
