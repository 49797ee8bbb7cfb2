"""The ledger holds in the database itself, whatever code writes to it; and so do the limits."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.db.utils import InternalError

from lib import clock
from lib.ids import uuid7
from recognition.actions.grants import honour
from recognition.models import LedgerEntry, YearUse
from tests.recognition.scene import badge, day, edition, grants, policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(cast):
    with clock.at(day(2026, 10, 5)):
        policy(cast, max_cents=100_000)
        badge(cast, edition(cast))
        return grants(cast)[0]


def row(grant, **changes):
    given = {"booking": uuid7(), "grant": grant, "earner": grant.earner, "account": "earner", "unit": "cents"}
    return LedgerEntry(**{**given, "amount": 100, **changes})


def write(*rows):
    """Rows as some careless code might write them, then what Postgres checks at commit."""
    for each in rows:
        each.save()
    commit_checks()


def commit_checks():
    """What Postgres does at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_unbalanced_booking_is_refused(cast, grant):
    with cast.inside(), pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        write(row(grant))


def test_the_balance_is_checked_also_after_the_tenant_was_left(cast, grant):
    with cast.inside():
        row(grant).save()
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        commit_checks()
    with connection.cursor() as cursor:  # the row itself cannot be deleted: let the test end with a balance
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with cast.inside():
        booked = LedgerEntry.objects.get()
        row(grant, booking=booked.booking, account="budget", amount=-100).save()


def test_units_balance_each_on_their_own(cast, grant):
    booking = uuid7()
    with cast.inside():
        rows = [row(grant, booking=booking), row(grant, booking=booking, account="budget", unit="ceu", amount=-100)]
    with cast.inside(), pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        write(*rows)


def test_a_balanced_booking_stands(cast, grant):
    with cast.inside():
        honour(by=cast.by(cast.rao), grant=grant)
    commit_checks()
    with cast.inside():
        assert LedgerEntry.objects.aggregate(total=Sum("amount"))["total"] == 0


def test_rows_are_never_changed_or_deleted(cast, grant):
    with cast.inside():
        honour(by=cast.by(cast.rao), grant=grant)
        for act in (lambda rows: rows.update(note="x"), lambda rows: rows.delete()):
            with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
                act(LedgerEntry.objects.all())


def test_a_zero_row_is_refused(cast, grant):
    with cast.inside(), pytest.raises(IntegrityError, match="ledger_amount_is_not_zero"), transaction.atomic():
        row(grant, amount=0).save()


def test_the_database_holds_the_limits(cast, grant):
    with cast.inside(), pytest.raises(IntegrityError, match="use_is_within_the_caps"), transaction.atomic():
        YearUse.objects.update(cents=100_001)


def test_another_tenant_cannot_book_on_a_grant(cast, grant):
    booking = uuid7()
    with cast.inside(cast.harbor):
        rows = [row(grant, booking=booking), row(grant, booking=booking, account="budget", amount=-100)]
        with pytest.raises(IntegrityError, match="same_tenant"), transaction.atomic():
            write(*rows)
        assert not LedgerEntry.objects.exists()
