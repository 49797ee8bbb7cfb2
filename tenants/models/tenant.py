"""Tenant: an organization. It can issue, recognize, or both, and it can be part of a larger one."""

import zoneinfo
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.calendars import add_business_days
from lib.ids import uuid7


def known_time_zone(name: str) -> None:
    """Refuse a time zone that the IANA database does not name."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone. Use one like America/New_York."), params={"name": name})


class Tenant(models.Model):
    """A state department, district, school, university, association or non-profit issuer."""

    class Kind(models.TextChoices):
        STATE = "state", _("State department")
        DISTRICT = "district", _("School district")
        SCHOOL = "school", _("School")
        UNIVERSITY = "university", _("University")
        ASSOCIATION = "association", _("Association")
        NONPROFIT = "nonprofit", _("Non-profit issuer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.DISTRICT)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    description = models.TextField(_("what people should know"), blank=True, max_length=600)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    website = models.URLField(_("web site"), blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="America/New_York", validators=[known_time_zone]
    )
    country = models.CharField(_("country (two letters, for public holidays)"), max_length=2, default="US", blank=True)
    subdivision = models.CharField(_("state (code, for public holidays)"), max_length=3, blank=True)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#1d5bb5",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Use a colour like #1D5BB5."))],
    )
    logo_digest = models.CharField(max_length=10, blank=True, editable=False)  # of the Logo's bytes; "" without one
    logo_alt = models.CharField(_("what the logo shows"), max_length=120, blank=True)
    # Where colleagues know each other's work, an assessor gets none from the building they work in.
    other_buildings_only = models.BooleanField(_("assessors never score work from their own building"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="tenant_is_not_its_parent", condition=~models.Q(parent=models.F("id"))),
            models.CheckConstraint(
                name="tenant_accent_is_a_colour", condition=models.Q(accent__regex=r"^#[0-9a-fA-F]{6}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def home_url(self) -> str:
        """The first page of this tenant."""
        return reverse("tenant_home", args=[self.slug])

    @property
    def logo_url(self) -> str:
        """Where the logo lies, or "". Cached for ever: another logo is another address."""
        return reverse("logo", args=[self.slug, self.logo_digest]) if self.logo_digest else ""

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone people here live in."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def local_date(self, moment: datetime | None = None) -> date:
        """The calendar date here at `moment` (default: now)."""
        return (moment or clock.now()).astimezone(self.zone).date()

    def due_date(self, business_days: int, start: date | None = None) -> date:
        """The date `business_days` after `start` (default: today here), by this tenant's calendar."""
        return add_business_days(start or self.local_date(), business_days, **self.calendar())

    def calendar(self) -> dict[str, Any]:
        """What `lib.calendars` needs to count business days here."""
        closed = set(self.closures.values_list("day", flat=True))
        return {"country": self.country, "subdivision": self.subdivision, "closed": closed}


class Logo(models.Model):
    """A tenant's picture, apart from the tenant, which is read on every request."""

    tenant = models.OneToOneField(Tenant, models.CASCADE, primary_key=True)
    png = models.BinaryField()  # re-encoded by us, at most 200 kB

    def __str__(self) -> str:
        return f"logo of {self.tenant_id}"


class Closure(models.Model):
    """A day this tenant is closed besides weekends and public holidays: reviews are not due on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="closures")
    day = models.DateField(_("day"))
    name = models.CharField(_("why"), max_length=80)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["tenant", "day"], name="one_closure_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Partnership(models.Model):
    """`tenant` lists the published micro-credentials of `issuer` in its own catalog."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="partnerships")
    issuer = models.ForeignKey(Tenant, models.CASCADE, related_name="listed_by")
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "issuer"], name="one_partnership"),
            models.CheckConstraint(name="partner_is_another", condition=~models.Q(tenant=models.F("issuer"))),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} lists {self.issuer_id}"
