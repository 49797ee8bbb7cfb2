"""Appeal: an earner asks for a second look at a "not yet". One level, one a decision, and it ends with new rows."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessment.models.decision import Decision, DecisionLine
from credentials.models import RubricLevel, RubricLine
from lib import clock
from lib.transitions import moves
from submissions.models import Submission
from tenants.models import ScopedModel, User

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Appeal(ScopedModel):
    """While it is open, `draft`, the try after the decided one, waits: its lines may still change."""

    class State(models.TextChoices):
        OPEN = "open", _("With a new reviewer")
        CHANGED = "changed", _("Result changed")
        KEPT = "kept", _("Result stands")
        WITHDRAWN = "withdrawn", _("Taken back")

    MOVES = moves(
        State,
        {
            State.OPEN: {State.CHANGED, State.KEPT, State.WITHDRAWN},
            State.CHANGED: set(),
            State.KEPT: set(),
            State.WITHDRAWN: set(),
        },
    )

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")  # the one decided on
    draft = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    filed_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="closed_appeal_has_a_time",
                condition=models.Q(state="open", closed_at=None)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "due_on"], name="appeal_by_state")]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"


class AppealLine(ScopedModel):
    """A line the earner disagrees with, and why."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="lines")
    decision_line = models.OneToOneField(DecisionLine, models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2000)

    class Meta:
        ordering = ["decision_line__line__position"]
        constraints = [models.CheckConstraint(name="appeal_line_says_why", condition=~models.Q(reason=""))]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.reason[:60]


class AppealOutcome(ScopedModel):
    """What came of an appeal. The decision itself stays as it was written; this row stands beside it."""

    appeal = models.OneToOneField(Appeal, models.PROTECT, related_name="+")
    review = models.ForeignKey("assessment.Review", models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)  # the overall note of the new reviewer
    decided_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"outcome of {self.appeal_id}"


class AppealOutcomeLine(ScopedModel):
    """The level that stands for one line after the appeal."""

    outcome = models.ForeignKey(AppealOutcome, models.PROTECT, related_name="lines")
    line = models.ForeignKey(RubricLine, models.PROTECT, related_name="+")
    level = models.ForeignKey(RubricLevel, models.PROTECT, related_name="+")
    met = models.BooleanField()
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["line__position"]
        constraints = [models.UniqueConstraint(fields=["outcome", "line"], name="one_appeal_outcome_a_line")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.level_id}"
