"""LedgerEntry: double entry, append-only. A correction is new rows, never a change."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from recognition.models.grant import Grant
from tenants.models import ScopedModel, User


class LedgerEntry(ScopedModel):
    """One side of a booking. All entries of one `booking` and unit add up to zero (a deferred trigger says so)."""

    class Account(models.TextChoices):
        BUDGET = "budget", _("Budget")
        EARNER = "earner", _("Owed to the educator")

    class Unit(models.TextChoices):
        CENTS = "cents", _("US cents")
        CEU_HUNDREDTHS = "ceu", _("Hundredths of a CEU hour")

    booking = models.UUIDField()
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    account = models.CharField(max_length=10, choices=Account)
    unit = models.CharField(max_length=8, choices=Unit)
    amount = models.BigIntegerField()  # signed, in the unit
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="ledger_amount_is_not_zero", condition=~models.Q(amount=0)),
            models.UniqueConstraint(fields=["booking", "account", "unit"], name="one_entry_an_account"),
        ]
        indexes = [models.Index(fields=["tenant", "earner", "unit"], name="ledger_by_earner")]
        triggers = [
            pgtrigger.Protect(name="ledger_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ledger_balances",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                declare=[("stamped", "text"), ("total", "numeric")],
                # It runs at commit, when a worker may have left the tenant again: so it steps in for its own look.
                func="""
                    stamped := current_setting('app.tenant', true);
                    PERFORM set_config('app.tenant', NEW.tenant_id::text, true);
                    SELECT sum(amount) INTO total FROM recognition_ledgerentry
                        WHERE tenant_id = NEW.tenant_id AND booking = NEW.booking AND unit = NEW.unit;
                    PERFORM set_config('app.tenant', coalesce(stamped, ''), true);
                    IF total IS DISTINCT FROM 0 THEN
                        RAISE EXCEPTION 'booking % does not balance', NEW.booking USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount} {self.unit}"
