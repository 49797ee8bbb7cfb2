"""What one more badge gives when a rule has yearly limits. Pure arithmetic, in cents and hundredths of an hour."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Amounts(Protocol):
    """What a rule gives for one badge (a Policy), before any limit."""

    cents: int
    ceu_hundredths: int


class Limited(Protocol):
    """What one person has used of a rule in a year, and its limits (a YearUse, or a Tally while only trying)."""

    count: int
    cents: int
    ceu_hundredths: int
    max_count: int | None
    max_cents: int | None
    max_ceu_hundredths: int | None


@dataclass
class Tally:
    """A use that is kept nowhere: for trying a rule out, and for tests of the arithmetic."""

    max_count: int | None = None
    max_cents: int | None = None
    max_ceu_hundredths: int | None = None
    count: int = 0
    cents: int = 0
    ceu_hundredths: int = 0


@dataclass(frozen=True)
class Share:
    """What one badge really gives. `capped` says that a limit made it smaller than the rule's full amount."""

    cents: int
    ceu_hundredths: int
    capped: bool


def share_left(gives: Amounts, use: Limited) -> Share | None:
    """What the next badge gives, or None when the year's limits leave nothing."""
    if use.max_count is not None and use.count >= use.max_count:
        return None
    cents = _within(gives.cents, use.cents, use.max_cents)
    ceu = _within(gives.ceu_hundredths, use.ceu_hundredths, use.max_ceu_hundredths)
    if not cents and not ceu:
        return None
    return Share(cents, ceu, capped=(cents, ceu) != (gives.cents, gives.ceu_hundredths))


def take(use: Limited, share: Share) -> None:
    """Count `share` as used."""
    use.count += 1
    use.cents += share.cents
    use.ceu_hundredths += share.ceu_hundredths


def give_back(use: Limited, share: Amounts) -> None:
    """Undo `take` for a share (or the Grant that holds it), so that another badge can use it this year."""
    use.count -= 1
    use.cents -= share.cents
    use.ceu_hundredths -= share.ceu_hundredths


def year_start(day: date, month: int) -> date:
    """The first day of the year that `day` lies in, when years start on the first of `month`."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def _within(amount: int, used: int, limit: int | None) -> int:
    return amount if limit is None else max(0, min(amount, limit - used))
