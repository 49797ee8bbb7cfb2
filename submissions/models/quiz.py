"""QuizTry: one go at a quiz, from its draw to its score."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from lib import clock
from lib.transitions import moves
from submissions.models.submission import Submission
from tenants.models import ScopedModel


class QuizTry(ScopedModel):
    """`number` counts the tries of the whole work, so that sending it again gives no new ones.

    `drawn` is the paper: a list of {"item": id of the QuizItem, "order": its choices as shown}. `answers` maps the
    number of a question on the paper ("1", "2", …) to the shown places that were chosen, counted from 0.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Begun")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not passed")

    MOVES = moves(
        State,
        {State.OPEN: {State.PASSED, State.FAILED}, State.PASSED: set(), State.FAILED: set()},
    )

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="quiz_tries")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    drawn = models.JSONField()
    answers = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(null=True)  # questions answered right
    started_at = models.DateTimeField(default=clock.now, editable=False)
    saved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    already_there = False  # set on the instance when starting again found this one

    class Meta:
        ordering = ["number"]
        verbose_name = _("quiz try")
        constraints = [
            models.UniqueConstraint(fields=["submission", "criterion", "number"], name="one_quiz_try_a_number"),
            models.UniqueConstraint(
                fields=["submission", "criterion"], condition=models.Q(state="open"), name="one_open_quiz_try"
            ),
            models.CheckConstraint(
                name="finished_quiz_has_a_score",
                condition=models.Q(state="open", score=None, finished_at=None)
                | (~models.Q(state="open") & models.Q(score__isnull=False, finished_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"

    @property
    def size(self) -> int:
        """How many questions were drawn."""
        return len(self.drawn)
