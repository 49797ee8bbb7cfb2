"""The base of every private row. Row-level security is the wall; this manager is the early warning."""

from django.db import models

from lib import pgscope
from lib.ids import uuid7


class ScopedManager(models.Manager):
    """Shows the active tenant's rows, and raises NoTenant when there is none, whatever is asked."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(tenant_id=pgscope.require())


class ScopedModel(models.Model):
    """A row that belongs to one tenant and is private to it.

    The app's `walls` migration gives its table row-level security (`lib.postgres.wall`) and a composite key for
    each foreign key to another scoped table (`lib.postgres.tie`); tests/test_tenancy.py fails when one is missing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, default=pgscope.require, editable=False, related_name="+"
    )

    objects = ScopedManager()

    class Meta:
        abstract = True
