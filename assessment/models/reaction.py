"""Reaction: what an earner says back to one comment. Neither side learns who the other is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessment.models.decision import DecisionLine
from lib import clock
from tenants.models import ScopedModel, User


class Reaction(ScopedModel):
    """A thank-you, or a flag with a sentence for the admins. Taking it back deletes it, until a flag is answered."""

    class Kind(models.TextChoices):
        THANK = "thank", _("Thank you")
        FLAG = "flag", _("Flagged")

    decision_line = models.OneToOneField(DecisionLine, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    text = models.TextField(max_length=600, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(max_length=600, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="a_flag_says_why_and_thanks_say_nothing",
                condition=(models.Q(kind="flag") & ~models.Q(text="")) | models.Q(kind="thank", text=""),
            ),
            models.CheckConstraint(
                name="only_a_flag_is_answered_and_by_someone",
                condition=models.Q(answered_at=None, answered_by=None, answer="")
                | (models.Q(kind="flag", answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(answer="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "made_at"],
                condition=models.Q(kind="flag", answered_at=None),
                name="flag_to_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text[:60]}"
