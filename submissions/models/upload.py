"""Upload: a file on its way, part by part, that can be taken up again after a cut, a reload, or on another day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.transitions import moves
from submissions.models.artifact import Artifact
from tenants.models import ScopedModel


class Upload(ScopedModel):
    """What a browser said it would send, and where its parts are gathered. Nothing of it is believed until read."""

    class State(models.TextChoices):
        OPEN = "open", _("Not finished")
        ARRIVED = "arrived", _("Being checked")
        DONE = "done", _("Checked")
        STOPPED = "stopped", _("Stopped")

    MOVES = moves(
        State,
        {
            State.OPEN: {State.ARRIVED, State.STOPPED},
            State.ARRIVED: {State.OPEN, State.DONE, State.STOPPED},
            State.DONE: set(),
            State.STOPPED: set(),
        },
    )

    artifact = models.OneToOneField(Artifact, models.CASCADE, related_name="upload")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    size = models.PositiveBigIntegerField()  # bytes, as the browser says
    part_size = models.PositiveIntegerField()  # bytes of every part but the last
    multipart_id = models.CharField(max_length=300, blank=True)  # of an S3 store
    created_at = models.DateTimeField(default=clock.now, editable=False)
    touched_at = models.DateTimeField(default=clock.now)  # when parts were last asked for or finished
    lease_until = models.DateTimeField(null=True)  # a worker is checking it until then
    dropped_at = models.DateTimeField(null=True)  # when its parts were deleted

    class Meta:
        constraints = [
            models.CheckConstraint(name="upload_has_a_size", condition=models.Q(size__gt=0, part_size__gt=0)),
            models.CheckConstraint(
                name="upload_under_way_has_its_parts",
                condition=models.Q(dropped_at=None) | ~models.Q(state__in=["open", "arrived"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "touched_at"],
                condition=models.Q(dropped_at=None),
                name="upload_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id}: {self.state}"

    @property
    def parts(self) -> int:
        """How many parts it has, the last of which may be shorter."""
        return -(-self.size // self.part_size)

    def size_of(self, number: int) -> int:
        """Bytes of part `number`, counted from 1."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)


class UploadPart(ScopedModel):
    """What the browser says a part is: the SHA-256 that its bytes are compared with when they are read again."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="declared")
    number = models.PositiveSmallIntegerField()  # counted from 1, as S3 counts
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="one_part_a_number"),
            models.CheckConstraint(
                name="part_has_a_hash", condition=models.Q(number__gt=0, sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
