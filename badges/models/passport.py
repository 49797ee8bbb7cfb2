"""Passport: how a person shows their badges; and the links by which they show them to someone for a while."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.ids import uuid7
from tenants.models import Tenant, User


class Passport(models.Model):
    """The order in which a person shows what they earned, and what they leave out. No row means newest first, all.

    Both are lists of entry ids, so that badges of other systems can stand among our own. What is not in `order` is
    newer than the order and stands before it.
    """

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    order = ArrayField(models.UUIDField(), default=list)
    hidden = ArrayField(models.UUIDField(), default=list)

    def __str__(self) -> str:
        return str(self.person_id)


class PassportLink(models.Model):
    """An address at which someone sees a passport until it ends. Belongs to its earner.

    The address is not kept: it is worked out from the id with the installation's secret (badges/links.py), so that
    its owner can copy it again, while a copy of the database opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    earner = models.ForeignKey(User, models.CASCADE, related_name="passport_links")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")  # where it was made; signs its CLR
    label = models.CharField(_("who it is for"), max_length=80)
    chosen = ArrayField(models.UUIDField(), null=True)  # entry ids; null: whatever the earner shows at the time
    show_name = models.BooleanField(_("show my name"), default=True)
    check_email = models.BooleanField(_("let them check my e-mail address"), default=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="passport_link_ends_after_it_is_made", condition=models.Q(expires_at__gt=models.F("made_at"))
            )
        ]
        indexes = [models.Index(fields=["earner", "-made_at"], name="passport_link_by_earner")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        """Whether it still leads to the passport."""
        return self.revoked_at is None and self.expires_at > clock.now()

    @property
    def last_day(self) -> date:
        """The last day on which it leads there, where its tenant is."""
        return self.tenant.local_date(self.expires_at - timedelta(seconds=1))
