"""Stacks: sets of micro-credentials (and of other stacks) with a rule. Frozen once published."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import MicroCredential, Stack, StackItem
from credentials.queries import listed_editions, listed_stacks
from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.ids import short_code, uuid7
from lib.signable import HIDDEN
from lib.transitions import move
from tenants import audit
from tenants.members import one_at_a_time
from tenants.models import Tenant
from tenants.roles import Member, require

Item = MicroCredential | Stack
MOST_ITEMS = 40


@transaction.atomic
def create_stack(
    *,
    by: Member,
    title: str,
    description: str,
    items: Sequence[Item],
    needed: int | None = None,
    id: UUID | None = None,
) -> Stack:
    """A draft. `needed` is how many of the items complete it (None: all). The same `id` twice makes one stack."""
    require(by, "stack.manage")
    if id is not None:
        one_at_a_time(by)
        if made := Stack.objects.filter(id=id, tenant=by.tenant).first():
            return made
    title, description = _texts(title, description)
    _check(by.tenant, needed, items)
    try:
        with transaction.atomic():
            stack = Stack.objects.create(
                id=id or uuid7(),
                tenant=by.tenant,
                slug=_free_slug(by.tenant, title),
                title=title,
                description=description,
                needed=needed,
                created_by=by.user,
            )
    except IntegrityError:  # an id of another organization, or someone took the short name in this moment
        raise RuleBroken(_("This form was sent before. Open a new one."), code="id-taken") from None
    _put(stack, items)
    audit.record(by, "stack.created", stack, title=title, needed=needed, items=len(items))
    return stack


@transaction.atomic
def edit_stack(
    *, by: Member, stack: Stack, title: str, description: str, items: Sequence[Item], needed: int | None = None
) -> Stack:
    """Change a draft. Raises Invalid with the field, and RuleBroken once it is published."""
    stack = _lock(by, stack)
    if stack.state != Stack.State.DRAFT:
        raise RuleBroken(_("A published stack cannot change, since badges refer to it. Make a new one."), code="frozen")
    title, description = _texts(title, description)
    _check(by.tenant, needed, items)
    stack.title, stack.description, stack.needed = title, description, needed
    stack.save(update_fields=["title", "description", "needed"])
    stack.items.all().delete()
    _put(stack, items)
    audit.record(by, "stack.edited", stack, title=title, needed=needed, items=len(items))
    return stack


@transaction.atomic
def publish_stack(*, by: Member, stack: Stack) -> Stack:
    """Show it to everyone and start to award it. Raises Invalid when an item is no longer offered."""
    stack = _lock(by, stack)
    items = [
        each.micro_credential or each.substack for each in stack.items.select_related("micro_credential", "substack")
    ]
    _check(by.tenant, stack.needed, items)
    move(stack, Stack.State.PUBLISHED)
    stack.published_at = clock.now()
    stack.save(update_fields=["state", "published_at"])
    audit.record(by, "stack.published", stack, title=stack.title)
    return stack


@transaction.atomic
def retire_stack(*, by: Member, stack: Stack) -> Stack:
    """Stop to offer and award it. Badges that were earned stay."""
    stack = _lock(by, stack)
    move(stack, Stack.State.RETIRED)
    stack.save(update_fields=["state"])
    audit.record(by, "stack.retired", stack, title=stack.title)
    return stack


@transaction.atomic
def offer_assessing(*, by: Member, stack: Stack, offers: bool) -> Stack:
    """Say whether whoever completes it may become an assessor. Badges do not say so, so it may change at any time."""
    stack = _lock(by, stack)
    if stack.offers_assessor != offers:
        stack.offers_assessor = offers
        stack.save(update_fields=["offers_assessor"])
        audit.record(by, "stack.offer_changed", stack, offers_assessor=offers)
    return stack


def _lock(by: Member, stack: Stack) -> Stack:
    require(by, "stack.manage")
    stack = Stack.objects.select_for_update().get(id=stack.id)
    if stack.tenant_id != by.tenant.id:
        raise NotAllowed(_("This belongs to another organization."), code="other-tenant")
    return stack


def _texts(title: str, description: str) -> tuple[str, str]:
    title, description = " ".join(title.split()), description.replace("\r\n", "\n").strip()
    if not title or len(title) > 160 or HIDDEN.search(title):
        raise Invalid(_("Give it a title of at most 160 characters."), field="title")
    if not description or len(description) > 2000 or HIDDEN.search(description):
        raise Invalid(_("Say in at most 2000 characters what completing it shows."), field="description")
    return title, description


def _check(tenant: Tenant, needed: int | None, items: Sequence[Item]) -> None:
    """Refuse what contradicts itself, and items that this tenant does not offer."""
    if not items:
        raise Invalid(_("Choose at least one micro-credential or stack."), field="items", code="empty")
    if len(items) > MOST_ITEMS:
        raise Invalid(_("A stack can have at most %(n)s items.") % {"n": MOST_ITEMS}, field="items", code="too-many")
    if len({item.id for item in items}) < len(items):
        raise Invalid(_("The same item is in it twice. Take one away."), field="items", code="twice")
    if needed is not None and not 1 <= needed <= len(items):
        raise Invalid(
            ngettext(
                "It has %(n)s item, so people cannot need %(needed)s.",
                "It has %(n)s items, so people cannot need %(needed)s. Use a number from 1 to %(n)s.",
                len(items),
            )
            % {"n": len(items), "needed": needed},
            field="needed",
            code="contradiction",
        )
    offered = {
        *listed_editions(tenant).values_list("micro_credential_id", flat=True),
        *listed_stacks(tenant).values_list("id", flat=True),
    }
    for item in items:
        if item.id not in offered:
            raise Invalid(_("“%(item)s” is not offered here, so it cannot be part.") % {"item": item}, field="items")


def _put(stack: Stack, items: Sequence[Item]) -> None:
    StackItem.objects.bulk_create(
        StackItem(
            stack=stack,
            position=place,
            micro_credential=item if isinstance(item, MicroCredential) else None,
            substack=item if isinstance(item, Stack) else None,
        )
        for place, item in enumerate(items)
    )


def _free_slug(tenant: Tenant, title: str) -> str:
    stem = slugify(title)[:76].strip("-") or "stack"
    for slug in (stem, f"{stem}-{tenant.slug[:12]}"):
        if not Stack.objects.filter(slug=slug).exists():
            return slug
    return f"{stem}-{short_code().lower()}"
