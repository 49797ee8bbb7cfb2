"""Which rules a badge falls under, and whether its earner is someone a rule is for.

`counts` and `is_for` are the only places that decide this: new badges, "try it on last year" and the pages that say
what a micro-credential counts for all ask here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from django.db.models import Q, QuerySet

from badges.models import Badge
from credentials.models import Edition, Stack
from credentials.queries import issuers_seen_by
from recognition.models import Policy
from tenants.members import ancestors
from tenants.models import Membership, StaffRecord, Tenant


@dataclass(frozen=True)
class Thing:
    """What can be earned, as far as rules care: whose it is and which micro-credential or stack."""

    issuer: UUID
    micro_credential: UUID | None = None
    stack: UUID | None = None
    from_elsewhere: bool = False  # a badge of an outside issuer that counts as this, but is not from this issuer

    @classmethod
    def of(cls, what: Badge | Edition | Stack) -> Self:
        """From a badge, an edition or a stack."""
        if isinstance(what, Stack):
            return cls(what.tenant_id, stack=what.id)
        if isinstance(what, Edition):
            return cls(what.micro_credential.tenant_id, micro_credential=what.micro_credential_id)
        edition = what.edition
        return cls(what.tenant_id, edition.micro_credential_id if edition else None, what.stack_id)


def counts(policy: Policy, thing: Thing, seen: Collection[UUID]) -> bool:
    """Whether `policy` is about `thing`. `seen` are the issuers in the catalog of the policy's tenant.

    “Any micro-credential we list” means micro-credentials only: a stack of them would otherwise pay a second time.
    """
    if policy.target == Policy.Target.MICRO_CREDENTIAL:
        return thing.micro_credential == policy.micro_credential_id
    if policy.target == Policy.Target.STACK:
        return thing.stack == policy.stack_id
    if policy.target == Policy.Target.ISSUER:
        return thing.issuer == policy.issuer_id and not thing.from_elsewhere
    return thing.micro_credential is not None and thing.issuer in seen


def is_for(policy: Policy, staff: StaffRecord | None) -> bool:
    """Whether a member with this roster entry is someone the rule is for. Without an entry we cannot tell: no."""
    if not policy.full_time_only and not policy.job_classes:
        return True
    if staff is None or (policy.full_time_only and not staff.full_time):
        return False
    return not policy.job_classes or normal(staff.job_class) in {normal(each) for each in policy.job_classes}


def normal(job: str) -> str:
    """A job class for comparing: “Bus  Driver” in the roster is “bus driver” in the rule."""
    return " ".join(job.split()).casefold()


def in_force(policy: Policy, day: date) -> bool:
    """Whether `day` (in the tenant's zone) is within the dates of a rule that has been switched on."""
    if policy.state == Policy.State.DRAFT:
        return False
    return policy.starts_on <= day and (policy.ends_on is None or day <= policy.ends_on)


def issuers_in_catalog(tenant: Tenant) -> set[UUID]:
    """Ids of the issuers whose micro-credentials `tenant` lists."""
    return set(Tenant.objects.filter(issuers_seen_by(tenant)).values_list("id", flat=True))


def homes(user_id: UUID) -> set[UUID]:
    """The tenants whose rules can be for a person: those they are a member of, and all above them."""
    held = Membership.objects.filter(user_id=user_id, active=True).select_related("tenant__parent__parent__parent")
    return lineage(each.tenant for each in held)


def lineage(tenants: Iterable[Tenant]) -> set[UUID]:
    """The ids of some tenants and of all tenants above them."""
    return {each.id for tenant in tenants for each in (tenant, *ancestors(tenant))}


def below(tenant: Tenant) -> Q:
    """Condition on `Tenant`: this one and those below it (a state's districts, their schools)."""
    levels = ("", "parent__", "parent__parent__", "parent__parent__parent__")
    return Q(*((f"{level}id", tenant.id) for level in levels), _connector=Q.OR)


def members_of(tenant: Tenant) -> QuerySet[Membership]:
    """The active memberships whose people the rules of `tenant` can be for."""
    return Membership.objects.filter(active=True, tenant__in=Tenant.objects.filter(below(tenant)))
