"""Earn to assess: whoever completed a stack that says so may take the assessor role."""

from django.db import transaction
from django.utils.translation import gettext as _

from badges.models import Badge
from credentials.models import Stack
from lib.errors import RuleBroken
from tenants.actions.people import accept_role
from tenants.models import Role
from tenants.roles import Member, require


def stacks_offering(by: Member) -> list[Stack]:
    """Stacks of this tenant whose badge `by` holds in good standing, and which offer the role of an assessor."""
    held = Badge.objects.filter(earner=by.user, state=Badge.State.ISSUED, stack__isnull=False).values("stack")
    return list(Stack.objects.filter(tenant=by.tenant, offers_assessor=True, id__in=held))


def accept(*, by: Member, stack: Stack) -> None:
    """Become an assessor of this tenant. Raises RuleBroken (409) without the badge of a stack that offers it."""
    require(by, "work.start")
    if stack not in stacks_offering(by):
        raise RuleBroken(_("You can become an assessor here once you complete this stack."), code="not-earned")
    with transaction.atomic():
        accept_role(by=by, role=Role.ASSESSOR, earned_by=stack.title)
