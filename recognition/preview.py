"""“Try it on last year”: what a rule would have given for badges that were earned, without writing anything."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from badges.models import Badge
from lib import clock
from recognition.caps import Tally, share_left, take, year_start
from recognition.matching import Thing, counts, is_for, issuers_in_catalog, members_of
from recognition.models import Policy
from tenants.models import StaffRecord, Tenant

SPAN = timedelta(days=365)


@dataclass
class Trial:
    """What came out. Amounts in cents and hundredths of an hour."""

    people: int = 0
    badges: int = 0  # that gave something
    cents: int = 0
    ceu_hundredths: int = 0
    smaller: int = 0  # badges that a limit made worth less
    nothing_left: int = 0  # badges that a limit left with nothing
    not_eligible: int = 0  # badges of people the rule is not for


def badges_of_members(tenant: Tenant) -> QuerySet[Badge]:
    """Badges in good standing of everyone whom the rules of `tenant` can be for, in the order they were earned."""
    earners = members_of(tenant).values("user")
    return Badge.objects.filter(earner__in=earners, state=Badge.State.ISSUED).order_by("awarded_at", "id")


def try_on_last_year(policy: Policy) -> Trial:
    """Run a rule, saved or not, over the badges of the last 365 days as if it had been on. Its dates are not used."""
    tenant = policy.tenant
    staff = {each.user_id: each for each in StaffRecord.objects.all()}
    seen = issuers_in_catalog(tenant)
    trial, uses, paid = Trial(), {}, set()
    earned = badges_of_members(tenant).filter(awarded_at__gte=clock.now() - SPAN)
    columns = ("earner_id", "awarded_at", "tenant_id", "edition__micro_credential_id", "stack_id")
    for earner, awarded_at, issuer, micro_credential, stack in earned.values_list(*columns).iterator(2000):
        if not counts(policy, Thing(issuer, micro_credential, stack), seen):
            continue
        if not is_for(policy, staff.get(earner)):
            trial.not_eligible += 1
            continue
        year = year_start(tenant.local_date(awarded_at), policy.year_starts_month)
        use = uses.setdefault((earner, year), Tally(policy.max_count, policy.max_cents, policy.max_ceu_hundredths))
        _count(trial, paid, earner, policy, use)
    trial.people = len(paid)
    return trial


def _count(trial: Trial, paid: set[UUID], earner: UUID, policy: Policy, use: Tally) -> None:
    share = share_left(policy, use)
    if share is None:
        trial.nothing_left += 1
        return
    take(use, share)
    paid.add(earner)
    trial.badges += 1
    trial.smaller += share.capped
    trial.cents += share.cents
    trial.ceu_hundredths += share.ceu_hundredths
