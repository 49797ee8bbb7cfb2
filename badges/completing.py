"""The stack engine: a new badge may complete stacks, and each completed stack is a badge of its own."""

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from badges.actions import award
from badges.models import Badge, BadgeEvent, StackCatchUp
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


def catch_up() -> int:
    """Award newly published stacks to those who held all of it before; returns how many stacks were looked at."""
    new = Stack.objects.filter(state=Stack.State.PUBLISHED).exclude(id__in=StackCatchUp.objects.values("stack"))
    stacks = list(new.select_related("tenant")[:20])
    for stack in stacks:
        with transaction.atomic(), inside(stack.tenant):
            StackCatchUp.objects.get_or_create(stack=stack)
            for earner in _holders_of_a_part(stack):
                if is_complete(stack, earner):
                    award(by=system(stack.tenant), earner=earner, stack=stack)
    return len(stacks)


def _holders_of_a_part(stack: Stack) -> QuerySet[User]:
    items = stack.items.all()
    parts = Q(edition__micro_credential__in=items.values("micro_credential")) | Q(stack__in=items.values("substack"))
    holding = Badge.objects.filter(parts, state=Badge.State.ISSUED)
    return User.objects.filter(id__in=holding.values("earner"))


def is_complete(stack: Stack, earner: User) -> bool:
    """Whether the badges the earner holds in good standing satisfy the rule of the stack."""
    have, total = progress(stack, earner)
    return have >= (stack.needed or total)


def progress(stack: Stack, earner: User) -> tuple[int, int]:
    """How many items of the stack the earner holds, and how many there are."""
    counted = with_progress(Stack.objects.filter(id=stack.id), earner).get()
    return counted.have, counted.total


def with_progress(stacks: QuerySet[Stack], earner: User) -> QuerySet[Stack]:
    """`stacks`, each with `have`, how many of its items the earner holds, and `total`, how many there are."""
    held = Badge.objects.filter(earner=earner, state=Badge.State.ISSUED)
    earned = Q(items__micro_credential__in=held.filter(stack=None).values("edition__micro_credential"))
    earned |= Q(items__substack__in=held.filter(edition=None).values("stack"))
    return stacks.annotate(total=Count("items", distinct=True), have=Count("items", filter=earned, distinct=True))
