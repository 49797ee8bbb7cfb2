"""What people ask for about their own data: a copy of everything, and the end of their evidence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import ScopedModel, Tenant, User


class DataExport(models.Model):
    """One zip that someone asked for: of their own data, of their badges, or of what their tenant has issued.

    The row is the queue for the worker who makes it. It belongs to the person who asked, so it is not a scoped row;
    only they can see it.
    """

    class Kind(models.TextChoices):
        MINE = "mine", _("All your data")
        BADGES = "badges", _("All your badges")
        ISSUER = "issuer", _("Badges that were issued")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being made")
        MADE = "made", _("Ready")
        FAILED = "failed", _("Could not be made")
        GONE = "gone", _("Deleted")

    MOVES = moves(
        State,
        {
            State.WAITING: {State.MADE, State.FAILED, State.GONE},
            State.MADE: {State.GONE},
            State.FAILED: set(),
            State.GONE: set(),
        },
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MINE)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+")  # where badges were asked for
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    runs = models.PositiveSmallIntegerField(default=0)  # how often a worker has begun
    lease_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    dropped_at = models.DateTimeField(null=True)  # when storage had nothing of it any more

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=models.Q(state="waiting"), name="one_export_at_a_time"
            ),
            models.CheckConstraint(
                name="export_of_badges_names_its_tenant",
                condition=models.Q(kind="mine", tenant=None)
                | (~models.Q(kind="mine") & models.Q(tenant__isnull=False)),
            ),
            models.CheckConstraint(
                name="made_export_has_an_end",
                condition=~models.Q(state="made")
                | models.Q(made_at__isnull=False, expires_at__isnull=False, size__gt=0),
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="export_by_state")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.state}"

    @property
    def key(self) -> str:
        """Where its file lies in storage."""
        return f"exports/{self.person_id}/{self.id}.zip"


class Erasure(ScopedModel):
    """A person's wish that their evidence in one tenant be deleted, and what was done about it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Will be erased")
        CANCELLED = "cancelled", _("Cancelled")
        RUNNING = "running", _("Being erased")
        DONE = "done", _("Erased")

    MOVES = moves(
        State,
        {
            State.WAITING: {State.CANCELLED, State.RUNNING},
            State.CANCELLED: set(),
            State.RUNNING: {State.DONE},
            State.DONE: set(),
        },
    )

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()  # until then the person can change their mind
    note = models.CharField(max_length=300, blank=True)  # what it waits for
    began_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    certificate = models.JSONField(default=dict)  # what was deleted and what was kept, see submissions.erasure

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="one_erasure_at_a_time",
            ),
            models.CheckConstraint(
                name="erasure_that_is_done_says_when",
                condition=models.Q(state="done", began_at__isnull=False, done_at__isnull=False)
                | (~models.Q(state="done") & models.Q(done_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="erasure_to_do",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.state}"
