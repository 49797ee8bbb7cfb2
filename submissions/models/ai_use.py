"""AiUse: one AI tool that the earner used, where, and what they changed in what it gave them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from submissions.models.submission import Submission
from tenants.models import ScopedModel


class AiUse(ScopedModel):
    """One line of the note on AI tools. That none was used is `Submission.used_ai`, not the lack of lines."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="ai_uses")
    tool = models.CharField(_("tool"), max_length=80)
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, related_name="+")  # null: the whole work
    what_changed = models.TextField(_("what was changed"), max_length=1000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="one_ai_use_a_position"),
            models.CheckConstraint(name="ai_use_says_what", condition=~models.Q(tool="") & ~models.Q(what_changed="")),
        ]

    def __str__(self) -> str:
        return self.tool
