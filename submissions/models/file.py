"""StoredFile: bytes that were uploaded and read again. Rendering: the previews made of them, and the queue for that."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.transitions import moves
from tenants.models import ScopedModel, User


class StoredFile(ScopedModel):
    """One object in storage and what was found when it was read. Artifacts of several tries may name the same one.

    Size, hash and type are known before the row is made: they come from reading the bytes, never from the browser.
    """

    class State(models.TextChoices):
        ARRIVING = "arriving", _("On its way into storage")
        KEPT = "kept", _("Kept")
        GONE = "gone", _("Deleted")

    MOVES = moves(
        State,
        {
            State.ARRIVING: {State.KEPT, State.GONE},
            State.KEPT: {State.GONE},
            State.GONE: set(),
        },
    )

    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.ARRIVING)
    key = models.CharField(max_length=300, unique=True)  # in storage; chosen by the server, never from the name
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    gone_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)  # when storage had nothing of it any more, previews included

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stored_file_was_read",
                condition=models.Q(size__gt=0, sha256__regex=r"^[0-9a-f]{64}$")
                & ~models.Q(content_type="")
                & ~models.Q(key=""),
            ),
            models.CheckConstraint(
                name="gone_file_says_when",
                condition=models.Q(state="gone", gone_at__isnull=False)
                | ~models.Q(state="gone") & models.Q(gone_at=None),
            ),
            models.CheckConstraint(
                name="only_gone_files_are_dropped", condition=models.Q(state="gone") | models.Q(dropped_at=None)
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "sha256"], name="file_by_hash"),
            models.Index(fields=["tenant", "created_at"], condition=models.Q(state="arriving"), name="file_arriving"),
            models.Index(
                fields=["tenant", "gone_at"],
                condition=models.Q(state="gone", dropped_at=None),
                name="file_to_drop",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Rendering(ScopedModel):
    """The previews of one file: asked for when the file is kept, made by a worker, and the row is the queue for it.

    A worker takes it by a lease; one that was killed leaves a lease that runs out, and another takes it again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("The preview is being made")
        MADE = "made", _("The preview is ready")
        FAILED = "failed", _("There is no preview")

    MOVES = moves(
        State,
        {
            State.WAITING: {State.MADE, State.FAILED},
            State.MADE: set(),
            State.FAILED: set(),
        },
    )

    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="rendering")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    runs = models.PositiveSmallIntegerField(default=0)  # how often a worker has begun
    lease_until = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)  # why there is none, or what of the file it leaves out
    seconds = models.FloatField(null=True)  # how long a film or a recording is
    pages = models.PositiveIntegerField(default=0)
    texts = ArrayField(models.TextField(), default=list)  # what can be read in it, page by page
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rendering_without_preview_says_why", condition=~models.Q(state="failed") | ~models.Q(note="")
            ),
            models.CheckConstraint(
                name="rendering_that_ended_says_when",
                condition=models.Q(state="waiting", ended_at=None)
                | (~models.Q(state="waiting") & models.Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "created_at"], condition=models.Q(state="waiting"), name="rendering_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.state}"


class Preview(ScopedModel):
    """One thing we made of a file: made by us, so that it can be shown in a page. Carries nothing of its author."""

    class Kind(models.TextChoices):
        THUMB = "thumb", _("Small picture")
        IMAGE = "image", _("Picture")
        PAGE = "page", _("Page")
        POSTER = "poster", _("Still of a film")
        VIDEO = "video", _("Film")
        AUDIO = "audio", _("Sound")
        HTML = "html", _("Text")

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="previews")
    kind = models.CharField(max_length=8, choices=Kind)
    position = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=300, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)  # pixels, 0 where it has none
    height = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["kind", "position"]
        constraints = [models.UniqueConstraint(fields=["file", "kind", "position"], name="one_preview_a_place")]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"


class Captions(ScopedModel):
    """Captions of a film or a recording (WebVTT), as its earner uploaded or wrote them. `rev` counts saves."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=12, default="en")
    text = models.TextField(_("captions"))
    rev = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["file", "language"], name="one_captions_a_language")]

    def __str__(self) -> str:
        return self.language
