"""A passport as files: a table for license offices, a transcript on paper, and a signed record for machines."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.cache import cache
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badges.issuers import active_key, issuer_of, profile_of, unlock, verification_method
from badges.models import Badge
from badges.openbadges import proof
from badges.openbadges.clr import MOST_BADGES, MOST_VALUES, compose_clr
from badges.openbadges.content import Recipient
from badges.openbadges.documents import serialize
from badges.passport import Cut, Entry, totals
from badges.print import compile_pdf, printable
from lib import clock
from lib.downloads import csv_response
from lib.errors import RuleBroken
from lib.ids import uuid7
from tenants.models import Tenant

KEPT = 10 * 60  # seconds that a signed record is given again, since signing many badges anew takes seconds


@dataclass(frozen=True)
class Showing:
    """What the files of a passport say about whom: `name` is "" when it is not shown. `tenant` puts them together.

    `cut`: that they are not all that there are.
    """

    entries: Sequence[Entry]
    tenant: Tenant
    name: str
    recipient: Recipient
    audience: str = ""
    cut: Cut | None = None

    @property
    def title(self) -> str:
        return _("Passport of %(name)s") % {"name": self.name} if self.name else _("Passport of badges")


def csv_of(entries: Iterable[Entry]) -> HttpResponse:
    """The table of `csv_lines` as a download."""
    return csv_response("passport.csv", csv_lines(entries))


def pdf_of(showing: Showing) -> bytes:
    """The transcript as a tagged PDF (PDF/UA-1). Dates are those of the active time zone."""
    everything, each_year = totals(showing.entries)
    printed = date_format(clock.now().astimezone(showing.tenant.zone), "DATE_FORMAT")
    name = printable(showing.name)
    rows = [(str(each.year), each) for each in each_year] + [(_("All years"), everything)]
    data = {
        "title": _("Passport of %(name)s") % {"name": name} if name else _("Passport of badges"),
        "language": get_language() or "en",
        "kicker": showing.tenant.name,
        "intro": _("Made for %(audience)s on %(date)s.") % {"audience": showing.audience, "date": printed}
        if showing.audience
        else _("Made on %(date)s.") % {"date": printed},
        "totals_title": _("Totals"),
        "totals_head": [_("Year"), _("Badges"), _("Hours"), _("CEU")],
        "totals": [[year, str(each.count), _plain(each.hours), _plain(each.ceu)] for year, each in rows]
        if each_year
        else [],
        "badges_title": _("Badges"),
        "badges_head": [_("Date"), _("Title"), _("Issuer"), _("Hours"), _("CEU"), _("State")],
        "badges": [_row(entry) for entry in showing.entries],
        "note": " ".join(_notes(showing)),
        "footer": showing.title if name == showing.name else _("Passport of badges"),
    }
    return compile_pdf("transcript", data, made_at=clock.now())


def _notes(showing: Showing) -> Iterator[str]:
    if showing.cut:
        facts = {"most": f"{showing.cut.most:,}"}
        yield _("Only the newest %(most)s badges were looked at for this. Older ones are in the table (CSV).") % facts
    yield _("The states are those of the day on which this was made. Each title leads to a page that says what holds.")


def clr_of(showing: Showing, part: int = 1) -> bytes:
    """Part `part` (from 1) of the passport as a signed ClrCredential (CLR 2.0). Raises RuleBroken where there is none.

    The tenant signs as the one who puts the badges together; each badge inside keeps the proof of its own issuer.
    What was taken back or is still being made is left out. The same part is given again for ten minutes.
    """
    ids = _recordable(showing.entries)[(part - 1) * MOST_BADGES : part * MOST_BADGES]
    if part < 1 or not ids:
        raise RuleBroken(_("There is no signed badge to put into this record yet."), code="clr-empty")
    signed = dict(Badge.objects.filter(id__in=ids).values_list("id", "document"))
    badges = [bytes(signed[each]) for each in ids if signed.get(each)]
    key = active_key(issuer_of(showing.tenant))
    about = [key.id.bytes, showing.title.encode(), repr(showing.recipient).encode(), *badges]
    cache_key = f"clr:{hashlib.sha256(b'|'.join(hashlib.sha256(each).digest() for each in about)).hexdigest()}"
    kept = cache.get(cache_key)
    if kept is not None:
        return kept
    now = clock.now()
    unsigned = compose_clr(
        uuid7().urn,
        publisher=profile_of(key.issuer),
        name=showing.title,
        badges=[json.loads(each) for each in badges],
        recipient=showing.recipient,
        valid_from=now,
    )
    method = verification_method(key)
    record = serialize(
        proof.sign(unsigned, unlock(key), verification_method=method, created=now, most_values=MOST_VALUES)
    )
    cache.set(cache_key, record, KEPT)
    return record


def clr_parts(entries: Iterable[Entry]) -> range:
    """The numbers of the records that these entries take: from 1, none where nothing is signed."""
    return range(1, -(-len(_recordable(entries)) // MOST_BADGES) + 1)


def _recordable(entries: Iterable[Entry]) -> list[UUID]:
    return [entry.badge.id for entry in entries if entry.badge and entry.state not in ("making", "revoked")]


def _row(entry: Entry) -> dict[str, str]:
    until = entry.expires_at and date_format(entry.expires_at, "SHORT_DATE_FORMAT")
    state = f"{entry.state_name} ({until})" if until else entry.state_name
    return {
        "date": date_format(entry.earned_at, "SHORT_DATE_FORMAT"),
        "title": printable(entry.title) or _("(a title that cannot be printed here)"),
        "url": "" if entry.is_private else entry.address,
        "issuer": entry.issuer,
        "hours": _plain(entry.hours),
        "ceu": _plain(entry.ceu),
        "state": state,
    }


def csv_lines(entries: Iterable[Entry]) -> Iterator[list[object]]:
    """One line for each entry, as offices that renew licenses ask for them. Dates are ISO 8601."""
    yield [
        _("Date"), _("Title"), _("Issuer"), _("Hours"), _("CEU"), _("Good until"), _("State"), _("Address"),
        _("Badge number"),
    ]  # fmt: skip
    for entry in entries:
        yield [
            entry.earned_at.date().isoformat(),
            entry.title,
            entry.issuer,
            _plain(entry.hours),
            _plain(entry.ceu),
            entry.expires_at.date().isoformat() if entry.expires_at else "",
            entry.state_name,
            entry.address,
            entry.id,
        ]


def _plain(number: Decimal) -> str:
    """A number without zeros at its end; nothing for none."""
    return f"{number.normalize():f}" if number else ""
