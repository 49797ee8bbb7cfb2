"""The certificate of a badge as a PDF to print: what it says today, with the way to check it."""

import json
from hashlib import blake2b
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badges.achievements import achievement_of
from badges.models import Badge
from badges.page import results_of
from badges.pictures import artwork_of
from badges.print import compile_pdf, printable
from badges.qr import qr_svg
from tenants.mail import absolute

LAYOUT = "certificate"
VERSION = 1  # of the layout: counts up so that browsers ask for the new one


class Certificate:
    """One certificate. `tag` is known before anything is drawn, and changes when what it says does."""

    def __init__(self, badge: Badge) -> None:
        self._badge = badge
        self._data = _data(badge)
        said = json.dumps([VERSION, badge.document_sha256, self._data], sort_keys=True)
        self.tag = blake2b(said.encode(), digest_size=16).hexdigest()

    def pdf(self) -> bytes:
        """The PDF: tagged (PDF/UA-1), one page. The same badge always gives the same bytes."""
        art = artwork_of(self._badge.edition or self._badge.stack)
        pictures = {"art.svg": art.svg.encode(), "qr.svg": qr_svg(self._data["url"])}
        return compile_pdf(LAYOUT, self._data, pictures=pictures, made_at=self._badge.minted_at)


def can_have(badge: Badge) -> bool:
    """Whether there is a certificate: not before the badge is signed, and not while it is on hold or taken back."""
    return badge.state == Badge.State.ISSUED and badge.key.compromised_at is None


def _data(badge: Badge) -> dict[str, Any]:
    thing, tenant = badge.edition or badge.stack, badge.tenant
    url = absolute(f"/b/{badge.id}")
    awarded = _day(badge, badge.awarded_at)
    name = printable(badge.recipient_name) if badge.show_name else _("An educator")
    title = printable(thing.title)
    return {
        "title": title or _("Certificate of a badge"),
        "language": (thing.language if badge.edition_id else get_language()) or "en",
        "kicker": _("Micro-credential") if badge.edition_id else _("Stack of micro-credentials"),
        "earned_by": _("Earned by"),
        "name": name or _("the person named at the address below"),
        "issued": _("on %(date)s. Issued by %(issuer)s.") % {"date": awarded, "issuer": tenant.name},
        "facts": _facts(badge),
        "results_title": _("Result by criterion"),
        "results_head": [_("Criterion"), _("Result")],
        "results": [[line, level] for line, level, _passes in results_of(badge.edition_id, badge.results)],
        "about": thing.competency if badge.edition_id else thing.description,
        "check": _("Check it at"),
        "url": url,
        "printed": _("Only the page at this address tells how the badge stands today."),
        "art_alt": _("Badge: %(title)s, issued by %(issuer)s") % {"title": thing.title, "issuer": tenant.name},
        "qr_alt": _("QR code that leads to %(address)s") % {"address": url},
    }


def _facts(badge: Badge) -> list[list[str]]:
    """Label and value of what is told in a few words."""
    facts = []
    if badge.edition_id:
        facts.append([_("Hours of work"), f"{badge.edition.hours.normalize():f}"])
    if credits_given := achievement_of(badge.edition or badge.stack).credits:
        facts.append([_("Continuing education units"), f"{credits_given.normalize():f}"])
    if badge.expires_at:
        facts.append([_("Valid until"), _day(badge, badge.expires_at)])
    facts.append([_("Badge number"), str(badge.id)])
    return facts


def _day(badge: Badge, moment: Any) -> str:
    return date_format(badge.tenant.local_date(moment), "F j, Y")
