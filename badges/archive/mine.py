"""All badges of a person as a zip: each as JSON and as pictures, the passport on paper and as records, and an index.

The index is HTML that opens from disk and asks no server for anything.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from badges.certificate import Certificate, can_have
from badges.models import Badge
from badges.openbadges.baking import bake_png, bake_svg
from badges.openbadges.content import Recipient
from badges.passport import Entry, entries_of, totals
from badges.passport_files import Showing, clr_of, clr_parts, csv_lines, pdf_of
from badges.pictures import artwork_of
from lib import clock
from lib.downloads import csv_text
from tenants.models import Tenant, User

FEW = 20  # badges that are packed while the person waits; more are packed by a worker
STYLE = (Path(__file__).parent / "style.css").read_text()
BATCH = 100


def write_badges(person: User, tenant: Tenant, target: Path | IO[bytes]) -> None:
    """Write the zip to `target`. `tenant` signs the records; dates are those of its time zone."""
    entries = entries_of(person, whole=True)
    recipient = Recipient.for_email(person.email, person.id.hex[-16:], name=person.get_full_name())
    shown = [entry for entry in entries if not entry.is_hidden]
    showing = Showing(shown, tenant, person.get_full_name(), recipient)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, timezone.override(tenant.zone):
        rows = []
        for entry, badge in _signed(entries):
            name = _name(entry)
            for path, data in _files(badge, f"badges/{name}"):
                _put(archive, path, data)
            rows.append({"entry": entry, "name": name, "badge": badge, "has_certificate": can_have(badge)})
        parts = [f"record-{part}.clr.json" for part in clr_parts(shown)]
        for part, path in enumerate(parts, 1):
            _put(archive, path, clr_of(showing, part))
        _put(archive, "passport.pdf", pdf_of(showing))
        _put(archive, "passport.csv", csv_text(csv_lines(entries)).encode())
        everything, years = totals(entries)
        context = {
            "name": person.get_full_name(), "rows": rows, "records": parts, "total": everything, "years": years,
            "made_at": clock.now(),
        }  # fmt: skip
        _put(archive, "style.css", STYLE.encode())
        _put(archive, "index.html", render_to_string("badges/archive/mine.html", context).encode())


def _signed(entries: list[Entry]) -> Iterator[tuple[Entry, Badge]]:
    """The entries that are signed badges of ours, with their documents, few at a time."""
    ours = [entry for entry in entries if entry.badge and entry.state != "making"]
    for start in range(0, len(ours), BATCH):
        batch = ours[start : start + BATCH]
        found = Badge.objects.select_related("edition__micro_credential__tenant", "stack__tenant", "tenant", "key")
        badges = found.in_bulk([entry.id for entry in batch])
        yield from ((entry, badges[entry.id]) for entry in batch if entry.id in badges)


def _files(badge: Badge, stem: str) -> Iterator[tuple[str, bytes]]:
    document = bytes(badge.document)
    art = artwork_of(badge.edition or badge.stack)
    yield f"{stem}.json", document
    yield f"{stem}.png", bake_png(bytes(art.png), document.decode())
    yield f"{stem}.svg", bake_svg(art.svg.encode(), document.decode())
    if can_have(badge):
        yield f"{stem}.pdf", Certificate(badge).pdf()


def _name(entry: Entry) -> str:
    """A file name that says which badge it is and is there once."""
    return f"{slugify(entry.title)[:60] or 'badge'}-{entry.id.hex[-8:]}"


def _put(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(path, clock.now().timetuple()[:6])
    packed = path.endswith((".png", ".pdf"))
    archive.writestr(entry, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
