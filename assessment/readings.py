"""Counting scores in the database: pairs of independent readings, and levels by assessor. Only small counts come back.

A pair is two final readings of one submission, line by line, made before anybody settled a difference. Practice is
left out, and so are samples, of which each copy is read once, and second looks that an appeal asked for.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from assessment.agreement import Agreement

By = Literal["line", "edition", "assessor", "month"]

# What a pair is counted under. Both readers of a pair count it, each with their own level first.
_GROUPS: dict[By, str] = {
    "line": "one.line_id",
    "edition": "pair.edition_id",
    "month": "pair.month",
    "assessor": "side.assessor_id",
}

_PAIRS = """
    WITH reading AS (
        SELECT id, submission_id, edition_id, assessor_id, slot, finished_at,
               count(*) OVER (PARTITION BY submission_id) AS readings
        FROM assessment_review
        WHERE state = 'final' AND NOT practice AND appeal_id IS NULL {of_editions} {of_assessor}
    ), pair AS (
        SELECT first.id AS first_id, second.id AS second_id, first.edition_id, first.readings,
               first.assessor_id AS first_assessor, second.assessor_id AS second_assessor,
               to_char(greatest(first.finished_at, second.finished_at) AT TIME ZONE %(zone)s, 'YYYY-MM') AS month
        FROM reading first
        JOIN reading second ON second.submission_id = first.submission_id AND second.slot > first.slot
        WHERE first.readings > 1
    ), counted AS (
        SELECT {group} AS label, {levels}, pair.readings, count(*) AS n
        FROM pair
        JOIN assessment_score one ON one.review_id = pair.first_id
        JOIN assessment_score other ON other.review_id = pair.second_id AND other.line_id = one.line_id
        {sides}
        WHERE true {during} {by_assessor}
        GROUP BY 1, 2, 3, 4
    )
    SELECT label, a.position, b.position, readings, sum(n)::bigint
    FROM counted
    JOIN credentials_rubriclevel a ON a.id = counted.mine
    JOIN credentials_rubriclevel b ON b.id = counted.theirs
    GROUP BY 1, 2, 3, 4
"""

_THEIRS = """AND submission_id IN (
            SELECT submission_id FROM assessment_review WHERE assessor_id = %(assessor)s AND state = 'final'
        )"""

_SIDES = """
    CROSS JOIN LATERAL (VALUES (pair.first_assessor, one.level_id, other.level_id),
                               (pair.second_assessor, other.level_id, one.level_id)) side (assessor_id, mine, theirs)
"""


@dataclass(frozen=True)
class Wanted:
    """Which readings to count. `month` is the first day of one; `zone` is whose months these are."""

    zone: str
    editions: Sequence[UUID] | None = None
    assessor: UUID | None = None
    month: date | None = None

    def facts(self) -> dict[str, Any]:
        """What the query takes."""
        return {
            "zone": self.zone,
            "editions": list(self.editions or []),
            "assessor": self.assessor,
            "month": self.month and f"{self.month:%Y-%m}",
        }


@dataclass
class _Counts:
    """What was counted for one group."""

    pairs: Counter = field(default_factory=Counter)
    matrix: Counter = field(default_factory=Counter)

    def add(self, one: int, other: int, readings: int, n: int) -> None:
        self.pairs[one, other] += n
        weight = n / (readings - 1)  # of m readings of a unit each takes part in m - 1 pairs
        self.matrix[one, other] += weight
        self.matrix[other, one] += weight


def agreement_by(by: By, wanted: Wanted) -> dict[Any, Agreement]:
    """Agreement by line, edition, month ("2026-03") or assessor. One query.

    By assessor every pair counts for both, with the assessor as the first of the two.
    """
    rows = _run(_pairs_sql(by, wanted), wanted)
    found: dict[Any, _Counts] = {}
    for group, one, other, readings, n in rows:
        found.setdefault(group, _Counts()).add(one, other, readings, n)
    return {group: Agreement.of(counts.pairs, counts.matrix) for group, counts in found.items()}


def agreement_in_all(wanted: Wanted) -> Agreement:
    """Agreement of all readings that are wanted, taken together. One query."""
    total = _Counts()
    for _group, one, other, readings, n in _run(_pairs_sql("edition", wanted), wanted):
        total.add(one, other, readings, n)
    return Agreement.of(total.pairs, total.matrix)


def _pairs_sql(by: By, wanted: Wanted) -> str:
    sides = by == "assessor"
    own = "AND side.assessor_id = %(assessor)s"
    either = "AND %(assessor)s IN (pair.first_assessor, pair.second_assessor)"
    return _PAIRS.format(
        group=_GROUPS[by],
        levels="side.mine, side.theirs" if sides else "one.level_id AS mine, other.level_id AS theirs",
        sides=_SIDES if sides else "",
        of_editions="AND edition_id = ANY(%(editions)s)" if wanted.editions is not None else "",
        of_assessor=_THEIRS if wanted.assessor else "",
        during=f"AND {_GROUPS['month']} = %(month)s" if wanted.month else "",
        by_assessor=(own if sides else either) if wanted.assessor else "",
    )


_LEVELS = """
    SELECT review.assessor_id, level.position, level.passes, count(*)
    FROM assessment_review review
    JOIN assessment_score score ON score.review_id = review.id
    JOIN credentials_rubriclevel level ON level.id = score.level_id
    WHERE review.state = 'final' AND NOT review.sample {of_editions} {during} {by_assessor}
    GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Spread:
    """Which levels an assessor gave. `levels`: place of the level, best first → how often."""

    assessor: UUID
    levels: Counter
    met: int

    @property
    def n(self) -> int:
        """How many lines they scored."""
        return sum(self.levels.values())

    @property
    def met_percent(self) -> int:
        """Of these lines, how many they found met. Low is severe, high is lenient."""
        return round(100 * self.met / self.n)

    @property
    def average(self) -> float:
        """The average place of the levels they gave: 0 is always the best."""
        return sum(level * n for level, n in self.levels.items()) / self.n

    def percent(self, level: int) -> int:
        """Of these lines, how many got this level."""
        return round(100 * self.levels[level] / self.n)


def spread_of_levels(wanted: Wanted) -> list[Spread]:
    """The levels each assessor gave, the most severe first. One query."""
    sql = _LEVELS.format(
        of_editions="AND review.edition_id = ANY(%(editions)s)" if wanted.editions is not None else "",
        during="AND to_char(review.finished_at AT TIME ZONE %(zone)s, 'YYYY-MM') = %(month)s" if wanted.month else "",
        by_assessor="AND review.assessor_id = %(assessor)s" if wanted.assessor else "",
    )
    levels: dict[UUID, Counter] = {}
    met: Counter = Counter()
    for assessor, position, passes, n in _run(sql, wanted):
        levels.setdefault(assessor, Counter())[position] += n
        met[assessor] += n if passes else 0
    found = [Spread(assessor, counts, met[assessor]) for assessor, counts in levels.items()]
    return sorted(found, key=lambda each: (each.met_percent, -each.average, each.assessor))


def _run(sql: str, wanted: Wanted) -> list[tuple[Any, ...]]:
    """Row-level security keeps it to the active tenant."""
    with connection.cursor() as cursor:
        cursor.execute(sql, wanted.facts())
        return cursor.fetchall()
