"""The passport of a person: everything they earned, as one list of entries, whoever issued it and wherever it lies.

`entries_of` is the one place where kinds of badges join. A new kind adds its entries there and needs nothing else:
pages, totals, links and files are all made from entries.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badges.models import Badge, OutsideBadge, Passport
from badges.outside import outside_badges_of
from badges.queries import badges_of
from lib import clock
from tenants.mail import absolute
from tenants.models import User

MOST = 2_000  # entries of one person on pages, on paper and in records, the newest; pages say so where there are more
HEAVY = ("competency", "key_method", "rationale")  # long texts of an edition that no passport shows

STATES = {
    "good": _("In good standing"),
    "making": _("Being made"),
    "hold": _("On hold"),
    "expired": _("Run out"),
    "replaced": _("Replaced by a newer one"),
    "revoked": _("Taken back"),
}
TONES = {"good": "ok", "making": "doing", "hold": "warn", "expired": "warn", "replaced": "plain", "revoked": "bad"}
_STATES_ELSEWHERE = {
    OutsideBadge.State.GOOD: "good",
    OutsideBadge.State.UNREACHABLE: "good",  # the last answer counts
    OutsideBadge.State.SUSPENDED: "hold",
    OutsideBadge.State.EXPIRED: "expired",
    OutsideBadge.State.REVOKED: "revoked",
    OutsideBadge.State.BROKEN: "revoked",
}
WORTH_SHOWING = ("good", "hold", "expired")  # to others, unless the earner picks something else


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing in a passport. `id` is unique over all kinds; `page`, `picture` are addresses, "" where there is none.

    `counts` says whether its hours and CEUs (in hundredths) belong in the totals.
    """

    id: UUID
    title: str
    issuer: str
    issuer_key: str
    earned_at: datetime
    year: int
    state: str
    expires_at: datetime | None = None
    hours: Decimal = Decimal(0)
    ceu_hundredths: int = 0
    counts: bool = False
    page: str = ""
    picture: str = ""
    is_private: bool = False
    is_hidden: bool = False
    badge: Badge | None = None
    outside: OutsideBadge | None = None

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Its own id, and that of the badge whose place it took: what was chosen for that one holds for it."""
        before = self.badge.replaces_id if self.badge else None
        return (self.id, before) if before else (self.id,)

    @property
    def state_name(self) -> str:
        return str(STATES[self.state])

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def ceu(self) -> Decimal:
        """Continuing education units."""
        return Decimal(self.ceu_hundredths) / 100

    @property
    def address(self) -> str:
        """The whole address of its page."""
        return absolute(self.page) if self.page.startswith("/") else self.page


@dataclass(frozen=True)
class Total:
    """What some entries add up to: how many count, hours, and CEUs. `year` is None for all years."""

    year: int | None
    count: int
    hours: Decimal
    ceu: Decimal


@dataclass(frozen=True)
class Cut:
    """That only the newest `most` entries of a passport are looked at, and `left_out` older ones are not."""

    most: int
    left_out: int


def entries_of(person: User, *, whole: bool = False) -> list[Entry]:
    """Everything in the passport of `person`, in the order they chose, hidden ones too.

    The newest MOST of it, unless it is asked for as a `whole`.
    """
    most = None if whole else MOST
    found = [_of_badge(badge) for badge in _badges(person)[:most]]
    found += [_from_elsewhere(badge) for badge in outside_badges_of(person)[:most]]
    found.sort(key=lambda entry: (entry.earned_at, entry.id), reverse=True)
    found = found[:most]
    kept = Passport.objects.filter(person=person).first()
    return arranged(found, kept.order, kept.hidden) if kept else found


def newest_of(person: User) -> tuple[list[Entry], Cut | None]:
    """`entries_of` and, where that is not the whole passport, what pages and papers have to say of it."""
    entries = entries_of(person)
    if len(entries) < MOST:
        return entries, None
    older = badges_of(person).count() + outside_badges_of(person).count() - MOST
    return entries, Cut(MOST, older) if older > 0 else None


def arranged(entries: Sequence[Entry], order: Iterable[UUID], hidden: Iterable[UUID]) -> list[Entry]:
    """`entries` (newest first) in a chosen order: what is not in `order` comes first; those in `hidden` marked so."""
    place = {each: number for number, each in enumerate(order)}
    left_out = set(hidden)
    marked = [replace(entry, is_hidden=True) if left_out.intersection(entry.ids) else entry for entry in entries]
    return sorted(marked, key=lambda entry: next((place[each] for each in entry.ids if each in place), -1))


def shown(entries: Iterable[Entry]) -> list[Entry]:
    """What others see when the earner picked nothing: neither hidden nor private, and worth showing."""
    return [each for each in entries if not each.is_hidden and not each.is_private and each.state in WORTH_SHOWING]


def totals(entries: Iterable[Entry]) -> tuple[Total, list[Total]]:
    """The total of all years, and of each year, newest first."""
    years: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.counts:
            years[entry.year].append(entry)
    each_year = [_total(year, years[year]) for year in sorted(years, reverse=True)]
    return _total(None, [entry for of_year in years.values() for entry in of_year]), each_year


def filtered(entries: Iterable[Entry], *, issuer: str, year: str) -> list[Entry]:
    """Entries of one issuer and one year; "" means all."""
    return [
        each for each in entries if (not issuer or each.issuer_key == issuer) and (not year or str(each.year) == year)
    ]


def choices(entries: Iterable[Entry]) -> dict[str, Any]:
    """What a passport can be filtered by: `issuers` as (key, name) by name, `years` newest first."""
    names = {each.issuer_key: each.issuer for each in entries}
    years = {each.year for each in entries}
    return {
        "issuers": sorted(names.items(), key=lambda pair: pair[1].casefold()),
        "years": sorted(map(str, years), reverse=True),
    }


def state_of(badge: Badge) -> str:
    """A key of STATES: what the passport says of one of our badges."""
    if badge.state == Badge.State.REVOKED:
        return "revoked"
    if badge.state == Badge.State.AWARDED:
        return "making"
    if badge.state == Badge.State.SUSPENDED:
        return "hold"
    if badge.superseded_at is not None:
        return "replaced"
    if badge.expires_at is not None and badge.expires_at <= clock.now():
        return "expired"
    return "good"


def _badges(person: User) -> QuerySet[Badge]:
    heavy = [f"edition__{name}" for name in HEAVY]
    return badges_of(person).defer("document", "results", *heavy, "stack__description")


def _of_badge(badge: Badge) -> Entry:
    """Hours count once: not while a badge is being made or on hold, not when taken back, not again when renewed."""
    state, edition = state_of(badge), badge.edition
    kind, thing = ("e", badge.edition_id) if edition else ("s", badge.stack_id)
    return Entry(
        id=badge.id,
        title=badge.title,
        issuer=badge.tenant.name,
        issuer_key=badge.tenant.slug,
        earned_at=badge.awarded_at,
        year=badge.tenant.local_date(badge.awarded_at).year,
        state=state,
        expires_at=badge.expires_at,
        hours=edition.hours if edition else Decimal(0),
        ceu_hundredths=edition.ceu_hundredths if edition else 0,
        counts=state in ("good", "expired", "replaced") and badge.succession != Badge.Succession.RENEWAL,
        page=reverse("badge", args=[badge.id]),
        picture=reverse("art", args=[kind, thing, "svg"]),
        is_private=badge.visibility == Badge.Visibility.PRIVATE,
        badge=badge,
    )


def _from_elsewhere(badge: OutsideBadge) -> Entry:
    """A badge of another installation. Its hours are not known, and it has no page that others can open."""
    return Entry(
        id=badge.id,
        title=badge.title,
        issuer=badge.issuer_name,
        issuer_key=badge.issuer_id,
        earned_at=badge.awarded_at,
        year=badge.awarded_at.year,
        state=_STATES_ELSEWHERE[OutsideBadge.State.EXPIRED if badge.has_run_out else badge.state],
        expires_at=badge.expires_at,
        is_private=badge.visibility == OutsideBadge.Visibility.PRIVATE,
        outside=badge,
    )


def _total(year: int | None, entries: list[Entry]) -> Total:
    hours = sum((entry.hours for entry in entries), Decimal(0))
    ceu = sum((entry.ceu for entry in entries), Decimal(0))
    return Total(year, len(entries), hours, ceu)
