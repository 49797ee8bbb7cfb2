"""Stacks to show: which ones a tenant's pages list, and what it takes to complete one, in words."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Edition, MicroCredential, Stack
from credentials.queries.listing import issuers_seen_by, listed_editions
from tenants.models import Tenant


@dataclass(frozen=True)
class Piece:
    """One thing of a stack as the page shows it: an edition, a stack, or neither when it is not offered now."""

    title: str
    edition: Edition | None = None
    stack: Stack | None = None


def listed_stacks(tenant: Tenant) -> QuerySet[Stack]:
    """Published stacks of the tenant, of those above it and of its partners, with `size` = how many things are in."""
    return _visible(tenant).filter(state=Stack.State.PUBLISHED).annotate(size=Count("items")).order_by("title")


def stack_for_page(tenant: Tenant, slug: str) -> tuple[Stack, list[Piece]]:
    """A published or retired stack and its pieces in order. Raises Http404 for drafts and what is not listed here."""
    stack = _visible(tenant).exclude(state=Stack.State.DRAFT).annotate(size=Count("items")).filter(slug=slug).first()
    if stack is None:
        raise Http404
    items = list(stack.items.select_related("micro_credential", "substack"))
    ids = [item.micro_credential_id for item in items if item.micro_credential_id]
    offered = {each.micro_credential_id: each for each in listed_editions(tenant).filter(micro_credential__in=ids)}
    gone = [each for each in ids if each not in offered]
    titles = dict(
        Edition.objects.filter(micro_credential__in=gone)
        .exclude(state__in=[Edition.State.DRAFT, Edition.State.VETTING])
        .order_by("number")
        .values_list("micro_credential_id", "title")
    )
    inner = {each.id: each for each in listed_stacks(tenant).filter(id__in=stack.items.values("substack"))}
    pieces = []
    for item in items:
        if item.substack is not None:
            pieces.append(Piece(item.substack.title, stack=inner.get(item.substack_id)))
        else:
            edition = offered.get(item.micro_credential_id)
            title = edition.title if edition else titles.get(item.micro_credential_id, item.micro_credential.slug)
            pieces.append(Piece(title, edition=edition))
    return stack, pieces


def stacks_with(tenant: Tenant, micro_credential: MicroCredential) -> QuerySet[Stack]:
    """The listed stacks that this micro-credential is a piece of."""
    return listed_stacks(tenant).filter(id__in=micro_credential.in_stacks.values("stack"))


def rule_of(stack: Stack) -> str:
    """What completes the stack. Needs `size` from the queries of this module."""
    if stack.needed is None or stack.needed >= stack.size:
        return ngettext("Earn it to complete the stack.", "Earn all %(n)s to complete the stack.", stack.size) % {
            "n": stack.size
        }
    return _("Earn any %(needed)s of these %(n)s to complete the stack.") % {"needed": stack.needed, "n": stack.size}


def _visible(tenant: Tenant) -> QuerySet[Stack]:
    issuers = Tenant.objects.filter(issuers_seen_by(tenant))
    return Stack.objects.filter(tenant__in=issuers).select_related("tenant")
