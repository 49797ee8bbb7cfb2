"""The stack engine: a new badge may complete stacks, and each completed stack is a badge of its own."""

from django.db.models import Q

from badges.actions import award
from badges.models import Badge, BadgeEvent
from credentials.models import Stack, StackItem
from tenants.models import User
from tenants.roles import system
from tenants.scope import inside


def follow(event: BadgeEvent) -> None:
    """Award every published stack that the badge of an ISSUED event completes. A revoked badge completes nothing."""
    if event.kind != BadgeEvent.Kind.ISSUED:
        return
    badge = event.badge
    part = Q(substack=badge.stack_id) if badge.stack_id else Q(micro_credential__editions=badge.edition_id)
    candidates = Stack.objects.filter(state=Stack.State.PUBLISHED, items__in=StackItem.objects.filter(part)).distinct()
    for stack in candidates.select_related("tenant"):
        if is_complete(stack, badge.earner):
            with inside(stack.tenant):
                award(by=system(stack.tenant), earner=badge.earner, stack=stack)


def is_complete(stack: Stack, earner: User) -> bool:
    """Whether the badges the earner holds in good standing satisfy the rule of the stack."""
    have, total = progress(stack, earner)
    return have >= (stack.needed or total)


def progress(stack: Stack, earner: User) -> tuple[int, int]:
    """How many items of the stack the earner holds, and how many there are."""
    held = Badge.objects.filter(earner=earner, state=Badge.State.ISSUED)
    items = stack.items.all()
    earned = items.filter(
        Q(micro_credential__in=held.filter(edition__isnull=False).values("edition__micro_credential"))
        | Q(substack__in=held.filter(stack__isnull=False).values("stack"))
    )
    return earned.count(), items.count()
