"""Due dates in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessment.models import Review, Settling


@dataclass(frozen=True)
class Due:
    """What a due date says today, and how loudly (the tone of <c-tag>)."""

    words: str
    tone: str


def due(on: date, today: date) -> Due:
    """`on` as people say it on `today`: a date always, so that a page left open does not lie."""
    day = date_format(on, "D, F j")
    if on < today:
        return Due(_("Was due %(day)s") % {"day": day}, "bad")
    if on == today:
        return Due(_("Due today, %(day)s") % {"day": day}, "warn")
    if on == today + timedelta(days=1):
        return Due(_("Due tomorrow, %(day)s") % {"day": day}, "warn")
    return Due(_("Due %(day)s") % {"day": day}, "plain")


@dataclass(frozen=True)
class Row:
    """A review, or a settling, in a list."""

    review: Review | Settling
    due: Due


def rows(reviews: Iterable[Review | Settling], today: date) -> list[Row]:
    """Reviews or settlings with their due dates in words."""
    return [Row(review, due(review.due_on, today)) for review in reviews]
