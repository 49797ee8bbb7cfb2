"""The arithmetic of limits, over random years: never above a limit, nothing lost, order irrelevant to the sum."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.caps import Share, Tally, give_back, share_left, take, year_start


@dataclass(frozen=True)
class Gives:
    cents: int
    ceu_hundredths: int


amounts = st.builds(Gives, st.integers(0, 200), st.integers(0, 30)).filter(lambda a: a.cents or a.ceu_hundredths)
limit = st.none() | st.integers(0, 600)
years = st.builds(Tally, st.none() | st.integers(1, 8), limit, limit)
steps = st.lists(st.integers(-10, 30), max_size=40)  # negative: give back one of those held


@given(amounts, years, steps)
def test_a_year_stays_within_its_limits_and_adds_up(gives, year, sequence):
    held: list[Share] = []
    for step in sequence:
        if step < 0 and held:
            give_back(year, held.pop(step % len(held)))
        elif step >= 0:
            share = share_left(gives, year)
            if share is not None:
                take(year, share)
                held.append(share)
        assert (year.count, year.cents, year.ceu_hundredths) == (
            len(held), sum(each.cents for each in held), sum(each.ceu_hundredths for each in held),
        )  # fmt: skip
        assert year.max_count is None or year.count <= year.max_count
        assert year.max_cents is None or year.cents <= max(year.max_cents, 0)
        assert year.max_ceu_hundredths is None or year.ceu_hundredths <= year.max_ceu_hundredths


@given(amounts, years)
def test_a_year_is_used_up_exactly(gives, year):
    """Taking until nothing is left ends at a limit, or goes on when no limit binds."""
    for _turn in range(1_300):  # more than any limit leaves room for: two units, one at a time
        share = share_left(gives, year)
        if share is None:
            break
        assert share.cents + share.ceu_hundredths > 0
        assert share.capped == ((share.cents, share.ceu_hundredths) != (gives.cents, gives.ceu_hundredths))
        take(year, share)
    if share_left(gives, year) is None:
        by_count = year.count == year.max_count
        by_cents = not gives.cents or year.cents == year.max_cents
        by_ceu = not gives.ceu_hundredths or year.ceu_hundredths == year.max_ceu_hundredths
        assert by_count or (by_cents and by_ceu)
    else:
        endless_cents = gives.cents and year.max_cents is None
        endless_ceu = gives.ceu_hundredths and year.max_ceu_hundredths is None
        assert year.max_count is None
        assert endless_cents or endless_ceu


def test_three_thousand_dollars_in_five_hundreds_is_six_badges():
    year = Tally(max_count=6, max_cents=300_000)
    given_out = []
    while (share := share_left(Gives(50_000, 0), year)) is not None:
        take(year, share)
        given_out.append(share.cents)
    assert given_out == [50_000] * 6


@pytest.mark.parametrize(
    ("day", "month", "starts"),
    [
        (date(2026, 6, 30), 7, date(2025, 7, 1)),
        (date(2026, 7, 1), 7, date(2026, 7, 1)),
        (date(2027, 1, 1), 1, date(2027, 1, 1)),
        (date(2026, 12, 31), 1, date(2026, 1, 1)),
        (date(2028, 2, 29), 3, date(2027, 3, 1)),
    ],
)
def test_years_start_on_the_first_of_their_month(day, month, starts):
    assert year_start(day, month) == starts
