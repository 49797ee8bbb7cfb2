"""How far assessors agree: exact and adjacent agreement, Cohen's kappa, Krippendorff's alpha. Pure functions.

They work on counts, so that a database can count millions of scores and only small matrices come here. A level is its
place in the list of levels, best first, from 0.

Cohen (1960), A coefficient of agreement for nominal scales. Krippendorff (2011), Computing Krippendorff's
alpha-reliability. The package `krippendorff` on PyPI is not used: it is under the GPL, wants NumPy, and takes single
scores; see docs/adr/0016.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# (level of the one reader, level of the other) → how often.
Pairs = Mapping[tuple[int, int], int]
# (level, level) → weight. Symmetric; each unit with m readings adds up to m.
Coincidences = Mapping[tuple[int, int], float]
Metric = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class Figure:
    """A statistic. `value` is None where it is not defined, and `why` then says so in a sentence."""

    value: float | None
    why: str | Promise = ""


TOO_FEW = _("Nothing was read by two assessors.")
NO_VARIETY = _("All scores are at one level, so agreement cannot be told from chance.")


def exact(pairs: Pairs) -> Figure:
    """The share of pairs at the same level, from 0 to 1."""
    return _share(pairs, 0)


def adjacent(pairs: Pairs) -> Figure:
    """The share of pairs at the same level or one beside it, from 0 to 1."""
    return _share(pairs, 1)


def _share(pairs: Pairs, within: int) -> Figure:
    total = sum(pairs.values())
    if not total:
        return Figure(None, TOO_FEW)
    return Figure(sum(n for (one, other), n in pairs.items() if abs(one - other) <= within) / total)


def kappa(pairs: Pairs) -> Figure:
    """Cohen's kappa of two readers: 1 is perfect, 0 is chance, below 0 is worse than chance.

    `pairs` has the first reader's level first. Not defined when both gave one and the same level only.
    """
    total = sum(pairs.values())
    if not total:
        return Figure(None, TOO_FEW)
    first, second = Counter(), Counter()
    for (one, other), n in pairs.items():
        first[one] += n
        second[other] += n
    # Whole numbers as long as possible, so that perfect agreement is exactly 1.
    seen = sum(n for (one, other), n in pairs.items() if one == other) * total
    chance = sum(n * second[level] for level, n in first.items())
    if chance == total * total:
        return Figure(None, NO_VARIETY)
    return Figure((seen - chance) / (total * total - chance))


def coincidences(units: Iterable[Iterable[int]]) -> Coincidences:
    """The coincidence matrix of single scores. A unit is what was scored, with the levels it got from any readers.

    A reader who did not score a unit is left out of it; a unit with fewer than two scores says nothing.
    """
    found: Counter[tuple[int, int]] = Counter()
    for unit in units:
        levels = list(unit)
        for pair in permutations(levels, 2):
            found[pair] += 1 / (len(levels) - 1)
    return found


def coincidences_of_pairs(pairs: Pairs) -> Coincidences:
    """The coincidence matrix where every unit has two readings."""
    found: Counter[tuple[int, int]] = Counter()
    for (one, other), n in pairs.items():
        found[one, other] += n
        found[other, one] += n
    return found


def alpha(matrix: Coincidences, metric: Metric = "nominal") -> Figure:
    """Krippendorff's alpha, for any number of readers and with scores missing: 1 is perfect, 0 is chance.

    `metric` says how far two levels are apart: "nominal" all alike, "ordinal" by how many scores lie between,
    "interval" by their places. Not defined when there is only one level, and when nothing was read twice.
    """
    margins: Counter[int] = Counter()
    for (level, _other), weight in matrix.items():
        margins[level] += weight
    total = sum(margins.values())
    if not total:
        return Figure(None, TOO_FEW)
    levels = sorted(level for level, n in margins.items() if n)
    if len(levels) < 2:
        return Figure(None, NO_VARIETY)
    apart = _distances(levels, margins, metric)
    seen = sum(weight * apart[pair] for pair, weight in matrix.items() if pair[0] != pair[1] and weight)
    chance = sum(margins[one] * margins[other] * apart[one, other] for one, other in permutations(levels, 2))
    return Figure(1 - (total - 1) * seen / chance)


def _distances(levels: Sequence[int], margins: Mapping[int, float], metric: Metric) -> dict[tuple[int, int], float]:
    """Squared distances of all pairs of different levels."""
    found = {}
    for one, other in permutations(levels, 2):
        low, high = min(one, other), max(one, other)
        if metric == "nominal":
            distance = 1.0
        elif metric == "interval":
            distance = float(high - low)
        else:
            between = sum(margins[level] for level in levels if low <= level <= high)
            distance = between - (margins[low] + margins[high]) / 2
        found[one, other] = distance * distance
    return found


@dataclass(frozen=True)
class Agreement:
    """All figures on one set of pairs of readings. `n`: how many pairs."""

    n: int
    exact: Figure
    adjacent: Figure
    kappa: Figure
    nominal: Figure
    ordinal: Figure

    @classmethod
    def of(cls, pairs: Pairs, matrix: Coincidences | None = None) -> "Agreement":
        """`matrix` where units have more than two readings; by default every pair is a unit of its own."""
        matrix = coincidences_of_pairs(pairs) if matrix is None else matrix
        return cls(
            n=sum(pairs.values()),
            exact=exact(pairs),
            adjacent=adjacent(pairs),
            kappa=kappa(pairs),
            nominal=alpha(matrix, "nominal"),
            ordinal=alpha(matrix, "ordinal"),
        )


def grouped(rows: Iterable[tuple[Hashable, int, int, int]]) -> dict[Hashable, Counter[tuple[int, int]]]:
    """Counted pairs by group, of rows (group, level of the first, level of the second, how often)."""
    found: dict[Hashable, Counter[tuple[int, int]]] = {}
    for group, one, other, n in rows:
        found.setdefault(group, Counter())[one, other] += n
    return found
