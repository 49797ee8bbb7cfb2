"""Fee: what a work costs its earner before it is first sent, how that was settled, and what settles it."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition
from lib import clock
from lib.transitions import moves
from submissions.models.work import Work
from tenants.models import ScopedModel, Tenant, User

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Fee(ScopedModel):
    """One a work: it is settled once and covers every try. The amount is that of the edition, which is frozen."""

    class State(models.TextChoices):
        DUE = "due", _("To be paid")
        INVOICED = "invoiced", _("Invoice sent")
        PAID = "paid", _("Paid")
        WAIVED = "waived", _("Free of charge")
        VOUCHER = "voucher", _("Paid by voucher")
        REFUNDED = "refunded", _("Paid back")
        CANCELLED = "cancelled", _("Invoice cancelled")

    MOVES = moves(
        State,
        {
            State.DUE: {State.INVOICED, State.WAIVED, State.VOUCHER},
            State.INVOICED: {State.PAID, State.WAIVED, State.VOUCHER, State.CANCELLED},
            State.CANCELLED: {State.INVOICED, State.WAIVED, State.VOUCHER},
            State.PAID: {State.REFUNDED},
            State.WAIVED: set(),
            State.VOUCHER: set(),
            State.REFUNDED: {State.INVOICED, State.WAIVED, State.VOUCHER},
        },
    )
    SETTLED = (State.PAID, State.WAIVED, State.VOUCHER)

    work = models.OneToOneField(Work, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    invoice_number = models.PositiveIntegerField(null=True)
    invoiced_at = models.DateTimeField(null=True)
    pay_by = models.DateField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.CheckConstraint(name="fee_is_some_money", condition=models.Q(cents__gt=0)),
            models.UniqueConstraint(fields=["tenant", "invoice_number"], name="one_fee_an_invoice_number"),
            models.CheckConstraint(
                name="invoice_has_a_number_and_dates",
                condition=models.Q(invoice_number=None, invoiced_at=None, pay_by=None)
                | models.Q(invoice_number__isnull=False, invoiced_at__isnull=False, pay_by__isnull=False),
            ),
            models.CheckConstraint(
                name="what_was_billed_has_an_invoice",
                condition=~models.Q(state__in=["invoiced", "paid", "refunded", "cancelled"])
                | models.Q(invoice_number__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "-changed_at"], name="fee_by_state")]

    def __str__(self) -> str:
        return f"{self.cents} {self.currency}: {self.state}"

    @property
    def is_settled(self) -> bool:
        """Whether the work can be sent as far as money goes."""
        return self.state in self.SETTLED


class Payment(ScopedModel):
    """One thing that happened to a fee. Rows are only ever added; paying back is a row of its own."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        PAYMENT = "payment", _("Payment")
        WAIVER = "waiver", _("Free of charge")
        VOUCHER = "voucher", _("Voucher")
        CANCELLED = "cancelled", _("Invoice cancelled")
        REFUND = "refund", _("Paid back")

    fee = models.ForeignKey(Fee, models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=10, choices=Kind)
    cents = models.PositiveIntegerField()
    reference = models.CharField(max_length=120)  # number of the transfer, of the invoice, or the reason
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: a rule
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="payment_says_for_what", condition=~models.Q(reference="")),
            models.UniqueConstraint(
                fields=["fee", "reference"], condition=models.Q(kind="payment"), name="one_payment_a_reference"
            ),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.kind} {self.cents}"


class Voucher(ScopedModel):
    """A code that settles a fee, so many times. Only a keyed hash of the code is kept."""

    code_hash = models.CharField(max_length=64, editable=False)
    label = models.CharField(_("for whom or what"), max_length=120)
    uses = models.PositiveIntegerField(_("how many times it can be used"))
    used = models.PositiveIntegerField(default=0)
    expires_on = models.DateField(_("last day it can be used"), null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code_hash"], name="one_voucher_a_code"),
            models.CheckConstraint(
                name="voucher_is_not_overdrawn", condition=models.Q(used__lte=models.F("uses"), uses__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.label


class VoucherUse(ScopedModel):
    """One use of a voucher for one fee."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="+")
    fee = models.OneToOneField(Fee, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["voucher", "number"], name="each_use_of_a_voucher_once")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.voucher_id} #{self.number}"


class FreeFor(ScopedModel):
    """A rule of an issuer: the people of `group` pay nothing. Its own people where `group` is the issuer itself."""

    group = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["group__name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "group"], name="free_for_a_group_once")]

    def __str__(self) -> str:
        return f"free for {self.group_id}"
