"""Artifact: one piece of evidence in a try: a file, a link or a text."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from lib import clock
from lib.transitions import moves
from submissions.models.submission import Submission
from tenants.models import ScopedModel, User


class Artifact(ScopedModel):
    """Counts as evidence only when READY: the server has read it again from storage and knows size, hash and type.

    A later try refers to the same stored object; the object lives as long as any artifact that names it.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        LINK = "link", _("Link")
        TEXT = "text", _("Text")

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Uploaded and checked")
        REFUSED = "refused", _("Cannot be used")
        REMOVED = "removed", _("Removed")

    MOVES = moves(
        State,
        {
            State.CHECKING: {State.READY, State.REFUSED, State.REMOVED},
            State.READY: {State.REMOVED},
            State.REFUSED: {State.REMOVED},
            State.REMOVED: set(),
        },
    )

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="artifacts")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.CHECKING)
    refusal = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=200, blank=True)  # as the earner sees it; assessors see a neutral one
    url = models.URLField(_("link"), max_length=2000, blank=True)
    text = models.TextField(_("text"), blank=True)
    storage_key = models.CharField(max_length=300, blank=True)  # chosen by the server, never derived from the name
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True)

    already_there = False  # set on the instance when adding the same content again found this one

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="artifact_has_its_content",
                condition=(models.Q(kind="file") & ~models.Q(storage_key=""))
                | (models.Q(kind="link") & ~models.Q(url=""))
                | (models.Q(kind="text") & ~models.Q(text="")),
            ),
            models.CheckConstraint(
                name="ready_file_was_read_again",
                condition=~models.Q(kind="file", state="ready")
                | (models.Q(size__gt=0, sha256__regex=r"^[0-9a-f]{64}$") & ~models.Q(content_type="")),
            ),
            models.CheckConstraint(
                name="refused_artifact_says_why", condition=~models.Q(state="refused") | ~models.Q(refusal="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "created_at"],
                condition=models.Q(state="checking"),
                name="artifact_to_check",
            ),
            models.Index(fields=["tenant", "sha256"], name="artifact_by_hash"),
        ]

    def __str__(self) -> str:
        return self.name or self.url or self.text[:60]
