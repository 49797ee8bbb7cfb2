"""Business days, as schools count them."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    """Public holidays of a country (ISO 3166 code) and, where given, its state. Unknown codes have none."""
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:
        return frozenset()


def add_business_days(
    start: date, days: int, *, country: str = "", subdivision: str = "", closed: Collection[date] = ()
) -> date:
    """The date `days` business days after `start`: weekends, public holidays and `closed` days do not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in closed and day not in public_holidays(country, subdivision, day.year):
            days -= 1
    return day


def business_days_between(
    start: date, end: date, *, country: str = "", subdivision: str = "", closed: Collection[date] = ()
) -> int:
    """How many business days lie after `start`, up to and with `end`. 0 when `end` is not later."""
    days, day = 0, start
    while day < end:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in closed and day not in public_holidays(country, subdivision, day.year):
            days += 1
    return days
