"""Fees: asked for once a work, settled by payment, waiver, voucher or rule. Every step adds a Payment row."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from submissions import mail
from submissions.fees import fee_of, hash_code, is_free_for, money_of
from submissions.models import Fee, Payment, Voucher, VoucherUse, Work
from submissions.payments import adapter
from tenants.audit import record
from tenants.models import Tenant
from tenants.roles import Member, require

State, Kind = Fee.State, Payment.Kind
MOST_CHARACTERS = 120


@transaction.atomic
def ask_fee(*, by: Member, work: Work) -> Fee | None:
    """The fee of a work, made now if there is none; None where the edition is free. A rule of the issuer settles it."""
    money = fee_of(work.edition)
    if money is None:
        return None
    Work.objects.select_for_update(no_key=True).get(pk=work.pk)  # the second of two requests finds what the first made
    fee = Fee.objects.select_for_update().filter(work=work).first()
    if fee is None:
        fee = Fee.objects.create(
            work=work, earner_id=work.earner_id, edition_id=work.edition_id, cents=money.cents, currency=money.currency
        )
        record(by, "fee.asked", fee, cents=fee.cents, currency=fee.currency)
    if not fee.is_settled and fee.state != State.REFUNDED and is_free_for(work, by.tenant):
        _step(fee, State.WAIVED, Kind.WAIVER, _("By the rules of %(tenant)s") % {"tenant": by.tenant.name}, by=None)
        record(by, "fee.waived", fee, rule=True)
    return fee


def require_settled(*, by: Member, work: Work) -> None:
    """Raise RuleBroken (409) while the fee of a work is open. What a rule makes free is settled here and now."""
    fee = ask_fee(by=by, work=work)
    if fee is not None and not fee.is_settled:
        raise RuleBroken(
            _("A fee of %(money)s is due before reviewers get this. Open “Fee” to pay or to use a voucher.")
            % {"money": money_of(fee)},
            code="fee-due",
        )


@transaction.atomic
def invoice(*, by: Member, work: Work) -> Fee:
    """Ask for the invoice of one's own fee. Asking twice gives the same one."""
    require(by, "fee.see", work)
    fee = ask_fee(by=by, work=work)
    if fee is None:
        raise RuleBroken(_("This costs nothing, so there is no invoice."), code="free")
    if fee.state == State.INVOICED or fee.is_settled:
        return fee
    Tenant.objects.select_for_update(no_key=True).get(pk=by.tenant.pk)  # numbers of invoices have no gaps
    last = Fee.objects.aggregate(last=Max("invoice_number"))["last"] or 0
    fee.invoice_number = last + 1
    fee.invoiced_at = clock.now()
    fee.pay_by = by.tenant.local_date() + timedelta(days=settings.INVOICE_DAYS)
    fee.save(update_fields=["invoice_number", "invoiced_at", "pay_by"])
    _step(fee, State.INVOICED, Kind.INVOICE, _("Invoice %(number)s") % {"number": fee.invoice_number}, by=by)
    record(by, "fee.invoiced", fee, number=fee.invoice_number)
    mail.invoice(fee, tenant=by.tenant)
    return fee


@transaction.atomic
def book_payment(*, by: Member, fee: Fee, reference: str) -> Fee:
    """The money arrived, says an admin or an adapter's callback. Booking twice is refused (409)."""
    fee = _locked(by, fee)
    _step(fee, State.PAID, Kind.PAYMENT, _text(reference, _("Give the number of the transfer or the receipt.")), by=by)
    record(by, "fee.paid", fee, cents=fee.cents)
    mail.fee_settled(fee, tenant=by.tenant)
    return fee


@transaction.atomic
def waive(*, by: Member, fee: Fee, reason: str) -> Fee:
    """Let someone pay nothing, with the reason."""
    fee = _locked(by, fee)
    _step(fee, State.WAIVED, Kind.WAIVER, _text(reason, _("Say why this costs nothing.")), by=by)
    record(by, "fee.waived", fee, rule=False)
    mail.fee_settled(fee, tenant=by.tenant)
    return fee


@transaction.atomic
def cancel(*, by: Member, fee: Fee, reason: str) -> Fee:
    """Take an invoice back that was not paid. The earner can ask for a new one."""
    fee = _locked(by, fee)
    _step(fee, State.CANCELLED, Kind.CANCELLED, _text(reason, _("Say why the invoice is cancelled.")), by=by)
    record(by, "fee.cancelled", fee)
    return fee


@transaction.atomic
def refund(*, by: Member, fee: Fee, reference: str) -> Fee:
    """Pay the money back. `reference` is needed where the way to pay does not send it back by itself."""
    fee = _locked(by, fee)
    if fee.state != State.PAID:
        raise RuleBroken(_("Only what was paid can be paid back."), code="not-paid")
    sent = adapter().refund(fee)
    sent = sent or _text(reference, _("Give the number of the transfer that pays it back."))
    _step(fee, State.REFUNDED, Kind.REFUND, sent, by=by)
    record(by, "fee.refunded", fee, cents=fee.cents)
    return fee


@transaction.atomic
def redeem(*, by: Member, work: Work, code: str) -> Fee:
    """Settle one's own fee with a voucher. Each of its uses counts once, whoever comes at the same moment."""
    require(by, "fee.see", work)
    fee = ask_fee(by=by, work=work)
    if fee is None:
        raise RuleBroken(_("This costs nothing, so no voucher is needed."), code="free")
    if fee.is_settled:
        raise RuleBroken(_("This fee is settled already, so your voucher was not used."), code="settled")
    voucher = Voucher.objects.select_for_update().filter(code_hash=hash_code(code), withdrawn_at=None).first()
    if voucher is None:
        raise Invalid(_("We do not know this code. Check each letter, or ask who gave it to you."), field="code")
    if voucher.expires_on and voucher.expires_on < by.tenant.local_date():
        raise Invalid(_("This voucher has run out. Ask for a new one."), field="code")
    if voucher.used >= voucher.uses:
        raise Invalid(_("This voucher was used as often as it can be. Ask for a new one."), field="code")
    voucher.used += 1
    voucher.save(update_fields=["used"])
    VoucherUse.objects.create(voucher=voucher, fee=fee, number=voucher.used)
    _step(fee, State.VOUCHER, Kind.VOUCHER, voucher.label, by=by)
    record(by, "fee.voucher_used", fee, voucher=str(voucher.id), number=voucher.used)
    return fee


def _locked(by: Member, fee: Fee) -> Fee:
    require(by, "fee.manage", fee)
    return Fee.objects.select_for_update(of=("self",)).select_related("earner", "edition").get(pk=fee.pk)


def _step(fee: Fee, to: str, kind: str, reference: str, *, by: Member | None) -> None:
    move(fee, to)
    fee.changed_at = clock.now()
    fee.save(update_fields=["state", "changed_at"])
    Payment.objects.create(fee=fee, kind=kind, cents=fee.cents, reference=reference, actor=by and by.user)


def _text(text: str, missing: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        raise Invalid(missing, field="reference")
    if len(text) > MOST_CHARACTERS:
        raise Invalid(_("Cut this to %(n)s characters.") % {"n": MOST_CHARACTERS}, field="reference")
    return text
