"""What readings of one submission lead to: pure rules, which know nothing of the database.

Levels are positions on their line, counted from 0 for the best. Two readings agree on a line when they give it the
same level (docs/adr/0015).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Reading = Mapping[Hashable, int]  # line → level


class Plan(StrEnum):
    """How many readings an edition asks for; the values of Edition.Plan."""

    ONE = "one"
    TWO = "two"
    CONDITIONAL = "conditional"


class Why(StrEnum):
    """Why there is a second reading; the values of Review.Reason."""

    PLAN = "plan"
    BORDERLINE = "borderline"
    NEWCOMER = "newcomer"
    SHARE = "share"
    APPEAL = "appeal"


@dataclass(frozen=True)
class Line:
    """One line of the scoring guide. Levels up to `pass_level` count as met; a carried line was met before."""

    id: Hashable
    pass_level: int
    required: bool = True
    carried: bool = False


@dataclass(frozen=True)
class Rule:
    """What an edition asks for: its plan, and how many lines that are not required must be met (None: all)."""

    plan: Plan = Plan.ONE
    others_needed: int | None = None


@dataclass(frozen=True)
class Wait:
    """Nobody has read it yet."""


@dataclass(frozen=True)
class AskSecond:
    """Someone else has to read it too."""

    why: Why


@dataclass(frozen=True)
class Settle:
    """The readings differ on these lines, and someone has to settle them."""

    lines: frozenset[Hashable]


@dataclass(frozen=True)
class Decide:
    """All is agreed or settled: the level that stands for each open line, and whether that earns it."""

    levels: Mapping[Hashable, int]
    passed: bool


Step = Wait | AskSecond | Settle | Decide


def next_step(
    rule: Rule,
    lines: Sequence[Line],
    readings: Sequence[Reading],
    *,
    second: Why | None = None,
    settled: Reading | None = None,
) -> Step:
    """What has to happen once all that was asked for is final.

    `readings` give a level to every open line. `second`: why the only reading there is should get a second one, if it
    should. `settled`: the levels that a senior assessor gave.
    """
    if not readings:
        return Wait()
    if len(readings) == 1:
        if rule.plan == Plan.TWO:
            return AskSecond(Why.PLAN)
        if second is not None:
            return AskSecond(second)
    settled = settled or {}
    opened = [line for line in lines if not line.carried]
    open_questions = frozenset(
        line.id for line in opened if line.id not in settled and len({each[line.id] for each in readings}) > 1
    )
    if open_questions:
        return Settle(open_questions)
    levels = {line.id: settled.get(line.id, readings[0][line.id]) for line in opened}
    met = {line.id for line in lines if line.carried or levels[line.id] <= line.pass_level}
    return Decide(levels, passes(lines, met, rule.others_needed))


def reason_for_second(
    plan: Plan, lines: Sequence[Line], reading: Reading, *, newcomer: bool, drawn: bool
) -> Why | None:
    """Why a first reading gets a second one, the weightiest reason first; None when it decides alone.

    `newcomer`: it is among the first readings of its reader. `drawn`: it belongs to the random share.
    """
    if plan != Plan.CONDITIONAL:
        return None
    if any(line.required and not line.carried and reading[line.id] == line.pass_level + 1 for line in lines):
        return Why.BORDERLINE
    if newcomer:
        return Why.NEWCOMER
    return Why.SHARE if drawn else None


@dataclass(frozen=True)
class Missing:
    """What lacks: how many required lines, and how many of the others. Both 0: it is earned."""

    required: int
    others: int


def missing(lines: Sequence[Line], met: set[Hashable], others_needed: int | None) -> Missing:
    """How far a result is from being earned."""
    others = [line for line in lines if not line.required]
    needed = len(others) if others_needed is None else min(others_needed, len(others))
    return Missing(
        required=sum(line.required and line.id not in met for line in lines),
        others=max(0, needed - sum(line.id in met for line in others)),
    )


def passes(lines: Sequence[Line], met: set[Hashable], others_needed: int | None) -> bool:
    """Whether a result earns it: every required line is met, and enough of the others."""
    return missing(lines, met, others_needed) == Missing(0, 0)
