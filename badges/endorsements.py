"""Reading endorsements: what badges carry of them, and what pages show."""

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from badges.models import Badge, Endorsement
from credentials.models import Edition, Stack
from tenants.models import Membership, Role, Tenant, User

MOST_CARRIED = 20  # of one thing, in a document; the oldest
WITH_THINGS = ("tenant", "edition__micro_credential__tenant", "stack__tenant", "badge__edition", "badge__stack")


def carried(thing: Edition | Stack) -> tuple[dict[str, Any], ...]:
    """The signed endorsements that documents about `thing` embed, oldest first.

    One that was signed with a key that somebody else may have is left out until it is signed anew: it proves nothing.
    """
    found = _standing().filter(**about(thing), key__compromised_at=None).order_by("at", "id")
    documents = found.values_list("document", flat=True)[:MOST_CARRIED]
    return tuple(json.loads(bytes(each)) for each in documents)


def carried_by(badges: Collection[Badge]) -> dict[UUID, tuple[dict[str, Any], ...]]:
    """`carried` of each of these badges itself, by its id, for those that were endorsed. One query."""
    found = _standing().filter(badge__in=badges, key__compromised_at=None).order_by("at", "id")
    endorsed: dict[UUID, tuple[dict[str, Any], ...]] = defaultdict(tuple)
    for badge_id, document in found.values_list("badge", "document") if badges else ():
        endorsed[badge_id] = (*endorsed[badge_id], json.loads(bytes(document)))[:MOST_CARRIED]
    return endorsed


def endorsements_of(badge: Badge) -> list[Endorsement]:
    """What vouches for a badge: for what was earned, and for this badge itself, oldest first. For its page."""
    mine = Q(badge=badge) | (Q(edition=badge.edition_id) if badge.edition_id else Q(stack=badge.stack_id))
    return _shown(_standing().filter(mine))


def endorsements_of_thing(thing: Edition | Stack) -> list[Endorsement]:
    """Who vouches for an edition or a stack, oldest first."""
    return _shown(_standing().filter(**about(thing)))


def given_by(tenant: Tenant) -> QuerySet[Endorsement]:
    """All that a tenant has endorsed, newest first, also what it withdrew."""
    found = Endorsement.objects.filter(tenant=tenant).select_related(*WITH_THINGS, "by")
    return found.defer("document", "badge__document").order_by("-at", "-id")


def about(thing: Edition | Stack | Badge) -> dict[str, Any]:
    """The fields of an endorsement that say what it is about."""
    return {type(thing)._meta.model_name: thing}


def may_endorse_for(user: User, owner: Tenant) -> list[Tenant]:
    """The tenants in whose name a person can endorse what `owner` issues: where they recognize, but for the owner."""
    if not user.is_authenticated:
        return []
    held = Membership.objects.filter(user=user, active=True, roles__contains=[Role.RECOGNIZER]).exclude(tenant=owner)
    return [each.tenant for each in held.select_related("tenant").order_by("tenant__name")]


def _standing() -> QuerySet[Endorsement]:
    return Endorsement.objects.filter(state=Endorsement.State.GIVEN)


def _shown(found: QuerySet[Endorsement]) -> list[Endorsement]:
    return list(found.select_related("tenant").defer("document").order_by("at", "id")[:100])
