"""Conversation: what a coach and an earner agreed on when tries were used up. Rows are only ever added."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from lib import clock
from submissions.models.submission import Submission
from tenants.models import ScopedModel, User


class Conversation(ScopedModel):
    """Opens one more try: the draft that waits, or with `criterion` one more try at its quiz (docs/adr/0017).

    `opens` is the number of that try, so that the same wait cannot be answered twice.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, related_name="+")
    opens = models.PositiveSmallIntegerField()
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    coach = models.ForeignKey(User, models.PROTECT, related_name="+")
    held_on = models.DateField(_("day of the talk"))
    agreed = models.TextField(_("what you agreed on"), max_length=2000)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(criterion=None), name="one_conversation_a_try"
            ),
            models.UniqueConstraint(
                fields=["submission", "criterion", "opens"],
                condition=models.Q(criterion__isnull=False),
                name="one_conversation_a_quiz_try",
            ),
            models.CheckConstraint(name="nobody_talks_with_themselves", condition=~models.Q(coach=models.F("earner"))),
            models.CheckConstraint(name="conversation_says_what_was_agreed", condition=~models.Q(agreed="")),
        ]
        indexes = [models.Index(fields=["tenant", "-recorded_at"], name="conversation_by_time")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.held_on}: {self.agreed[:60]}"
