"""AwardImport: badges for many people from a list of an admin. The rows are the queue of what is left to award."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models.badge import Badge
from credentials.models import Edition, Stack
from lib import clock
from lib.transitions import moves
from tenants.models import ScopedModel, User


class AwardImport(ScopedModel):
    """One list for one edition or stack: read at once, awarded when an admin has seen what was understood."""

    class State(models.TextChoices):
        READ = "read", _("Not confirmed yet")
        RUNNING = "running", _("Being awarded")
        DONE = "done", _("Done")

    MOVES = moves(
        State,
        {State.READ: {State.RUNNING}, State.RUNNING: {State.DONE}, State.DONE: set()},
    )

    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="+")
    stack = models.ForeignKey(Stack, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")  # who uploaded it, and then who confirmed it
    file_name = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.READ)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="import_of_one_thing",
                condition=models.Q(edition=None, stack__isnull=False) | models.Q(edition__isnull=False, stack=None),
            ),
            models.CheckConstraint(
                name="import_done_says_when",
                condition=models.Q(state="done", finished_at__isnull=False)
                | (~models.Q(state="done") & models.Q(finished_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant"], condition=models.Q(state="running"), name="import_running"),
            models.Index(fields=["tenant", "-created_at"], name="import_by_time"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def thing(self) -> Edition | Stack:
        """What the badges are for."""
        return self.edition or self.stack


class AwardImportRow(ScopedModel):
    """One line of the list as it was written, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Awarded")
        FAILED = "failed", _("Not awarded")

    MOVES = moves(
        State,
        {State.WAITING: {State.DONE, State.FAILED}, State.DONE: set(), State.FAILED: set()},
    )

    award_import = models.ForeignKey(AwardImport, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()  # in the file, where the first is 1
    email = models.CharField(max_length=320)
    name = models.CharField(max_length=320, blank=True)
    awarded_on = models.CharField(max_length=320, blank=True)
    reference = models.CharField(max_length=320, blank=True)
    awarded_at = models.DateTimeField(null=True)  # what `awarded_on` was understood as; none means: when awarded
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    badge = models.ForeignKey(Badge, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["award_import", "line"], name="one_import_row_a_line"),
            models.CheckConstraint(
                name="import_row_ends_with_a_badge_or_a_problem",
                condition=models.Q(state="waiting", badge=None, problem="")
                | (models.Q(state="done", badge__isnull=False, problem=""))
                | (models.Q(state="failed", badge=None) & ~models.Q(problem="")),
            ),
        ]
        indexes = [models.Index(fields=["award_import", "state", "line"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"{self.line}: {self.email}"
