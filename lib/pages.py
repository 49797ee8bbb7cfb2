"""Paging for HTML lists: one query a page and one row more than shown; counted only where people ask how many."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lib.words import whole_number

SIZE = 50
LAST_PAGE = 2_000


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the addresses of its neighbours for <c-pagination> ("" where there is none)."""

    rows: list[Any]
    number: int
    prev: str
    next: str
    first: int  # place of the first row in the whole list, from 1
    summary: str = ""  # "1 to 50 of 214", where the list is counted


def page_of_rows(
    rows: QuerySet, request: HttpRequest, *, size: int = SIZE, counted: bool = False, most: int = 0
) -> Page:
    """The page that `?page=` asks for; anything that is no page number is page 1. `rows` must have a total order.

    `counted` asks one query more, says how many there are, and gives the last page for any number beyond it. `most`
    ends the counting there, for lists that may be long: then nothing is said of how many there are.
    """
    number = min(whole_number(request.GET.get("page", "1"), digits=5) or 1, LAST_PAGE)
    total = (rows[:most] if most else rows).count() if counted else 0
    if most and total >= most:
        counted, total = False, 0
    if counted:
        number = min(number, max(1, -(-total // size)))
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    return Page(
        rows=found[:size],
        number=number,
        prev=_address(request, number - 1) if number > 1 else "",
        next=_address(request, number + 1) if len(found) > size else "",
        first=start + 1,
        summary=_("%(first)s to %(last)s of %(all)s")
        % {"first": start + 1, "last": start + len(found[:size]), "all": total}
        if total
        else "",
    )


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
