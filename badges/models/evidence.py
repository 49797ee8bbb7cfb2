"""SharedEvidence: what the public may know of a private piece of evidence, because its earner chose to show it."""

from django.db import models

from badges.models.badge import Badge
from lib import clock
from lib.ids import uuid7


class SharedEvidence(models.Model):
    """One piece beside a badge. A projection of an artifact, written when it is shared and deleted when it is not.

    The artifact is private and in the issuer's tenant, so nothing joins from here. When it is deleted or erased, the
    database takes name and description away in the same transaction and notes when (triggers in 0003_page), and a
    worker has the badge signed anew without it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)  # its address ends with this
    badge = models.ForeignKey(Badge, models.CASCADE, related_name="shared_evidence")
    artifact_id = models.UUIDField()
    file_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=300, blank=True)
    genre = models.CharField(max_length=40)  # Open Badges 3.0, Evidence
    position = models.PositiveSmallIntegerField(default=0)
    shared_at = models.DateTimeField(default=clock.now)
    gone_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)  # when the badge was sent to be signed without it

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["badge", "artifact_id"], name="evidence_is_shared_once"),
            models.CheckConstraint(
                name="shared_evidence_has_a_name_until_it_is_gone",
                condition=(models.Q(gone_at=None, followed_at=None) & ~models.Q(name=""))
                | models.Q(gone_at__isnull=False, name="", description=""),
            ),
        ]
        indexes = [
            models.Index(fields=["artifact_id"], name="shared_by_artifact"),
            models.Index(fields=["file_id"], name="shared_by_file"),
            models.Index(
                fields=["gone_at"],
                condition=models.Q(gone_at__isnull=False, followed_at=None),
                name="shared_to_follow",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)
