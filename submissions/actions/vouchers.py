"""Vouchers and rules about who pays nothing: what admins set up."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.ids import short_code
from submissions.fees import groups_to_free, hash_code
from submissions.models import FreeFor, Voucher
from tenants.audit import record
from tenants.models import Tenant
from tenants.roles import Member, require

MOST_USES = 100_000
CODE_LENGTH = 12  # of 25 signs: nobody guesses one


@transaction.atomic
def make_voucher(*, by: Member, label: str, uses: int, expires_on: date | None = None) -> tuple[Voucher, str]:
    """A new voucher and its code, which is shown once and kept nowhere."""
    require(by, "fee.manage")
    label = label.strip()
    if not label:
        raise Invalid(_("Say for whom or what this voucher is."), field="label")
    if not 1 <= uses <= MOST_USES:
        raise Invalid(_("Choose a number from 1 to %(most)s.") % {"most": MOST_USES}, field="uses")
    if expires_on and expires_on < by.tenant.local_date():
        raise Invalid(_("This day has passed. Choose today or a later day."), field="expires_on")
    code = "-".join(short_code(4) for _part in range(CODE_LENGTH // 4))
    voucher = Voucher.objects.create(
        code_hash=hash_code(code), label=label[:120], uses=uses, expires_on=expires_on, made_by=by.user
    )
    record(by, "voucher.made", voucher, uses=uses, expires_on=expires_on and expires_on.isoformat())
    return voucher, code


@transaction.atomic
def withdraw_voucher(*, by: Member, voucher: Voucher) -> Voucher:
    """Nobody can use it from now on; what was settled with it stays settled."""
    require(by, "fee.manage")
    voucher = Voucher.objects.select_for_update().get(pk=voucher.pk)
    if voucher.withdrawn_at is not None:
        raise RuleBroken(_("This voucher was withdrawn already."), code="withdrawn")
    voucher.withdrawn_at = clock.now()
    voucher.save(update_fields=["withdrawn_at"])
    record(by, "voucher.withdrawn", voucher, used=voucher.used)
    return voucher


@transaction.atomic
def make_free(*, by: Member, group: Tenant) -> FreeFor:
    """From now on the people of `group` pay nothing; open fees of theirs are settled when they next look or send."""
    require(by, "fee.manage")
    if not groups_to_free(by.tenant).filter(pk=group.pk).exists():
        raise Invalid(_("Choose one of the groups in the list."), field="group")
    rule = FreeFor.objects.create(group=group)
    record(by, "fee.rule_added", rule, group=group.slug)
    return rule


@transaction.atomic
def end_free(*, by: Member, rule: FreeFor) -> None:
    """The people of a group pay again; what was settled stays settled."""
    require(by, "fee.manage")
    record(by, "fee.rule_ended", rule, group=rule.group.slug)
    rule.delete()
