"""Booking. Every booking is balanced rows that are only ever added; the database refuses anything else."""

from django.db.models import Sum
from django.utils.translation import gettext as _

from lib.ids import uuid7
from recognition.models import Grant, LedgerEntry

Account = LedgerEntry.Account
Unit = LedgerEntry.Unit


def book(grant: Grant) -> None:
    """Move what the grant gives from the budget to the earner: one pair of rows for each unit."""
    _move(grant, {Unit.CENTS: grant.cents, Unit.CEU_HUNDREDTHS: grant.ceu_hundredths}, note=_("Honored"))


def take_back(grant: Grant) -> None:
    """Reverse all that was booked for the grant, as new rows."""
    owed = LedgerEntry.objects.filter(grant=grant, account=Account.EARNER).order_by().values_list("unit")
    amounts = {unit: -total for unit, total in owed.annotate(total=Sum("amount"))}
    _move(grant, amounts, note=_("The badge was taken back"))


def _move(grant: Grant, amounts: dict[str, int], *, note: str) -> None:
    booking = uuid7()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            booking=booking,
            grant=grant,
            earner_id=grant.earner_id,
            account=account,
            unit=unit,
            amount=sign * amount,
            note=note,
        )
        for unit, amount in amounts.items()
        if amount
        for account, sign in ((Account.BUDGET, -1), (Account.EARNER, 1))
    )
