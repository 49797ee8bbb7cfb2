"""What editions cost, and how fees stand. Reads only; what is done about them is in actions.paying."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.crypto import salted_hmac

from credentials.models import Edition
from submissions.models import Fee, FreeFor, Payment, Voucher, Work
from tenants.models import Membership, Partnership, Tenant

_CODE_NOISE = str.maketrans("", "", " -\t\r\n")
TABS = {
    "open": [Fee.State.DUE, Fee.State.INVOICED, Fee.State.CANCELLED],
    "settled": [Fee.State.PAID, Fee.State.WAIVED, Fee.State.VOUCHER, Fee.State.REFUNDED],
}
CSV_COLUMNS = ("invoice", "person", "email", "micro_credential", "amount", "currency", "state", "invoiced", "changed",
               "reference")  # fmt: skip


@dataclass(frozen=True)
class Money:
    """An amount in the smallest unit of its currency."""

    cents: int
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {self.cents // 100:,}.{self.cents % 100:02}"


def fee_of(edition: Edition) -> Money | None:
    """What it costs to have work on this edition assessed; None where that is free."""
    if edition.mode != Edition.Mode.PAID or not edition.fee_cents:
        return None
    return Money(edition.fee_cents, edition.fee_currency)


def money_of(fee: Fee) -> Money:
    """The amount of a fee."""
    return Money(fee.cents, fee.currency)


def fee_for(work: Work) -> Fee | None:
    """The fee of a work, if one was asked for yet."""
    return Fee.objects.filter(work=work).first()


def hash_code(code: str) -> str:
    """What is kept of a voucher's code. Keyed, since codes are short enough to be typed."""
    plain = code.translate(_CODE_NOISE).upper()
    return salted_hmac("laurel.voucher", plain, algorithm="sha256").hexdigest()


def is_free_for(work: Work, issuer: Tenant) -> bool:
    """Whether a rule of `issuer` lets this earner pay nothing.

    A rule for another group is for its members. One for the issuer's own people leaves out who came here through a
    partner's catalog: they are members here too, but only to earn.
    """
    groups = set(FreeFor.objects.values_list("group", flat=True))
    if not groups:
        return False
    member_of = set(
        Membership.objects.filter(user=work.earner_id, active=True, tenant__in=groups).values_list("tenant", flat=True)
    )
    if member_of - {issuer.id}:
        return True
    came_through_others = Work.objects.filter(earner=work.earner_id, via__isnull=False).exists()
    return issuer.id in member_of and not came_through_others


def fees(tab: str, words: str = "") -> QuerySet[Fee]:
    """The fees of this tenant under a tab of TABS, newest change first; `words`: part of a name, title or number."""
    found = Fee.objects.filter(state__in=TABS[tab]).select_related("earner", "edition").defer("edition__search")
    if words:
        wanted = Q(earner__name__icontains=words) | Q(earner__email__icontains=words)
        wanted |= Q(edition__title__icontains=words)
        if words.isascii() and words.isdigit() and len(words) < 10:
            wanted |= Q(invoice_number=int(words))
        found = found.filter(wanted)
    return found


def fee_by_id(fee_id: UUID) -> Fee:
    """One fee of this tenant with what it is about. Raises Http404."""
    found = Fee.objects.filter(id=fee_id).select_related("earner", "edition", "work").defer("edition__search").first()
    if found is None:
        raise Http404
    return found


def payments_of(fee: Fee) -> QuerySet[Payment]:
    """What happened to a fee, oldest first."""
    return Payment.objects.filter(fee=fee).select_related("actor")


def vouchers() -> QuerySet[Voucher]:
    """All vouchers of this tenant, newest first."""
    return Voucher.objects.select_related("made_by")


def free_groups() -> QuerySet[FreeFor]:
    """The rules of this tenant about who pays nothing."""
    return FreeFor.objects.select_related("group")


def groups_to_free(issuer: Tenant) -> QuerySet[Tenant]:
    """The issuer, those that list it, and those below it, as far as they are not free already."""
    listing = Partnership.objects.filter(issuer=issuer).values("tenant")
    known = FreeFor.objects.values("group")
    wanted = Q(id=issuer.id) | Q(id__in=listing) | Q(parent=issuer)
    return Tenant.objects.filter(wanted).exclude(id__in=list(known.values_list("group", flat=True))).order_by("name")


def csv_rows(tenant: Tenant) -> Iterator[tuple[object, ...]]:
    """Every fee of this tenant, with the reference of what last happened to it."""
    references: dict[UUID, str] = dict(Payment.objects.order_by("at", "id").values_list("fee", "reference"))
    for fee in Fee.objects.select_related("earner", "edition").defer("edition__search").order_by("created_at", "id"):
        yield (
            fee.invoice_number or "",
            fee.earner.get_full_name(),
            fee.earner.email,
            fee.edition.title,
            f"{fee.cents / 100:.2f}",
            fee.currency,
            fee.state,
            tenant.local_date(fee.invoiced_at).isoformat() if fee.invoiced_at else "",
            tenant.local_date(fee.changed_at).isoformat(),
            references.get(fee.id, ""),
        )
