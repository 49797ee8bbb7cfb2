"""Entering a tenant. The only places where code steps into a tenant that the request did not choose."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

from lib import pgscope
from tenants.models import Tenant


def inside(tenant: Tenant) -> AbstractContextManager[None]:
    """Make `tenant` the active tenant in a `with` block. Whoever calls it has checked that this is right."""
    return pgscope.scope(tenant.id)


def each_tenant() -> Iterator[Tenant]:
    """Every tenant in turn, entered while it is yielded. For sweepers and start-up checks only."""
    for tenant in Tenant.objects.order_by("id"):
        with inside(tenant):
            yield tenant
