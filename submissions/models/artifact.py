"""Artifact: one piece of evidence in a try: a file, a link or a text."""

import pgtrigger
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from lib import clock
from lib.transitions import moves
from submissions.models.file import StoredFile
from submissions.models.submission import Submission
from tenants.models import ScopedModel, User


class Students(models.TextChoices):
    """How the students in a piece of evidence are protected."""

    NONE = "none", _("No students can be seen, heard or named")
    COVERED = "covered", _("Names and faces are covered")
    RELEASED = "released", _("Signed releases are on file")


class Artifact(ScopedModel):
    """Counts as evidence only when READY: the server has read it again from storage and knows size, hash and type.

    A later try refers to the same stored file; the file lives as long as any artifact that names it.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        LINK = "link", _("Link")
        TEXT = "text", _("Text")

    class State(models.TextChoices):
        UPLOADING = "uploading", _("Upload not finished")
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Uploaded and checked")
        REFUSED = "refused", _("Cannot be used")
        REMOVED = "removed", _("Removed")

    MOVES = moves(
        State,
        {
            State.UPLOADING: {State.CHECKING, State.REFUSED, State.REMOVED},
            State.CHECKING: {State.UPLOADING, State.READY, State.REFUSED, State.REMOVED},
            State.READY: {State.REMOVED, State.REFUSED},
            State.REFUSED: {State.REMOVED},
            State.REMOVED: {State.READY},
        },
    )

    class LinkState(models.TextChoices):
        UNCHECKED = "unchecked", _("Not checked yet")
        OPEN = "open", _("Reviewers can open it")
        CLOSED = "closed", _("Reviewers cannot open it")
        UNKNOWN = "unknown", _("Could not be checked")

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
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="artifacts")  # from checking on
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # its earner had it erased: nothing of its content is here

    link_state = models.CharField(max_length=10, choices=LinkState, blank=True)  # empty for what is no link
    link_reason = models.CharField(max_length=300, blank=True)
    link_title = models.CharField(max_length=200, blank=True)  # of the page, when it was last opened
    link_checked_at = models.DateTimeField(null=True)

    students = models.CharField(max_length=12, choices=Students, blank=True)  # empty: not promised yet
    record_number = models.CharField(_("release record number"), max_length=80, blank=True)
    attested_version = models.CharField(max_length=20, blank=True)  # of the wording in submissions.promises
    attested_at = models.DateTimeField(null=True)

    already_there = False  # set on the instance when adding the same content again found this one

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="artifact_has_its_content",
                condition=(models.Q(kind="file") & (models.Q(file__isnull=False) | ~models.Q(state="ready")))
                | (models.Q(kind="link") & ~models.Q(url=""))
                | (models.Q(kind="text") & ~models.Q(text=""))
                | models.Q(erased_at__isnull=False, text="", url="", name="", link_title=""),
            ),
            models.CheckConstraint(
                name="only_files_are_uploaded",
                condition=models.Q(kind="file")
                | (models.Q(file=None) & ~models.Q(state__in=["uploading", "checking"])),
            ),
            models.CheckConstraint(
                name="refused_artifact_says_why", condition=~models.Q(state="refused") | ~models.Q(refusal="")
            ),
            models.CheckConstraint(
                name="only_links_are_opened",
                condition=(models.Q(kind="link") & ~models.Q(link_state=""))
                | (~models.Q(kind="link") & models.Q(link_state="")),
            ),
            models.CheckConstraint(
                name="attested_artifact_says_how",
                condition=models.Q(students="", attested_at=None, attested_version="", record_number="")
                | (~models.Q(students="") & ~models.Q(attested_version="") & models.Q(attested_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="released_artifact_has_a_record",
                condition=~models.Q(students="released") | ~models.Q(record_number=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "created_at"],
                condition=models.Q(state="checking"),
                name="artifact_to_check",
            ),
            models.Index(
                fields=["tenant", "created_at"],
                condition=models.Q(link_state="unchecked"),
                name="artifact_link_to_check",
            ),
            models.Index(fields=["tenant", "earner", "-created_at"], name="artifact_by_earner"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ready_file_is_kept",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__kind="file", new__state="ready"),
                # A file that was deleted since, as retention asks, may stay in the try it was sent with.
                func="""
                    IF EXISTS (
                        SELECT 1 FROM submissions_storedfile f WHERE f.id = NEW.file_id AND f.state = 'arriving'
                    ) THEN
                        RAISE EXCEPTION 'file % was not read again from storage', NEW.file_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    @property
    def short_name(self) -> str:
        """What to call it within a sentence."""
        return Truncator(str(self)).chars(60)

    @property
    def is_attested(self) -> bool:
        """Whether its earner has said how the students in it are protected."""
        return bool(self.students)

    @property
    def size(self) -> int:
        """Bytes of the file; 0 for what has none."""
        return self.file.size if self.file else 0

    @property
    def sha256(self) -> str:
        """SHA-256 of the file (hex); empty for what has none."""
        return self.file.sha256 if self.file else ""

    @property
    def content_type(self) -> str:
        """What the file was found to be; empty for what has none."""
        return self.file.content_type if self.file else ""

    def __str__(self) -> str:
        return self.name or self.url or self.text[:60] or str(_("Erased"))
