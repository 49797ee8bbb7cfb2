"""Calibration: whether an assessor may score an edition. AnchorReading: one reading of an anchor that says so."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessment.models.anchor import Anchor
from assessment.models.decision import Decision
from credentials.models import Edition
from lib import clock
from submissions.models import Submission
from tenants.models import ScopedModel, User


class Calibration(ScopedModel):
    """An assessor has shown that they score one edition as its anchors are scored. It ends, and it can be paused."""

    class Pause(models.TextChoices):
        DRIFT = "drift", _("Scores have moved away from the samples")
        MISSES = "misses", _("Two levels away more than once")

    assessor = models.ForeignKey(User, models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    rubric_hash = models.CharField(max_length=71)  # of the scoring guide that was practiced on
    passed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    percent = models.PositiveSmallIntegerField()  # of lines at exactly the same level
    worst = models.PositiveSmallIntegerField()  # the largest distance, in levels
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=10, choices=Pause, blank=True)
    claims = models.PositiveIntegerField(default=0)  # since the last hidden anchor

    class Meta:
        ordering = ["edition", "assessor"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "assessor", "edition"], name="one_calibration_an_edition"),
            models.CheckConstraint(
                name="calibration_lasts_a_while", condition=models.Q(expires_at__gt=models.F("passed_at"))
            ),
            models.CheckConstraint(name="calibration_percent", condition=models.Q(percent__lte=100)),
            models.CheckConstraint(
                name="paused_calibration_says_why",
                condition=models.Q(paused_at=None, paused_why="")
                | (models.Q(paused_at__isnull=False) & ~models.Q(paused_why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessor_id} on {self.edition_id}"

    def counts_at(self, when: datetime) -> bool:
        """Whether its holder may score at this time."""
        return self.paused_at is None and self.expires_at > when


class AnchorReading(ScopedModel):
    """An anchor given to an assessor as a copy: to practice, or hidden among their claims. Compared once it is sent.

    `submission` is that copy; the reading of it is a Review like any other.
    """

    anchor = models.ForeignKey(Anchor, models.PROTECT, related_name="readings")
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="+")  # who got it, then who sent it
    hidden = models.BooleanField()
    round = models.PositiveSmallIntegerField(default=0)  # of practice, from 1; the anchors of one round count together
    given_at = models.DateTimeField(default=clock.now)
    dropped_at = models.DateTimeField(null=True)  # it was given back, or the anchor was retired meanwhile
    compared_at = models.DateTimeField(null=True)
    lines = models.PositiveSmallIntegerField(null=True)
    exact = models.PositiveSmallIntegerField(null=True)  # lines at the same level
    worst = models.PositiveSmallIntegerField(null=True)  # the largest distance, in levels
    outcome = models.CharField(max_length=10, choices=Decision.Outcome, blank=True)  # what the list of done work says

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "assessor", "anchor", "round"],
                condition=models.Q(hidden=False, dropped_at=None),
                name="one_reading_an_anchor_a_round",
            ),
            models.CheckConstraint(
                name="practice_has_rounds",
                condition=models.Q(hidden=True, round=0) | models.Q(hidden=False, round__gt=0),
            ),
            models.CheckConstraint(
                name="compared_reading_says_how",
                condition=models.Q(compared_at=None, lines=None, exact=None, worst=None, outcome="")
                | (
                    models.Q(compared_at__isnull=False, worst__isnull=False, exact__lte=models.F("lines"), lines__gt=0)
                    & ~models.Q(outcome="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "assessor", "edition", "-given_at"], name="reading_by_assessor"),
            models.Index(fields=["tenant", "anchor"], name="reading_by_anchor"),
        ]

    def __str__(self) -> str:
        return f"{self.assessor_id} on {self.anchor_id}"
