"""Precheck: a look at whether all evidence is there and can be read, before a submission waits for a reader."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.transitions import moves
from submissions.models import Submission
from tenants.models import ScopedModel, User


class Precheck(ScopedModel):
    """One look at one sending of a try. Whoever is the earner can never be the one who looks."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To check")
        COMPLETE = "complete", _("Complete")
        SENT_BACK = "sent_back", _("Sent back")

    MOVES = moves(
        State,
        {State.WAITING: {State.COMPLETE, State.SENT_BACK}, State.COMPLETE: set(), State.SENT_BACK: set()},
    )

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    checker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    missing = models.TextField(_("what is missing"), blank=True, max_length=2000)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(state="waiting"), name="one_precheck_at_a_time"
            ),
            models.CheckConstraint(
                name="precheck_says_what_is_missing",
                condition=models.Q(state="sent_back") & ~models.Q(missing="") | ~models.Q(state="sent_back"),
            ),
            models.CheckConstraint(
                name="precheck_is_done_by_someone_else",
                condition=models.Q(state="waiting", checker=None, done_at=None)
                | (
                    ~models.Q(state="waiting")
                    & models.Q(checker__isnull=False, done_at__isnull=False)
                    & ~models.Q(checker=models.F("earner"))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "created_at"], condition=models.Q(state="waiting"), name="precheck_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"
