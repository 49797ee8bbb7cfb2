"""Rules as their tenant's people see them, and what a micro-credential is worth under them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet, Sum
from django.http import Http404

from badges.models import Badge
from credentials.models import Edition, Stack
from recognition.caps import Share, Tally, share_left, year_start
from recognition.matching import Thing, below, counts, homes, in_force, is_for, issuers_in_catalog, lineage
from recognition.models import Grant, LedgerEntry, Policy, YearUse
from tenants.members import ancestors
from tenants.models import Partnership, StaffRecord, Tenant, User
from tenants.scope import inside

SHOWN_ON_A_BADGE = 30
_EDITIONS = Prefetch(
    "micro_credential__editions", Edition.objects.only("id", "title", "number", "state", "micro_credential")
)


def policies() -> QuerySet[Policy]:
    """Every rule, with all that its sentence needs."""
    related = ("tenant__parent__parent__parent", "micro_credential", "stack", "issuer")
    return Policy.objects.select_related(*related).prefetch_related(_EDITIONS)


def policies_of(tenant: Tenant, *, drafts: bool) -> list[Policy]:
    """The rules of `tenant`: active first, then drafts (where they may be seen), then ended ones."""
    found = policies().filter(tenant=tenant)
    if not drafts:
        found = found.exclude(state=Policy.State.DRAFT)
    order = [Policy.State.ACTIVE, Policy.State.DRAFT, Policy.State.ENDED]
    return sorted(found, key=lambda each: (order.index(Policy.State(each.state)), each.title))


def policies_above(tenant: Tenant) -> list[Policy]:
    """Active rules of the tenants above `tenant`: they are for its people too."""
    above = [each.id for each in ancestors(tenant)]
    return list(policies().filter(tenant__in=above, state=Policy.State.ACTIVE)) if above else []


def policy_by_id(tenant: Tenant, policy_id: UUID, *, drafts: bool) -> Policy:
    """One rule of `tenant`. Raises Http404, also for drafts unless they may be seen."""
    found = policies().select_related("created_by").filter(tenant=tenant, id=policy_id).first()
    if found is None or (found.state == Policy.State.DRAFT and not drafts):
        raise Http404
    return found


@dataclass(frozen=True)
class Standing:
    """How one rule stands this year, over all people. Amounts in cents and hundredths of an hour."""

    year_starts: date
    people: int
    badges: int
    waiting_cents: int
    honoured_cents: int
    honoured_ceu: int


def standing(policy: Policy) -> Standing:
    """Sums over the year's grants of a rule of the active tenant. Money counts where the ledger has it."""
    starts = year_start(policy.tenant.local_date(), policy.year_starts_month)
    this_year = Grant.objects.filter(policy=policy, use__year_starts=starts)
    live = this_year.exclude(state__in=[Grant.State.DECLINED, Grant.State.CANCELLED])
    waiting = this_year.filter(state__in=[Grant.State.PENDING, Grant.State.ASKED])
    booked = LedgerEntry.objects.filter(
        grant__policy=policy, grant__use__year_starts=starts, account=LedgerEntry.Account.EARNER
    ).order_by()
    units = dict(booked.values_list("unit").annotate(total=Sum("amount")))
    return Standing(
        year_starts=starts,
        people=live.order_by().values("earner").distinct().count(),
        badges=live.count(),
        waiting_cents=waiting.aggregate(total=Sum("cents", default=0))["total"],
        honoured_cents=units.get(LedgerEntry.Unit.CENTS, 0),
        honoured_ceu=units.get(LedgerEntry.Unit.CEU_HUNDREDTHS, 0),
    )


@dataclass(frozen=True)
class Offer:
    """What one rule offers for one thing. The last three are None for visitors, who have no year and no job here."""

    policy: Policy
    starts_later: bool
    eligible: bool | None = None
    use: YearUse | Tally | None = None
    next_share: Share | None = None


def what_it_counts_for(thing: Edition | Stack, *, viewer: User | AnonymousUser, tenant: Tenant) -> list[Offer]:
    """The rules under which earning `thing` gives something: those of the viewer's tenants and all above them.

    For visitors, and people who belong nowhere, those of `tenant`. Own rows of the viewer are read for what is left.
    """
    mine = homes(viewer.id) if viewer.is_authenticated else set()
    found = []
    about = Thing.of(thing)
    seen: dict[UUID, set[UUID]] = {}
    for policy in policies().filter(tenant__in=mine or lineage([tenant]), state=Policy.State.ACTIVE):
        today = policy.tenant.local_date()
        if policy.ends_on is not None and policy.ends_on < today:
            continue
        if policy.tenant_id not in seen:
            seen[policy.tenant_id] = issuers_in_catalog(policy.tenant)
        if counts(policy, about, seen[policy.tenant_id]):
            found.append(policy)
    if mine:
        return _offers(found, viewer)
    return [Offer(policy, policy.starts_on > policy.tenant.local_date()) for policy in found]


def who_honours(badge: Badge) -> list[Policy]:
    """Rules of any tenant under which this badge counts today. Public, like the rules themselves."""
    thing = Thing.of(badge)
    lists_issuer = Q(tenant__in=_tenants_that_list(badge.tenant)) & Q(target=Policy.Target.ANY)
    names_it = Q(issuer=thing.issuer)
    if thing.micro_credential:
        names_it |= Q(micro_credential=thing.micro_credential)
    if thing.stack:
        names_it |= Q(stack=thing.stack)
    found = policies().filter(lists_issuer | names_it, state=Policy.State.ACTIVE).order_by("tenant__name", "title")
    return [
        policy
        for policy in found[:SHOWN_ON_A_BADGE]
        if in_force(policy, policy.tenant.local_date()) and counts(policy, thing, {thing.issuer})
    ]


def _tenants_that_list(issuer: Tenant) -> QuerySet[Tenant]:
    partners = Partnership.objects.filter(issuer=issuer).values("tenant")
    return Tenant.objects.filter(below(issuer) | Q(id__in=partners))


def _offers(found: list[Policy], viewer: User) -> list[Offer]:
    """What rules offer to one person: two queries for each tenant that has any, however many they are."""
    staff: dict[UUID, StaffRecord | None] = {}
    uses: dict[tuple[UUID, date], YearUse] = {}
    for tenant in {policy.tenant_id: policy.tenant for policy in found}.values():
        with inside(tenant):
            staff[tenant.id] = StaffRecord.objects.filter(user=viewer).first()
            for use in YearUse.objects.filter(policy__in=found, earner=viewer):
                uses[use.policy_id, use.year_starts] = use
    return [_offer(policy, staff[policy.tenant_id], uses) for policy in found]


def _offer(policy: Policy, staff: StaffRecord | None, uses: dict[tuple[UUID, date], YearUse]) -> Offer:
    today = policy.tenant.local_date()
    no_use = Tally(policy.max_count, policy.max_cents, policy.max_ceu_hundredths)
    use = uses.get((policy.id, year_start(today, policy.year_starts_month)), no_use)
    return Offer(policy, policy.starts_on > today, is_for(policy, staff), use, share_left(policy, use))


def jobs_on_the_roster() -> list[str]:
    """The job classes that the active tenant's roster names."""
    jobs = StaffRecord.objects.exclude(job_class="").order_by("job_class").values_list("job_class", flat=True)
    return list(jobs.distinct()[:100])
