"""Mark: the place in the evidence that a reading speaks of."""

from django.db import models

from assessment.models.review import Review
from credentials.models import RubricLine
from submissions.models import Placed


class Mark(Placed):
    """Where one reading saw something, for a line or in general. Kept with the draft when the claim runs out."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="marks")
    line = models.ForeignKey(RubricLine, models.PROTECT, null=True, related_name="+")

    class Meta(Placed.Meta):
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["tenant", "review"], name="mark_by_review")]
