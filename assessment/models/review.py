"""Review: one assessor's blind reading of a submission. Its rows are the queue."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition, RubricLevel, RubricLine
from lib import clock
from lib.transitions import moves
from submissions.models import Submission
from tenants.models import ScopedModel, User

# How long a claim lasts without a save. Long enough to watch a lesson video, short enough that an assessor who went
# home holds nothing up; every save starts it anew.
LEASE = timedelta(minutes=30)


class Review(ScopedModel):
    """One reading of one slot of a submission.

    A claim is a lease with a fencing token: only the holder of the newest token may write. When a lease ran out and
    someone else takes over, this row is kept as EXPIRED with its draft, and a new row takes the slot.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Being scored")
        FINAL = "final", _("Scored")
        EXPIRED = "expired", _("Taken over")
        RELEASED = "released", _("Given back")

    MOVES = moves(
        State,
        {
            State.WAITING: {State.CLAIMED},
            State.CLAIMED: {State.FINAL, State.EXPIRED, State.RELEASED},
            State.FINAL: set(),
            State.EXPIRED: set(),
            State.RELEASED: set(),
        },
    )

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")  # whose reading this can never be
    slot = models.PositiveSmallIntegerField(default=1)
    appeal = models.ForeignKey("assessment.Appeal", models.PROTECT, null=True, related_name="+")  # null: none
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    assessor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    due_on = models.DateField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    note = models.TextField(_("overall note to the educator"), blank=True, max_length=4000)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "slot"],
                condition=models.Q(state__in=["waiting", "claimed", "final"]),
                name="one_live_review_a_slot",
            ),
            models.UniqueConstraint(
                fields=["submission", "assessor"],
                condition=models.Q(state__in=["claimed", "final"]),
                name="one_reading_an_assessor",
            ),
            models.UniqueConstraint(
                fields=["appeal"],
                condition=models.Q(state__in=["waiting", "claimed", "final"]),
                name="one_live_review_an_appeal",
            ),
            models.CheckConstraint(
                name="nobody_reads_their_own",
                condition=models.Q(assessor=None) | ~models.Q(assessor=models.F("earner")),
            ),
            models.CheckConstraint(
                name="claimed_review_has_a_lease",
                condition=models.Q(state="waiting", assessor=None)
                | (
                    ~models.Q(state="waiting")
                    & models.Q(assessor__isnull=False, lease_until__isnull=False, token__gt=0)
                ),
            ),
            models.CheckConstraint(
                name="final_review_has_a_time",
                condition=~models.Q(state="final") | models.Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on", "id"],
                condition=models.Q(state__in=["waiting", "claimed"]),
                name="review_queue",
            ),
            models.Index(fields=["tenant", "assessor", "-finished_at"], name="review_by_assessor"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} #{self.slot}"

    @property
    def lapsed(self) -> bool:
        """Whether the lease ran out. The holder may still go on, as long as nobody else took over."""
        return self.state == self.State.CLAIMED and self.lease_until < clock.now()


class Score(ScopedModel):
    """The level one reading gives on one open line, and what is said about it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    line = models.ForeignKey(RubricLine, models.PROTECT, related_name="+")
    level = models.ForeignKey(RubricLevel, models.PROTECT, null=True, related_name="+")  # null: only a comment so far
    comment = models.TextField(_("comment to the educator"), blank=True, max_length=4000)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "line"], name="one_score_a_line")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.level_id}"


class Conflict(ScopedModel):
    """An assessor said they know this earner. The claim query leaves such work out from then on."""

    assessor = models.ForeignKey(User, models.CASCADE, related_name="+")
    earner = models.ForeignKey(User, models.CASCADE, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "assessor", "earner"], name="one_conflict_a_pair")]

    def __str__(self) -> str:
        return f"{self.assessor_id} knows {self.earner_id}"
