"""The stack engine: a stack badge stands as long as enough of the badges it is built on do (docs/adr/0019).

What an event is about is only where to look: each stack is settled by the facts of now, so that events may come twice
and in any order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from badges.actions import award, lift, revoke, suspend
from badges.actions.standing import locked
from badges.actions.writing import hold_still, succeed
from badges.models import Badge, BadgeEvent, Equivalence, OutsideBadge, StackCatchUp
from badges.outside import equivalences_of, held_elsewhere
from badges.outside import in_force as outside_in_force
from credentials.models import Stack, StackItem
from lib import clock
from tenants.models import User
from tenants.roles import system
from tenants.scope import inside

State = Badge.State


def follow(event: BadgeEvent) -> None:
    """Settle every stack that the badge of an event is a part of, and its own where it is a stack's."""
    badge = event.badge
    part = Q(substack=badge.stack_id) if badge.stack_id else Q(micro_credential__editions=badge.edition_id)
    stacks = Stack.objects.filter(Q(items__in=StackItem.objects.filter(part)) | Q(id=badge.stack_id)).distinct()
    for stack in stacks.exclude(state=Stack.State.DRAFT).select_related("tenant").order_by("id"):
        settle(stack, badge.earner, is_new=event.kind == BadgeEvent.Kind.ISSUED)


def follow_outside(badge: OutsideBadge) -> None:
    """Settle every stack that has a part which an outside badge counts as, where that tenant accepts its issuer.

    Stacks that it no longer counts for are among those of the earner that stand on outside badges.
    """
    counted = Q(id__in=[])
    for each in equivalences_of(badge):
        counted |= Q(tenant=each.accepted.tenant_id, items__micro_credential=each.micro_credential_id)
    standing = Badge.objects.filter(earner=badge.earner_id, edition=None).exclude(state=State.REVOKED)
    stacks = Stack.objects.filter(counted | Q(id__in=standing.values("stack"))).distinct()
    for stack in stacks.exclude(state=Stack.State.DRAFT).select_related("tenant").order_by("id"):
        settle(stack, badge.earner, is_new=False)  # news from elsewhere undoes no revocation for another reason


def catch_up() -> int:
    """Award newly published stacks to those who held all of it before; returns how many stacks were looked at."""
    new = Stack.objects.filter(state=Stack.State.PUBLISHED).exclude(id__in=StackCatchUp.objects.values("stack"))
    stacks = list(new.select_related("tenant")[:20])
    for stack in stacks:
        with transaction.atomic():
            StackCatchUp.objects.get_or_create(stack=stack)
            for earner in _holders_of_a_part(stack):
                settle(stack, earner, is_new=True)
    return len(stacks)


def settle(stack: Stack, earner: User, *, is_new: bool) -> None:
    """Bring the badge of `stack` that `earner` has, or should have, to where its parts put it.

    `is_new`: a part was earned just now, so that a stack whose badge was taken back for another reason counts again.
    """
    with inside(stack.tenant), transaction.atomic():
        hold_still(earner)
        parts = parts_of(stack, earner)
        mine = Badge.objects.filter(stack=stack, earner=earner, superseded_at=None)
        badge = mine.exclude(state=State.REVOKED).first()
        if badge is not None:
            _settle_badge(stack, locked(system(stack.tenant), badge), parts)
        elif stack.state == Stack.State.PUBLISHED and parts.in_force >= parts.needed:
            lost = mine.filter(state=State.REVOKED).order_by("-revoked_at").first()
            if is_new or lost is None or lost.revoked_reason == Badge.Reason.PART:
                award(by=system(stack.tenant), earner=earner, stack=stack, expires_at=parts.until)


def _settle_badge(stack: Stack, badge: Badge, parts: "Parts") -> None:
    by = system(stack.tenant)
    over = badge.has_run_out  # then it claims nothing any more that its parts would have to carry
    if badge.state == State.AWARDED:
        return  # its own event of being issued brings us here again
    if parts.in_force + parts.on_hold < parts.needed:
        if not over:
            revoke(by=by, badge=badge, reason=Badge.Reason.PART)
    elif parts.in_force < parts.needed:
        if badge.state == State.ISSUED and not over:
            suspend(by=by, badge=badge, note=_("A badge that it was built on is on hold."), for_part=True)
    else:
        if badge.suspended_for_part:
            badge = lift(by=by, badge=badge)
        later = badge.expires_at is not None and (parts.until is None or parts.until > badge.expires_at)
        if later and badge.can_be_succeeded:
            succeed(by=by, old=badge, succession=Badge.Succession.RENEWAL, expires_at=parts.until)


@dataclass(frozen=True)
class Parts:
    """What an earner holds of a stack, in items."""

    needed: int
    in_force: int
    on_hold: int
    until: datetime | None  # when too few of those in force are left; None: never


def parts_of(stack: Stack, earner: User) -> Parts:
    """Which items of a stack an earner holds just now. Of several badges for an item the best one counts."""
    items = list(stack.items.all())
    wanted = _wanted(items)
    rows = Badge.objects.filter(_valid(), earner=earner).values_list(
        "edition__micro_credential", "stack", "state", "expires_at"
    )
    ends: dict[object, list[datetime | None]] = {}
    waiting = set()
    for micro_credential, substack, state, expires_at in rows.filter(_for_items(items)):
        if state == State.SUSPENDED:
            waiting.add(micro_credential or substack)
        else:
            ends.setdefault(micro_credential or substack, []).append(expires_at)
    for tenant, micro_credential, outside in held_elsewhere(earner):
        if tenant == stack.tenant_id and micro_credential in wanted:
            ends.setdefault(micro_credential, []).append(outside.expires_at)
    needed = stack.needed or len(items)
    latest = sorted((_latest(each) for each in ends.values()), key=_later, reverse=True)
    until = latest[needed - 1] if 0 < needed <= len(latest) else None
    return Parts(needed=needed, in_force=len(ends), on_hold=len(waiting - set(ends)), until=until)


def _valid() -> Q:
    """Badges that stand now or, on hold, may again. A successor counts before it is signed: the old one did."""
    standing = Q(state__in=[State.ISSUED, State.SUSPENDED]) | Q(state=State.AWARDED, replaces__isnull=False)
    return standing & (Q(expires_at=None) | Q(expires_at__gt=clock.now()))


def in_force() -> Q:
    """Condition on badges that count for a stack now."""
    return _valid() & ~Q(state=State.SUSPENDED)


def _wanted(items: Iterable[StackItem]) -> set[UUID]:
    return {each.micro_credential_id for each in items if each.micro_credential_id}


def _for_items(items: Iterable[StackItem]) -> Q:
    items = list(items)
    micro_credentials = _wanted(items)
    substacks = [each.substack_id for each in items if each.substack_id]
    return Q(edition__micro_credential__in=micro_credentials) | Q(stack__in=substacks)


def _latest(ends: list[datetime | None]) -> datetime | None:
    return max(ends, key=_later)


def _later(end: datetime | None) -> float:
    return float("inf") if end is None else end.timestamp()


def _holders_of_a_part(stack: Stack) -> QuerySet[User]:
    holding = Badge.objects.filter(_for_items(stack.items.all()), in_force())
    taken = Equivalence.objects.filter(
        accepted__tenant=stack.tenant_id, micro_credential__in=_wanted(stack.items.all())
    )
    same = taken.filter(accepted__issuer_id=OuterRef("issuer_id"), achievement_id=OuterRef("achievement_id"))
    elsewhere = outside_in_force().filter(Exists(same))
    holders = Q(id__in=holding.values("earner")) | Q(id__in=elsewhere.values("earner"))
    return User.objects.filter(holders).order_by("id")


def progress(stack: Stack, earner: User) -> tuple[int, int]:
    """How many items of the stack the earner holds, and how many there are."""
    counted = with_progress(Stack.objects.filter(id=stack.id), earner).get()
    return counted.have, counted.total


def with_progress(stacks: QuerySet[Stack], earner: User) -> QuerySet[Stack]:
    """`stacks`, each with `have`, how many of its items the earner holds, and `total`, how many there are."""
    held = Badge.objects.filter(in_force(), earner=earner)
    earned = Q(items__micro_credential__in=held.filter(stack=None).values("edition__micro_credential"))
    earned |= Q(items__substack__in=held.filter(edition=None).values("stack"))
    for tenant, micro_credential, _outside in held_elsewhere(earner):
        earned |= Q(tenant=tenant, items__micro_credential=micro_credential)
    return stacks.annotate(total=Count("items", distinct=True), have=Count("items", filter=earned, distinct=True))
