"""Reading JSON of unknown origin: take one field after the other, note every problem under its path, and go on."""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.signable import BAD_ADDRESS, HIDDEN, IRI

KEY = re.compile(r"[-a-zA-Z0-9_]{1,60}")
MOST_PROBLEMS = 200  # a file with more is not what it says it is

_is_url = URLValidator(schemes=["http", "https"])


class Problems(dict[str, str]):
    """What is wrong: path → sentence, the first problem of each place, in reading order."""

    def note(self, path: str, sentence: str) -> None:
        """Remember a problem."""
        if len(self) < MOST_PROBLEMS:
            self.setdefault(path, sentence)

    def under(self, path: str) -> bool:
        """Whether anything at or below `path` is wrong."""
        return any(each == path or each.startswith((f"{path}.", f"{path}[")) for each in self)


class Reader:
    """One JSON object. Each method takes a field and gives its clean value, or a harmless one after a problem."""

    def __init__(self, data: Any, path: str, problems: Problems) -> None:
        self.path, self.problems, self.taken = path, problems, set[str]()
        if not isinstance(data, dict):
            problems.note(path, _("This must be an object in braces, not %(kind)s.") % {"kind": kind_of(data)})
            data = None
        self.broken = data is None
        self.data: dict[str, Any] = data or {}

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def note(self, name: str, sentence: str) -> None:
        """A problem with a field."""
        self.problems.note(self.at(name), sentence)

    def take(self, name: str, *, required: bool) -> Any:
        """The raw value; None where it is absent or null."""
        self.taken.add(name)
        value = self.data.get(name)
        if value is None and required and not self.broken:
            self.note(name, _("This field is missing."))
        return value

    def text(self, name: str, most: int, *, required: bool = False, filled: bool = False, lines: bool = False) -> str:
        """A string of at most `most` characters. `filled`: not empty. White space becomes one blank unless `lines`."""
        return self._string(name, self.take(name, required=required or filled), most, filled=filled, lines=lines)

    def _string(self, name: str, value: Any, most: int, *, filled: bool = False, lines: bool = False) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.note(name, _("This must be text in quotes, not %(kind)s.") % {"kind": kind_of(value)})
            return ""
        if len(value) > most + 1000 or HIDDEN.search(value):
            sentence = (
                _("This has characters that cannot be shown.") if len(value) <= most + 1000 else too_long(most, value)
            )
            self.note(name, sentence)
            return ""
        clean = value.replace("\r\n", "\n").replace("\r", "\n").strip() if lines else " ".join(value.split())
        if filled and not clean:
            self.note(name, _("This must not be empty."))
        if len(clean) > most:
            self.note(name, too_long(most, clean))
        return clean

    def key(self, name: str) -> str:
        """A short name for machines."""
        clean = self.text(name, 60, filled=True)
        if clean and not KEY.fullmatch(clean):
            self.note(name, _("Use only letters from a to z, digits, - and _ here."))
        return clean

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of a few words; required unless there is a default."""
        value = self.take(name, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or value not in allowed:
            self.note(name, _("This must be one of: %(words)s.") % {"words": ", ".join(allowed)})
            return default or ""
        return value

    def url(self, name: str, *, filled: bool = False, signed: bool = False) -> str:
        """A web address, at most 500 characters. `signed`: it goes into badges."""
        clean = self.text(name, 500, filled=filled)
        if clean and not self.problems.under(self.at(name)):
            try:
                _is_url(clean)
                urlsplit(clean)
            except (ValidationError, ValueError):
                self.note(name, _("This is not a web address. It should look like https://example.org/page."))
            else:
                if signed and not IRI.match(clean):
                    self.note(name, str(BAD_ADDRESS))
        return clean

    def number(
        self, name: str, low: int, high: int, default: int | None = None, *, required: bool = False
    ) -> int | None:
        """A whole number from `low` to `high`."""
        value = self._in_range(name, low, high, required=required)
        if isinstance(value, float) and value != int(value):
            self.note(name, _("This must be a whole number."))
            value = None
        return default if value is None else int(value)

    def decimal(self, name: str, low: int, high: int, default: float) -> int | float:
        """A number from `low` to `high` with one place after the point; whole ones come back as int."""
        value = self._in_range(name, low, high, required=False)
        if value is None:
            return default
        if round(value, 1) != value:
            self.note(name, _("Use at most one digit after the point."))
        return int(value) if value == int(value) else round(value, 1)

    def _in_range(self, name: str, low: int, high: int, *, required: bool) -> int | float | None:
        value = self.take(name, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.note(name, _("This must be a number without quotes, not %(kind)s.") % {"kind": kind_of(value)})
            return None
        if not low <= value <= high:  # false for NaN too
            self.note(name, _("This must be a number from %(low)s to %(high)s.") % {"low": low, "high": high})
            return None
        return value

    def flag(self, name: str, default: bool | None = False) -> bool | None:
        """true or false."""
        value = self.take(name, required=False)
        if value is not None and not isinstance(value, bool):
            self.note(name, _("This must be true or false, not %(kind)s.") % {"kind": kind_of(value)})
            return default
        return default if value is None else value

    def day(self, name: str) -> str | None:
        """A date as YYYY-MM-DD, or None."""
        clean = self.text(name, 10)
        if not clean:
            return None
        try:
            return date.fromisoformat(clean).isoformat()
        except ValueError:
            self.note(name, _("This is not a date. Write it like 2026-03-14."))
            return None

    def words(self, name: str, most: int, *, each: int, allowed: Collection[str] = ()) -> list[str]:
        """A list of different short texts."""
        clean: list[str] = []
        for index, value in enumerate(self._list(name, most)):
            at = f"{name}[{index}]"
            if value is None:
                self.note(at, _("This must not be empty."))
            text = self._string(at, value, each, filled=True)
            if text and text in clean:
                self.note(at, _("This is in the list twice."))
            elif text and allowed and text not in allowed:
                self.note(at, _("This must be one of: %(words)s.") % {"words": ", ".join(allowed)})
            elif text:
                clean.append(text)
        return clean

    def each(
        self, name: str, read: Callable[["Reader"], dict], *, least: int = 0, most: int, required: bool = False
    ) -> list:
        """A list of objects, each read by `read`."""
        values = self._list(name, most, required=required)
        if len(values) < least and not self.problems.under(self.at(name)):
            sentence = ngettext("This needs at least %(n)s entry.", "This needs at least %(n)s entries.", least)
            self.note(name, sentence % {"n": least})
        clean = []
        for index, value in enumerate(values):
            reader = Reader(value, f"{self.at(name)}[{index}]", self.problems)
            clean.append(read(reader))
            reader.done()
        return clean

    def part(self, name: str) -> "Reader":
        """An object within this one; call done() on it."""
        value = self.take(name, required=False)
        return Reader({} if value is None else value, self.at(name), self.problems)

    def _list(self, name: str, most: int, *, required: bool = False) -> list[Any]:
        value = self.take(name, required=required)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note(name, _("This must be a list in square brackets, not %(kind)s.") % {"kind": kind_of(value)})
            return []
        if len(value) > most:
            self.note(name, _("This has %(n)s entries. The limit is %(most)s.") % {"n": len(value), "most": most})
        return value[:most]

    def unique(self, name: str, rows: list[dict], field: str) -> None:
        """Note every row of the list `name` whose `field` an earlier row has too."""
        seen: set[str] = set()
        for index, row in enumerate(rows):
            if row[field] and row[field] in seen:
                sentence = _("“%(value)s” is used twice. Each one must be different.") % {"value": row[field]}
                self.note(f"{name}[{index}].{field}", sentence)
            seen.add(row[field])

    def done(self) -> None:
        """Note every field that nobody asked for."""
        for name in self.data:
            if name not in self.taken:
                shown = HIDDEN.sub("?", str(name))[:60]
                self.note(shown, _("There is no field of this name. Check the spelling or remove it."))


def too_long(most: int, value: str) -> str:
    """The sentence about a text that is too long."""
    return _("This has %(n)s characters. The limit is %(most)s.") % {"n": len(value), "most": most}


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return _("true or false")
    if isinstance(value, (int, float)):
        return _("a number")
    if isinstance(value, str):
        return _("text")
    return _("a list") if isinstance(value, list) else _("an object")
