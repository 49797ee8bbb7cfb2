"""Which tenant the database may show: a context variable that the backend stamps on every transaction.

Postgres row-level security (see trust in docs/adr) compares each private row with the transaction-local setting
`app.tenant`. It is stamped at every outermost BEGIN, and again when the scope changes inside a transaction.
Outside a transaction nothing is stamped, so private tables raise there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connections

SETTING = "app.tenant"

_current: ContextVar[UUID | None] = ContextVar("tenant", default=None)


class NoTenant(Exception):
    """Private rows were asked for with no tenant active. A programming mistake, never a user's."""


def current() -> UUID | None:
    """The id of the active tenant, or None."""
    return _current.get()


def require() -> UUID:
    """The id of the active tenant; raises NoTenant when there is none."""
    tenant_id = _current.get()
    if tenant_id is None:
        raise NoTenant("no tenant is active: wrap this in tenants.scope.inside(tenant)")
    return tenant_id


@contextmanager
def scope(tenant_id: UUID | None) -> Iterator[None]:
    """Make `tenant_id` the active tenant in this block, also inside a transaction that already runs."""
    token = _current.set(tenant_id)
    _stamp_all()
    try:
        yield
    finally:
        _current.reset(token)
        _stamp_all()


def _stamp_all() -> None:
    for connection in connections.all(initialized_only=True):
        stamp = getattr(connection, "stamp_tenant", None)
        if stamp is not None and connection.in_atomic_block:
            stamp()
