"""VettingNote: what a vetter says about a section of an edition, and what the author answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.edition import Edition
from lib import clock
from tenants.models import ScopedModel, User


class VettingNote(ScopedModel):
    """One remark in one round of vetting."""

    class Kind(models.TextChoices):
        MUST_FIX = "must_fix", _("Must fix")
        SUGGEST = "suggest", _("Suggestion")
        PRAISE = "praise", _("Well done")

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()
    section = models.CharField(_("section"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.SUGGEST)
    text = models.TextField(_("remark"), max_length=2000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reply = models.TextField(_("answer"), blank=True, max_length=2000)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "at", "id"]

    def __str__(self) -> str:
        return self.text[:60]
