"""Places in evidence: a second of a film, a page, a spot on a page. Read from what people type, and said in words."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from lib.errors import Invalid
from lib.words import whole_number

Spot = tuple[Decimal, Decimal, Decimal, Decimal]  # x, y, width, height as fractions of the page

LONGEST = 24 * 3600  # seconds: no film is longer, as long as nobody has measured it
MOST_PAGES = 10_000
_STEP = Decimal("0.0001")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{1,2})(?:[.,]\d+)?")
_WORDS = re.compile(
    r"(?:(\d{1,2})\s*(?:h|hrs?|hours?))?\s*(?:(\d{1,4})\s*(?:m|mins?|minutes?|'|′))?"
    r"\s*(?:(\d{1,6})(?:[.,]\d+)?\s*(?:s|secs?|seconds?|\"|″)?)?"
)
_PAGE = re.compile(r"(?:p|pp|pg|page|slide)?\.?\s*(\d{1,9})")


@dataclass(frozen=True)
class Extent:
    """What places a piece has. `seconds` and `pages` are None where it has some and nobody has counted them yet."""

    has_time: bool = False
    has_pages: bool = False
    seconds: float | None = None
    pages: int | None = None


@dataclass(frozen=True)
class Place:
    """One place; all None is the whole piece."""

    seconds: int | None = None
    page: int | None = None
    spot: Spot | None = None

    @property
    def words(self) -> str:
        """How people say it: 2:31, page 3."""
        if self.seconds is not None:
            return clock_time(self.seconds)
        if self.page is not None:
            return _("page %(n)s") % {"n": self.page}
        return _("the whole piece")

    @property
    def typed(self) -> str:
        """What to type to get it: 2:31, 3."""
        return clock_time(self.seconds) if self.seconds is not None else str(self.page or "")

    @property
    def box(self) -> str:
        """The spot as forms and addresses carry it: four fractions with commas."""
        return ",".join(f"{each.normalize():f}" for each in self.spot) if self.spot else ""

    def link(self, base: str) -> str:
        """`base`, the address of a page with one piece, at this place."""
        query = {"t": self.seconds} if self.seconds is not None else {}
        if self.spot:
            query["box"] = f"{self.page},{self.box}"
        return base + (f"?{urlencode(query, safe=',')}" if query else "") + (f"#page-{self.page}" if self.page else "")


def clock_time(seconds: float) -> str:
    """Like 2:31, or 1:02:03 from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def read_time(text: str) -> int:
    """Seconds from "2:31", "1:02:03", "151" or "2 min 31 s". Raises Invalid (400) with how to write it."""
    text = " ".join(text.split()).lower()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(each or 0) for each in match.groups())
        if seconds < 60 and (minutes < 60 or not match[1]):
            return hours * 3600 + minutes * 60 + seconds
    elif (match := _WORDS.fullmatch(text)) and any(match.groups()):
        hours, minutes, seconds = (int(each or 0) for each in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    raise Invalid(_("Write the time like 2:31, for 2 minutes and 31 seconds."), field="place")


def read_page(text: str) -> int:
    """A page number from "3", "p. 3" or "page 3". Raises Invalid (400) with how to write it."""
    match = _PAGE.fullmatch(" ".join(text.split()).lower())
    if match is None:
        raise Invalid(_("Write the page as a number, like 3."), field="place")
    return int(match[1])


def read_spot(text: str) -> Spot | None:
    """A spot from four fractions with commas; None for anything that is not one, for it comes from a script."""
    parts = text.split(",")
    try:
        x, y, w, h = (Decimal(each) for each in parts)
        x, y = (min(max(each, Decimal(0)), 1 - _STEP).quantize(_STEP) for each in (x, y))
        w, h = min(w, 1 - x).quantize(_STEP), min(h, 1 - y).quantize(_STEP)
    except (InvalidOperation, ValueError, TypeError):
        return None
    return (x, y, w, h) if w > 0 and h > 0 else None


def read_box(text: str) -> Place | None:
    """A page and a spot on it from the part `box` of an address, or None."""
    page, _comma, spot = text.partition(",")
    number, found = whole_number(page), read_spot(spot)
    return Place(page=number, spot=found) if number and found else None


def read_place(text: str, box: str, extent: Extent) -> Place:
    """The place that was typed, or drawn as `box`, in a piece of `extent`. Nothing typed is the whole piece.

    Raises Invalid (400) for what is no time or page, or not in the piece.
    """
    text = text.strip()
    if extent.has_time:
        place = Place(seconds=read_time(text)) if text else Place()
    elif extent.has_pages:
        spot = read_spot(box)
        page = read_page(text) if text else (1 if spot and extent.pages == 1 else None)
        place = Place(page=page, spot=spot if page else None)
    elif text:
        raise Invalid(_("This piece has no times or pages. Leave this empty and say it in words."), field="place")
    else:
        place = Place()
    require_within(place, extent)
    return place


def require_within(place: Place, extent: Extent) -> None:
    """Raise Invalid (400) when `place` is not in a piece of `extent`, with how far that goes."""
    if place.seconds is not None:
        if not extent.has_time:
            raise Invalid(_("Only a film or a recording has minutes."), field="place")
        if place.seconds > (LONGEST if extent.seconds is None else extent.seconds):
            end = clock_time(LONGEST if extent.seconds is None else extent.seconds)
            raise Invalid(_("This ends at %(end)s. Write an earlier time.") % {"end": end}, field="place")
    if place.page is not None:
        if not extent.has_pages:
            raise Invalid(_("This piece has no pages."), field="place")
        last = MOST_PAGES if extent.pages is None else extent.pages
        if not 1 <= place.page <= last:
            raise Invalid(_("There are pages 1 to %(n)s. Write one of these.") % {"n": last}, field="place")
