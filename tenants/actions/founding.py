"""The first step of every installation: a tenant with its first admin. Everyone else is invited by an admin."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from lib.errors import Invalid
from tenants import audit
from tenants.models import Membership, Role, Tenant, User
from tenants.roles import system
from tenants.scope import inside


@transaction.atomic
def found_tenant(*, slug: str, name: str, admin: User | None = None, **more: Any) -> Tenant:
    """A new tenant, and `admin` as its first admin. `more` are fields of Tenant. Raises Invalid naming the field."""
    tenant = Tenant(slug=slug, name=name, **more)
    try:
        tenant.full_clean()
    except ValidationError as problem:
        field, messages = next(iter(problem.message_dict.items()))
        raise Invalid(messages[0], field=field) from problem
    tenant.save()
    with inside(tenant):
        audit.record(system(tenant), "tenant.founded", tenant, name=name)
        if admin is not None:
            membership = Membership.objects.create(tenant=tenant, user=admin, roles=[Role.ADMIN])
            audit.record(system(tenant), "membership.first_admin", membership, email=admin.email)
    return tenant
