"""Who a person is in a tenant. Used by the middleware, the demo and the tests alike."""

from tenants.models import Membership, Role, Tenant, User
from tenants.roles import Member


def ancestors(tenant: Tenant) -> list[Tenant]:
    """The tenants above this one, nearest first (a school's district, then its state)."""
    above = []
    while tenant.parent is not None:
        tenant = tenant.parent
        above.append(tenant)
    return above


def member_of(user: User, tenant: Tenant) -> Member | None:
    """The roles `user` holds in `tenant`, or None. An admin of a tenant is also admin of those below it."""
    if not user.is_authenticated:
        return None
    above = {each.id for each in ancestors(tenant)}
    roles: set[Role] = set()
    for held in Membership.objects.filter(user=user, active=True, tenant_id__in={tenant.id} | above):
        if held.tenant_id == tenant.id:
            roles |= {Role(role) for role in held.roles}
        elif Role.ADMIN in held.roles:
            roles.add(Role.ADMIN)
    return Member(user=user, tenant=tenant, roles=frozenset(roles)) if roles else None


def one_at_a_time(by: Member) -> None:
    """Let the requests of one person pass one after the other, until the transaction ends.

    For actions that create: the second click of a double click then sees what the first one made.
    """
    User.objects.select_for_update(no_key=True).get(id=by.user.id)
