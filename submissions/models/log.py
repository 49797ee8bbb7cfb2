"""LogEntry: one line of a log of hours or observations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion
from lib import clock
from submissions.models.submission import Submission
from tenants.models import ScopedModel

DAY = 1440  # minutes: the most one entry, and all entries of one date, can have


class LogEntry(ScopedModel):
    """What was done on one day, and for how long. A later try has copies of its own."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="log_entries")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    on = models.DateField(_("date"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    what = models.TextField(_("what you did"), max_length=2000)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    already_there = False  # set on the instance when adding the same entry again found this one

    class Meta:
        ordering = ["on", "created_at", "id"]
        constraints = [
            models.CheckConstraint(name="entry_fits_into_a_day", condition=models.Q(minutes__range=(1, DAY))),
            models.CheckConstraint(name="entry_says_what", condition=~models.Q(what="")),
        ]
        indexes = [models.Index(fields=["submission", "criterion", "on"], name="log_in_order")]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}: {self.what[:60]}"
