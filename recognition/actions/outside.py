"""From a badge of an accepted outside issuer to what it gives, under the rules of the tenants that accept it."""

from django.db import transaction

from badges.models import OutsideBadge
from badges.outside import equivalences_of
from recognition.actions.following import ENDED, cancel_all, make_grant
from recognition.matching import Thing, counts, homes, in_force, issuers_in_catalog
from recognition.models import Grant, Policy
from tenants.scope import inside

State = OutsideBadge.State


def follow_outside(badge: OutsideBadge) -> None:
    """Bring the grants of an outside badge to where its state puts them. Doing it twice changes nothing.

    As with badges of ours, one that is on hold or has run out keeps what it gave. One that the earner took out of the
    passport is waited for no longer; what was honored for it stays honored.
    """
    if badge.is_in_force:
        grant_all(badge)
    elif badge.state in (State.REVOKED, State.BROKEN):
        cancel_all(badge)
    elif badge.state == State.REMOVED:
        cancel_all(badge, ended=(*ENDED, Grant.State.HONOURED))


def grant_all(badge: OutsideBadge) -> list[Grant]:
    """Make the grants of `badge` that it does not have yet: it counts as what each tenant takes it for."""
    at = homes(badge.earner_id)
    grants = []
    for each in equivalences_of(badge).filter(accepted__tenant__in=at):
        tenant = each.accepted.tenant
        thing = Thing(each.micro_credential.tenant_id, each.micro_credential_id, from_elsewhere=True)
        policies = Policy.objects.filter(tenant=tenant).exclude(state=Policy.State.DRAFT).order_by("id")
        seen = issuers_in_catalog(tenant)
        for policy in policies.select_related("tenant"):
            if in_force(policy, tenant.local_date(badge.awarded_at)) and counts(policy, thing, seen):
                with inside(tenant), transaction.atomic():
                    grants.append(make_grant(policy, badge))
    return [grant for grant in grants if grant is not None]
