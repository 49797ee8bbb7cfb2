"""The agreement report: rows by line, edition, assessor or month, with what is too little to show left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.agreement import Agreement, Figure
from assessment.readings import By, Spread, Wanted, agreement_by, spread_of_levels
from credentials.models import Edition, RubricLine
from lib.words import as_uuid
from tenants.models import Tenant, User

BY: dict[By, Any] = {
    "edition": gettext_lazy("Micro-credential"),
    "line": gettext_lazy("Line of the scoring guide"),
    "assessor": gettext_lazy("Assessor"),
    "month": gettext_lazy("Month"),
}


@dataclass(frozen=True)
class Row:
    """One line of the report. `found` is None where so few readings lie behind it that it stays hidden."""

    label: str
    under: str  # what it belongs to
    found: Agreement | None


@dataclass(frozen=True)
class LevelRow:
    """What one assessor gave. `percents`: by level, the best first. None where too few lie behind it."""

    assessor: str
    label: str
    n: int
    met_percent: int | None
    percents: Sequence[int]


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see, as far as it makes sense."""

    by: By
    micro_credential: str
    assessor: str
    month: str
    wanted: Wanted


def asked(tenant: Tenant, by: str, micro_credential: str, assessor: str, month: str) -> Asked:
    """Read filters as they come in an address. What is no filter is left out."""
    editions = None
    if micro_credential:
        slugs = {"micro_credential__slug": micro_credential, "micro_credential__tenant": tenant}
        editions = list(Edition.objects.filter(**slugs).values_list("id", flat=True))
    first = _first_of(month)
    person = as_uuid(assessor)
    return Asked(
        by=by if by in BY else "edition",
        micro_credential=micro_credential,
        assessor=str(person or ""),
        month=f"{first:%Y-%m}" if first else "",
        wanted=Wanted(zone=str(tenant.zone), editions=editions, assessor=person, month=first),
    )


def _first_of(month: str) -> date | None:
    try:
        return parse_date(f"{month}-01")
    except ValueError:
        return None


def report(what: Asked) -> list[Row]:
    """The rows, by what they are about. Two queries."""
    found = agreement_by(what.by, what.wanted)
    names = _names(what.by, list(found))
    rows = [
        Row(*names.get(group, (str(group), "")), counts if counts.n >= settings.REPORT_LEAST else None)
        for group, counts in found.items()
    ]
    if what.by == "month":
        return [row for _group, row in sorted(zip(found, rows, strict=True), key=lambda pair: pair[0], reverse=True)]
    return sorted(rows, key=lambda row: (row.under, row.label))


def _names(by: By, groups: list[Any]) -> dict[Any, tuple[str, str]]:
    if by == "line":
        lines = RubricLine.objects.filter(id__in=groups).select_related("edition").defer("edition__search")
        return {each.id: (each.title, str(each.edition)) for each in lines}
    if by == "edition":
        return {each.id: (str(each), "") for each in Edition.objects.filter(id__in=groups).defer("search")}
    if by == "assessor":
        return {each.id: (each.name or each.email, "") for each in User.objects.filter(id__in=groups)}
    return {each: (date_format(date.fromisoformat(f"{each}-01"), "F Y"), "") for each in groups}


def level_rows(what: Asked) -> tuple[list[LevelRow], int]:
    """The levels each assessor gave, the most severe first, and how many levels there are. Two queries."""
    found = spread_of_levels(what.wanted)
    names = _names("assessor", [each.assessor for each in found])
    size = max((level for each in found for level in each.levels), default=-1) + 1
    return [_level_row(each, names[each.assessor][0], size) for each in found], size


def _level_row(spread: Spread, label: str, size: int) -> LevelRow:
    if spread.n < settings.REPORT_LEAST:
        return LevelRow(str(spread.assessor), label, spread.n, None, [])
    percents = [spread.percent(level) for level in range(size)]
    return LevelRow(str(spread.assessor), label, spread.n, spread.met_percent, percents)


def micro_credentials_here(tenant: Tenant) -> list[tuple[str, str]]:
    """What the report can be narrowed to, by title: (slug, title). One query."""
    shown = [Edition.State.PUBLISHED, Edition.State.RETIRED]
    editions = Edition.objects.filter(micro_credential__tenant=tenant, state__in=shown).order_by("title", "number")
    return list(dict(editions.values_list("micro_credential__slug", "title")).items())


def in_words(figure: Figure) -> str:
    """A coefficient with two digits, or why there is none."""
    return str(figure.why) if figure.value is None else f"{figure.value:.2f}"


def in_percent(figure: Figure) -> str:
    """A share in percent, or why there is none."""
    return str(figure.why) if figure.value is None else f"{100 * figure.value:.0f}%"


def csv_rows(what: Asked) -> list[list[Any]]:
    """The report as a table with a head, coefficients with four digits."""
    head = ["group", "belongs to", "pairs", "exact", "adjacent", "kappa", "alpha nominal", "alpha ordinal"]
    return [head, *(_csv_row(row) for row in report(what))]


def _csv_row(row: Row) -> list[Any]:
    if row.found is None:
        return [row.label, row.under, _("fewer than %(n)s") % {"n": settings.REPORT_LEAST}, *[""] * 5]
    each = row.found
    figures = [each.exact, each.adjacent, each.kappa, each.nominal, each.ordinal]
    return [
        row.label,
        row.under,
        each.n,
        *("" if figure.value is None else f"{figure.value:.4f}" for figure in figures),
    ]
