"""The catalog page: what fits what is asked for, and how many every other filter would show.

Facets are counted in memory over one light row an edition: within a facet any chosen value fits, across facets all
must. A row that fails only one facet counts for the values of that facet; the same fact says which filter to drop.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any
from zlib import crc32

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.models import Edition, StackItem
from credentials.queries.listing import listed_editions
from credentials.queries.stacks import listed_stacks
from credentials.queries.wanted import TEXT, Wanted
from credentials.search import search
from lib import clock
from tenants.models import Tenant

PAGE_SIZE = 24
MOST_OPTIONS = 40  # of one facet: the most frequent ones and those that are chosen
NEW_DAYS = 90
GRADES = ["PK", "K", *(str(grade) for grade in range(1, 13))]
TITLES: dict[str, str | Promise] = {
    "topic": gettext_lazy("Topic"),
    "role": gettext_lazy("For whom"),
    "grade": gettext_lazy("Grade"),
    "time": gettext_lazy("Time"),
    "issuer": gettext_lazy("Issued by"),
    "stack": gettext_lazy("In a stack"),
    "new": gettext_lazy("New"),
}
TIMES: dict[str, str | Promise] = {
    "5": gettext_lazy("Up to 5 hours"),
    "10": gettext_lazy("5 to 10 hours"),
    "20": gettext_lazy("10 to 20 hours"),
    "more": gettext_lazy("Over 20 hours"),
}


@dataclass(slots=True)
class Row:
    """What is needed of an edition to filter and sort it."""

    id: str
    title: str
    hours: Decimal
    published: datetime
    values: dict[str, Collection[str]]


@dataclass(frozen=True)
class Option:
    """One value of a facet with the number of results choosing it would leave."""

    value: str
    label: str
    count: int
    checked: bool

    @property
    def key(self) -> str:
        """Stands for the value in the id of an element."""
        return f"{crc32(self.value.encode()):08x}"


@dataclass(frozen=True)
class Group:
    """One facet."""

    name: str
    label: str
    options: list[Option]

    @property
    def used(self) -> bool:
        return any(option.checked for option in self.options)


@dataclass(frozen=True)
class WayOut:
    """The one filter that frees most when nothing fits. `facet` is TEXT for the search words."""

    facet: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """One page of the catalog."""

    wanted: Wanted
    total: int
    editions: list[Edition]
    groups: list[Group]
    chips: list[tuple[str, str, str]]  # facet, value, label
    pages: int
    instead: str = ""
    way_out: WayOut | None = None
    all_count: int = 0

    @property
    def first(self) -> int:
        return (self.wanted.page - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.editions) - 1


@dataclass
class _Count:
    """What one pass over the rows finds out."""

    fits: list[Row] = field(default_factory=list)
    near: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in (*TITLES, TEXT)})  # fail only it

    def options(self, name: str) -> Counter[str]:
        """How many results each value of a facet would leave, the other facets being as they are."""
        return frequency([*self.fits, *self.near[name]], name)


def catalog(tenant: Tenant, wanted: Wanted) -> Results:
    """The page `wanted` asks for. Page numbers beyond the last give the last."""
    rows, labels = catalog_rows(tenant)
    found = search(tenant, wanted.text) if wanted.text else None
    count = _count(rows, wanted, found.ranks if found else None)
    fits = _sorted(count.fits, wanted, found.ranks if found else {})
    pages = max(1, -(-len(fits) // PAGE_SIZE))
    wanted = wanted.at_page(min(wanted.page, pages))
    shown = fits[(wanted.page - 1) * PAGE_SIZE : wanted.page * PAGE_SIZE]
    return Results(
        wanted=wanted,
        total=len(fits),
        editions=_load(tenant, shown),
        groups=_groups(rows, labels, count, wanted),
        chips=[(name, value, label_of(labels, name, value)) for name, value in wanted.pairs()],
        pages=pages,
        instead=found.instead if found else "",
        way_out=None if fits else _way_out(count, labels, wanted),
        all_count=len(rows),
    )


def matching(tenant: Tenant, wanted: Wanted) -> list[str]:
    """The ids of all editions that fit, in no order. For the API, which pages by cursor."""
    rows, _labels = catalog_rows(tenant)
    return [row.id for row in _count(rows, wanted, search(tenant, wanted.text).ranks if wanted.text else None).fits]


def start_here(tenant: Tenant) -> tuple[int, list[Edition], list[tuple[str, int]]]:
    """For the front page: how many there are, three short ones to begin with, and the topics with their counts."""
    rows, _labels = catalog_rows(tenant)
    topics = frequency(rows, "topic")
    short = sorted(rows, key=lambda row: (tenant.slug not in row.values["issuer"], row.hours, row.title.casefold()))
    return len(rows), _load(tenant, short[:3]), sorted(topics.most_common(16))


def catalog_rows(tenant: Tenant) -> tuple[list[Row], dict[str, dict[str, str]]]:
    """Every listed edition as a row, and the labels of facet values where these are not the values themselves."""
    stacks: dict[str, set[str]] = {}
    labels: dict[str, dict[str, str]] = {
        "time": {value: str(label) for value, label in TIMES.items()},
        "grade": {grade: _("Grade %(grade)s") % {"grade": grade} for grade in GRADES},
        "new": {"1": _("New in the last %(days)s days") % {"days": NEW_DAYS}},
        "stack": {},
        "issuer": {},
    }
    inside = StackItem.objects.filter(stack__in=listed_stacks(tenant).order_by().values("id"))
    for micro_credential, slug, title in inside.values_list("micro_credential__slug", "stack__slug", "stack__title"):
        stacks.setdefault(micro_credential, set()).add(slug)
        labels["stack"][slug] = title
    new_since = clock.now() - timedelta(days=NEW_DAYS)
    rows = []
    for id, title, hours, published, topics, audience, grades, parent, issuer, name in _light(tenant):
        labels["issuer"][issuer] = name
        values = {
            "topic": topics,
            "role": audience,
            "grade": grades,
            "time": (_bucket(hours),),
            "issuer": (issuer,),
            "stack": stacks.get(parent, ()),
            "new": ("1",) if published >= new_since else (),
        }
        rows.append(Row(id, title, hours, published, values))
    return rows, labels


def label_of(labels: dict[str, dict[str, str]], name: str, value: str) -> str:
    """How a facet's value is called on the page."""
    return labels.get(name, {}).get(value, value)


def frequency(rows: Iterable[Row], name: str) -> Counter[str]:
    """How often each value of a facet occurs."""
    return Counter(chain.from_iterable(row.values[name] for row in rows))


def _light(tenant: Tenant) -> Iterable[tuple[Any, ...]]:
    # The id as text: making UUID objects would take longer than all the rest.
    fields = ("title", "hours", "published_at", "topics", "audience", "grades", "micro_credential__slug")
    issuer = ("micro_credential__tenant__slug", "micro_credential__tenant__name")
    return listed_editions(tenant).order_by().values_list(Cast("id", CharField()), *fields, *issuer)


def _bucket(hours: Decimal) -> str:
    return next((limit for limit in ("5", "10", "20") if hours <= int(limit)), "more")


def _count(rows: list[Row], wanted: Wanted, ranks: dict[str, float] | None) -> _Count:
    chosen = {name: frozenset(values) for name, values in wanted.chosen.items() if values}
    done = _Count()
    for row in rows:
        failed = [name for name, values in chosen.items() if values.isdisjoint(row.values[name])]
        if ranks is not None and row.id not in ranks:
            failed.append(TEXT)
        if not failed:
            done.fits.append(row)
        elif len(failed) == 1:
            done.near[failed[0]].append(row)
    return done


def _sorted(rows: list[Row], wanted: Wanted, ranks: dict[str, float]) -> list[Row]:
    by_title = sorted(rows, key=lambda row: row.title.casefold())
    if wanted.sort == "best" and wanted.text:
        return sorted(by_title, key=lambda row: -ranks.get(row.id, 0))
    if wanted.sort == "shortest":
        return sorted(by_title, key=lambda row: row.hours)
    if wanted.sort == "title":
        return by_title
    return sorted(by_title, key=lambda row: row.published, reverse=True)


def _load(tenant: Tenant, rows: list[Row]) -> list[Edition]:
    place = {row.id: n for n, row in enumerate(rows)}
    if not place:
        return []
    editions = listed_editions(tenant).filter(id__in=place).defer("search", "competency", "key_method", "rationale")
    return sorted(editions, key=lambda edition: place[str(edition.id)])


def _groups(rows: list[Row], labels: dict[str, dict[str, str]], count: _Count, wanted: Wanted) -> list[Group]:
    groups = []
    for name, title in TITLES.items():
        frequent, counts = frequency(rows, name), count.options(name)
        chosen = wanted.chosen[name]
        values = {value for value, _n in frequent.most_common(MOST_OPTIONS)} | set(chosen)
        options = [
            Option(value, label_of(labels, name, value), counts[value], value in chosen)
            for value in sorted(values, key=lambda value: _order(name, value, labels))
        ]
        if len(options) > 1 or chosen or (options and name in ("stack", "new")):
            groups.append(Group(name, str(title), options))
    return groups


def _order(name: str, value: str, labels: dict[str, dict[str, str]]) -> tuple[int, str]:
    fixed = {"grade": GRADES, "time": list(TIMES)}.get(name, [])
    return (fixed.index(value) if value in fixed else len(fixed), label_of(labels, name, value).casefold())


def _way_out(count: _Count, labels: dict[str, dict[str, str]], wanted: Wanted) -> WayOut | None:
    facet = max(count.near, key=lambda name: len(count.near[name]))
    freed = len(count.near[facet])
    if not freed:
        return None
    names = [wanted.text] if facet == TEXT else [label_of(labels, facet, value) for value in wanted.chosen[facet]]
    return WayOut(facet, _(" or ").join(names), freed)
