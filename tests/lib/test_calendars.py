"""Business days are counted as schools count them."""

from datetime import UTC, date, datetime

import pytest

from lib import clock
from lib.calendars import add_business_days, public_holidays
from tenants.models import Closure, Tenant


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),  # Monday
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # over a weekend
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # from a Saturday
        (date(2026, 3, 2), 10, date(2026, 3, 16)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),  # Christmas and a weekend
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # over the year's end
    ],
)
def test_weekends_and_holidays_do_not_count(start: date, days: int, due: date):
    assert add_business_days(start, days, country="US") == due


def test_states_have_holidays_of_their_own():
    west_virginia_day = date(2025, 6, 20)  # a Friday
    assert west_virginia_day in public_holidays("US", "WV", 2025)
    assert add_business_days(date(2025, 6, 19), 1, country="US", subdivision="WV") == date(2025, 6, 23)
    assert add_business_days(date(2025, 6, 19), 1, country="US") == west_virginia_day


def test_closed_days_do_not_count():
    closed = {date(2026, 3, 3), date(2026, 3, 4)}
    assert add_business_days(date(2026, 3, 2), 1, closed=closed) == date(2026, 3, 5)


@pytest.mark.parametrize(("country", "state"), [("ZZ", ""), ("", ""), ("US", "QQ")])
def test_unknown_places_have_weekends_only(country: str, state: str):
    assert add_business_days(date(2026, 12, 24), 1, country=country, subdivision=state) == date(2026, 12, 25)


@pytest.mark.django_db
def test_a_tenant_counts_from_its_own_day_by_its_own_calendar():
    tenant = Tenant.objects.create(slug="far", name="Far", time_zone="Pacific/Honolulu", country="US", subdivision="HI")
    Closure.objects.create(tenant=tenant, day=date(2026, 3, 3), name="Storm")
    with clock.at(datetime(2026, 3, 3, 5, tzinfo=UTC)):  # Monday evening in Honolulu
        assert tenant.local_date() == date(2026, 3, 2)
        assert tenant.due_date(1) == date(2026, 3, 4)
