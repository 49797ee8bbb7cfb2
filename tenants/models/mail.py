"""OutgoingMail: every message we owe someone. Rows are the outbox; a task sends, beat sweeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models.people import User
from tenants.models.tenant import Tenant


class OutgoingMail(models.Model):
    """One message to one address. `dedupe_key` makes writing it twice harmless; sending is at least once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GAVE_UP = "gave_up", _("Could not be sent")

    MOVES = moves(
        State, {State.WAITING: {State.SENT, State.GAVE_UP}, State.SENT: set(), State.GAVE_UP: {State.WAITING}}
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    dedupe_key = models.CharField(max_length=160, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    next_try_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="waiting"), name="mail_to_send"),
            models.Index(fields=["tenant", "-created_at"], name="mail_by_tenant"),
        ]
        constraints = [
            models.CheckConstraint(
                name="sent_mail_has_a_time",
                condition=models.Q(state="sent", sent_at__isnull=False) | ~models.Q(state="sent"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
