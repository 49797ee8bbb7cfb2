"""Badges from elsewhere that people brought along, and which issuers elsewhere a tenant accepts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import MicroCredential
from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import Tenant, User


class OutsideBadge(models.Model):
    """A badge of another installation in someone's passport, as it was handed in, with what the last check found.

    It belongs to its earner alone, so it is not a scoped row. One that the earner took out leaves its name and issuer
    behind, for the books of those who honored it; the badge itself is gone.
    """

    class Form(models.TextChoices):
        OB3 = "ob3", _("Open Badges 3.0")
        OB3_JWT = "ob3-jwt", _("Open Badges 3.0, as a token")
        OB2 = "ob2", _("Open Badges 2.0")

    class State(models.TextChoices):
        GOOD = "good", _("In good standing")
        UNREACHABLE = "unreachable", _("Its issuer did not answer lately")
        SUSPENDED = "suspended", _("On hold")
        EXPIRED = "expired", _("Run out")
        REVOKED = "revoked", _("Taken back")
        BROKEN = "broken", _("No longer holds")
        REMOVED = "removed", _("Taken out of the passport")

    # What another installation says may change in any way; what the earner took out stays out.
    MOVES = moves(State, {**dict.fromkeys(State, set(State)), State.REMOVED: set()})
    # An issuer whose server is down for a while takes nothing away: the last answer counts.
    IN_FORCE = (State.GOOD, State.UNREACHABLE)

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("In the passport, for everyone who may see it")
        PRIVATE = "private", _("Only me")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    earner = models.ForeignKey(User, models.PROTECT, related_name="outside_badges")
    form = models.CharField(max_length=8, choices=Form)
    data = models.BinaryField()  # the file, document or token as it was handed in; empty once it was taken out
    address = models.URLField(max_length=2000, blank=True)  # where it was fetched from, if it was
    credential_id = models.CharField(max_length=500)
    issuer_id = models.CharField(max_length=500)
    issuer_name = models.CharField(max_length=200)
    achievement_id = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=200)
    description = models.CharField(max_length=1000, blank=True)
    awarded_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.GOOD)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    report = models.JSONField(default=list)  # [{"name", "state", "template", "params"}], the steps of the last check
    added_at = models.DateTimeField(default=clock.now)
    verified_at = models.DateTimeField()  # when it last was in good standing
    checked_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-awarded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["earner", "credential_id"],
                condition=~models.Q(state="removed"),
                name="one_outside_badge_an_earner",
            ),
            models.CheckConstraint(
                name="removed_badge_is_empty",
                condition=~models.Q(state="removed") | models.Q(data=b"", next_check_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["issuer_id", "achievement_id"], name="outside_by_achievement"),
            models.Index(fields=["next_check_at"], name="outside_to_check"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_in_force(self) -> bool:
        """Whether it counts now."""
        return self.state in self.IN_FORCE and not self.has_run_out

    @property
    def has_run_out(self) -> bool:
        """Whether its last day has passed."""
        return self.expires_at is not None and self.expires_at <= clock.now()

    @property
    def recipient_name(self) -> str:
        """The earner's name, as badges of ours carry it."""
        return self.earner.get_full_name()


class OutsideDelivery(models.Model):
    """The outbox of outside badges: someone has to settle what follows from the state that one is in now."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    outside = models.ForeignKey(OutsideBadge, models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=12, choices=[("stacks", _("Stacks")), ("recognition", _("Recognition"))])
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["consumer", "next_try_at"], condition=models.Q(done_at=None), name="outside_delivery_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outside_id} to {self.consumer}"


class AcceptedIssuer(models.Model):
    """An issuer elsewhere whose badges a tenant accepts. Public: earners see beforehand what counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="accepted_issuers")
    issuer_id = models.CharField(_("identity"), max_length=500)  # a DID or a web address
    name = models.CharField(_("name"), max_length=200)
    note = models.CharField(_("note"), max_length=500, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "issuer_id"], name="one_row_an_accepted_issuer")]

    def __str__(self) -> str:
        return self.name


class Equivalence(models.Model):
    """What an achievement of an accepted issuer counts as in this tenant: one micro-credential that it lists."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    accepted = models.ForeignKey(AcceptedIssuer, models.CASCADE, related_name="equivalences")
    achievement_id = models.CharField(max_length=500)
    achievement_name = models.CharField(max_length=200)
    micro_credential = models.ForeignKey(MicroCredential, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["achievement_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["accepted", "achievement_id"], name="one_equivalence_an_achievement")
        ]

    def __str__(self) -> str:
        return f"{self.achievement_name} counts as {self.micro_credential_id}"
