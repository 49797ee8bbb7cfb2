"""What happened to a badge, for those who act on it. A delivery is done in the transaction of its consequences."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models.badge import Badge
from credentials.models import Stack
from lib import clock
from lib.ids import uuid7


class Consumer(models.TextChoices):
    """Who follows badge events. `recognition` is named here but lives in the app above."""

    MINT = "mint", _("Minting")
    STACKS = "stacks", _("Stacks")
    NOTICE = "notice", _("Mail to the earner")
    RECOGNITION = "recognition", _("Recognition")


EVERYONE = [Consumer.STACKS, Consumer.NOTICE, Consumer.RECOGNITION]


class BadgeEvent(models.Model):
    """One thing that happened to one badge."""

    class Kind(models.TextChoices):
        AWARDED = "awarded", _("Awarded")
        ISSUED = "issued", _("Issued")
        CHANGED = "changed", _("To be signed anew")
        SUSPENDED = "suspended", _("Put on hold")
        LIFTED = "lifted", _("No longer on hold")
        EXPIRED = "expired", _("Run out")
        REVOKED = "revoked", _("Taken back")

    # Who has to act on each kind of event.
    FOLLOWERS = {
        Kind.AWARDED: [Consumer.MINT],
        Kind.CHANGED: [Consumer.MINT],
        Kind.ISSUED: EVERYONE,
        Kind.SUSPENDED: EVERYONE,
        Kind.LIFTED: EVERYONE,
        Kind.EXPIRED: EVERYONE,
        Kind.REVOKED: EVERYONE,
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    badge = models.ForeignKey(Badge, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["badge", "kind"],
                condition=models.Q(kind__in=["awarded", "issued", "expired", "revoked"]),
                name="one_event_of_a_final_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.badge_id} {self.kind}"


class Delivery(models.Model):
    """One event for one consumer: the outbox. Open until its consumer has committed what follows from it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(BadgeEvent, models.PROTECT, related_name="deliveries", db_index=False)
    consumer = models.CharField(max_length=12, choices=Consumer)
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "consumer"], name="one_delivery_a_consumer")]
        indexes = [
            models.Index(fields=["consumer", "next_try_at"], condition=models.Q(done_at=None), name="delivery_open")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.consumer}"


class StackCatchUp(models.Model):
    """A published stack whose earlier earners were looked for: some may have held all of it before it was published."""

    stack = models.OneToOneField(Stack, models.CASCADE, primary_key=True, related_name="+")
    done_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.stack_id)
