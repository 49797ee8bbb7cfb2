"""Checking a badge for someone: by file, by pasted text, or by address. Our own documents are looked up at home.

Nothing is kept of what is checked. A check that may fetch from elsewhere must not be made inside a database
transaction, which it would hold open for as long as other servers take.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from badges.elsewhere import Elsewhere, is_own_network
from badges.home import document_at, is_ours
from badges.models import Badge
from badges.openbadges.errors import BadgeError, NotResolved, gettext_noop
from badges.openbadges.keys import did_web_document_url
from badges.openbadges.verification import Report, verify_file
from badges.qr_reading import read_qr
from badges.queries import may_see
from lib import clock
from lib.errors import Invalid
from tenants.models import User

NOT_OURS = gettext_noop("%(name)s is kept by another installation, and this check does not ask others.")
NOT_HERE = gettext_noop("%(name)s should be kept here, but there is no such document.")
BADGE_PAGES = {"badge", "badge_json", "badge_png", "badge_svg"}


@dataclass(frozen=True)
class Given:
    """A badge as somebody hands it in: exactly one of an address, a file, a photo of a QR code, and a text."""

    address: str = ""
    file: bytes = b""
    photo: bytes = b""
    text: str = ""
    email: str = ""


@dataclass(frozen=True)
class Checked:
    """What was handed in, as bytes, where it was fetched from, if it was, and what the check found."""

    data: bytes
    address: str
    report: Report


def check_given(given: Given, viewer: User) -> Checked:
    """Get the badge that was handed in, from elsewhere if need be, and check it. Raises Invalid when there is none.

    Not to be called inside a transaction. Everything together takes some ten seconds at most.
    """
    elsewhere = Elsewhere()
    address, text = given.address.strip(), given.text.strip()
    if given.photo:
        text = read_qr(given.photo)
    if text.startswith(("http://", "https://")) and len(text) < 2_000:
        address = text
    handed_in = given.file or text.encode("utf-8", "surrogatepass")
    data = bytes_at(address, viewer, elsewhere) if address else handed_in
    return Checked(data, address, check(data, email=given.email, elsewhere=elsewhere))


def check(data: bytes, *, email: str = "", elsewhere: Elsewhere | None = None) -> Report:
    """Check the bytes of a badge file step by step. Never raises for any bytes.

    Without `elsewhere` nothing is fetched: enough for badges of ours.
    """

    def get(url: str) -> bytes:
        if is_ours(url):
            found = document_at(url)
            if found is None:
                raise NotResolved(NOT_HERE, code="not-here", name=url[:100])
            return found
        if elsewhere is None:
            raise NotResolved(NOT_OURS, code="not-ours", name=url[:100])
        return elsewhere.document(url)

    def resolve_did(did: str) -> bytes:
        return get(_did_address(did))

    return verify_file(data, resolve_did=resolve_did, fetch_status_list=get, fetch=get, now=clock.now(), email=email)


def bytes_at(address: str, viewer: User, elsewhere: Elsewhere) -> bytes:
    """The badge at an address, ours or another's. Raises Invalid with a sentence when there is none to be had."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:  # such as a bracket that never closes
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Invalid(_("Enter the whole address of the badge, starting with https://"), field="address")
    if is_ours(address.strip()):
        return _ours_at(parts.path, address.strip(), viewer)
    try:
        return elsewhere.badge(address.strip())
    except BadgeError as refusal:
        raise Invalid(_(refusal.template) % refusal.params, field="address", code=refusal.code) from refusal


def _ours_at(path: str, address: str, viewer: User) -> bytes:
    """A private badge of someone else is answered like one that is not there."""
    try:
        match = resolve(path)
    except Resolver404:
        match = None
    if match is not None and match.url_name in BADGE_PAGES:
        badge = Badge.objects.filter(id=match.kwargs["badge"]).exclude(document=None).first()
        if badge is not None and may_see(viewer, badge):
            return bytes(badge.document)
    elif match is not None and (found := document_at(address)) is not None:
        return found
    raise Invalid(_("We can’t find a badge at this address. Check the link or choose the file."), field="address")


def _did_address(did: str) -> str:
    """Where the document of a did:web is. Within the operator's own networks plain http is enough (and in tests)."""
    url = did_web_document_url(did)
    plain = "http" + url.removeprefix("https")
    if is_ours(url):
        return plain if settings.BASE_URL.startswith("http:") else url
    return plain if is_own_network(url) else url
