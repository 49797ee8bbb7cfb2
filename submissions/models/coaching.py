"""Coaching: who sees whose drafts before they are sent, and what they say about them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion, RubricLine
from lib import clock
from submissions.models.submission import Submission
from tenants.models import ScopedModel, User


class Coaching(ScopedModel):
    """A coach sees the drafts of one person, or of everyone whose staff record names a building."""

    coach = models.ForeignKey(User, models.CASCADE, related_name="+")
    earner = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    building = models.CharField(_("building"), max_length=120, blank=True)
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["building", "since", "id"]
        constraints = [
            models.CheckConstraint(
                name="coaching_is_of_a_person_or_a_building",
                condition=models.Q(earner__isnull=False, building="")
                | (models.Q(earner=None) & ~models.Q(building="")),
            ),
            models.CheckConstraint(
                name="nobody_coaches_themselves",
                condition=models.Q(earner=None) | ~models.Q(coach=models.F("earner")),
            ),
            models.UniqueConstraint(
                fields=["tenant", "coach", "earner"],
                condition=models.Q(earner__isnull=False),
                name="one_coaching_a_pair",
            ),
            models.UniqueConstraint(
                fields=["tenant", "coach", "building"],
                condition=models.Q(earner=None),
                name="one_coaching_a_building",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coach_id} coaches {self.earner_id or self.building}"


class CoachNote(ScopedModel):
    """What a coach says about one part of a draft, or about one line of its scoring guide. Never counts as a score."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="coach_notes")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    line = models.ForeignKey(RubricLine, models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(_("note"), max_length=2000)
    written_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [models.CheckConstraint(name="coach_note_says_something", condition=~models.Q(text=""))]
        indexes = [models.Index(fields=["tenant", "submission"], name="coach_note_by_try")]

    def __str__(self) -> str:
        return self.text[:60]
