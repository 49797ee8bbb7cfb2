"""Reading a list of people who earned a badge: a CSV file as spreadsheets write it. Nothing is stored here."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from lib.errors import Invalid
from lib.signable import HIDDEN

MOST_ROWS = 50_000
MOST_BYTES = 10_000_000
LONGEST = 320  # characters of a cell that are kept
FIRST_YEAR = 1990
NOON = time(12)
COLUMNS = {
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "name": ("name", "full name"),
    "awarded_on": ("awarded on", "awarded", "date", "award date", "issued on"),
    "reference": ("reference", "external reference", "external id", "id"),
    "problem": ("problem",),  # in the file of failed lines, which may come back as it is
}
DATES = ("%Y-%m-%d", "%m/%d/%Y")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the list. `problem` is a sentence, and empty when the badge can be awarded."""

    number: int
    email: str
    name: str = ""
    awarded_on: str = ""
    reference: str = ""
    awarded_at: datetime | None = None
    problem: str = ""


@dataclass
class _Seen:
    """What was met so far, to notice what comes twice."""

    emails: dict[str, int] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=dict)


def read_list(data: bytes, *, zone: ZoneInfo, now: datetime) -> list[Line]:
    """The lines of a list, each with its problem if there is one; raises Invalid when the file as a whole is no list.

    Days are days in `zone`; `now` decides which of them are still to come.
    """
    text = _decoded(data)
    first, _newline, _rest = text.lstrip().partition("\n")
    delimiter = max(",;\t", key=first.count)
    rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    head = next(rows, None)
    if head is None:
        raise Invalid(_("This file is empty. The first line names the columns, such as: email, name."), field="file")
    columns = _columns(head[1])
    seen = _Seen()
    lines = []
    for number, cells in rows:
        if len(lines) == MOST_ROWS:
            message = _("This list has more than %(most)s people. Split it into several files.")
            raise Invalid(message % {"most": f"{MOST_ROWS:,}"}, field="file")
        lines.append(_line(number, cells, columns, seen, zone, now))
    if not lines:
        raise Invalid(_("This list names nobody. Write one person on each line below the names of the columns."))
    return lines


def _decoded(data: bytes) -> str:
    """The text of a file from whatever spreadsheet: UTF-8, UTF-16 with a mark, or the code page of Windows."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = _("This is an Excel workbook. In Excel, choose Save As and “CSV UTF-8”, then upload that file.")
        raise Invalid(message, field="file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that say something, each with the number of its line."""
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as problem:
        message = _("Line %(line)s cannot be read as CSV. Look for a quotation mark that is not closed.")
        raise Invalid(message % {"line": number}, field="file") from problem


def _columns(head: list[str]) -> list[str]:
    """The field that each column is; raises Invalid for columns that we do not know."""
    known = {name: key for key, names in COLUMNS.items() for name in names}
    columns = [known.get(" ".join(cell.lower().replace("_", " ").split()), "") for cell in head]
    unknown = [cell or _("(no name)") for cell, column in zip(head, columns, strict=True) if not column]
    if "email" not in columns:
        message = _("The first line has to name the columns, and one of them has to be “email”.")
        raise Invalid(message, field="file")
    if unknown:
        message = _("We do not know the columns: %(list)s. Use email, name, awarded on, and reference.")
        raise Invalid(message % {"list": ", ".join(each[:40] for each in unknown[:5])}, field="file")
    if len(set(columns)) < len(columns):
        raise Invalid(_("A column comes twice. Keep one of each."), field="file")
    return columns


def _line(number: int, cells: list[str], columns: list[str], seen: _Seen, zone: ZoneInfo, now: datetime) -> Line:
    found = {column: cell for column, cell in zip(columns, cells, strict=False) if column != "problem"}
    shown = {name: HIDDEN.sub("", value)[:LONGEST] for name, value in found.items()}
    shown["email"] = shown.get("email", "").lower()
    problem = _problem(found, shown, number, seen)
    if any(cells[len(columns) :]):
        problem = _("There are more cells than columns. A text with a comma needs quotation marks.")
    moment = None
    if not problem and shown.get("awarded_on"):
        moment, problem = _moment(shown["awarded_on"], zone, now)
    return Line(number=number, **shown, awarded_at=moment, problem=problem)


def _problem(found: dict[str, str], shown: dict[str, str], number: int, seen: _Seen) -> str:
    """What is wrong with a line, but for its date."""
    if any(HIDDEN.search(value) for value in found.values()):
        return _("There are characters that cannot be shown. Type the line again.")
    email, name, reference = shown["email"], found.get("name", ""), shown.get("reference", "")
    if not email:
        return _("The email address is missing.")
    try:
        validate_email(email)
    except ValidationError:
        return _("This is not an email address.")
    if len(email) > 254:
        return _("This email address is too long.")
    if len(name) > 120:
        return _("The name is longer than 120 characters.")
    if len(found.get("reference", "")) > 120:
        return _("The reference is longer than 120 characters.")
    first = seen.emails.setdefault(email, number)
    if first != number:
        return _("This person is on line %(line)s already.") % {"line": first}
    first = seen.references.setdefault(reference, number) if reference else number
    if first != number:
        return _("This reference is on line %(line)s already.") % {"line": first}
    return ""


def _moment(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, str]:
    """Noon of a day, or now if that is still to come today; and what is wrong with the day."""
    day = _day(text)
    if day is None:
        return None, _("“%(text)s” is not a date. Write it like 2026-03-20 or 3/20/2026.") % {"text": text[:40]}
    if day > now.astimezone(zone).date():
        return None, _("This date is still to come.")
    if day.year < FIRST_YEAR:
        return None, _("This date is too long ago.")
    return min(datetime.combine(day, NOON, zone), now), ""


def _day(text: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    return None
