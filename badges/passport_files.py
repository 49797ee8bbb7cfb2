"""A passport as files: a table for spreadsheets and license offices."""

from collections.abc import Iterable, Iterator

from django.http import HttpResponse
from django.utils.translation import gettext as _

from badges.passport import Entry
from lib.downloads import csv_response


def csv_of(entries: Iterable[Entry]) -> HttpResponse:
    """One line for each entry, as offices that renew licenses ask for them. Dates are ISO 8601."""
    return csv_response("passport.csv", _lines(entries))


def _lines(entries: Iterable[Entry]) -> Iterator[list[object]]:
    yield [
        _("Date"), _("Title"), _("Issuer"), _("Hours"), _("CEU"), _("Good until"), _("State"), _("Address"),
        _("Badge number"),
    ]  # fmt: skip
    for entry in entries:
        yield [
            entry.earned_at.date().isoformat(),
            entry.title,
            entry.issuer,
            f"{entry.hours.normalize():f}" if entry.hours else "",
            f"{entry.ceu.normalize():f}" if entry.ceu_hundredths else "",
            entry.expires_at.date().isoformat() if entry.expires_at else "",
            entry.state_name,
            entry.address,
            entry.id,
        ]
