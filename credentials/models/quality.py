"""QualityLabel: how well one micro-credential is assessed, for everyone to see."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models.edition import MicroCredential
from lib import clock
from lib.ids import uuid7


class QualityLabel(models.Model):
    """A projection of private rows, written by `assessment.labels` and read by the public page: figures, no facts.

    A figure is null while there is too little behind it, so what is here may always be shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    micro_credential = models.OneToOneField(MicroCredential, models.CASCADE, related_name="quality")
    decisions = models.PositiveIntegerField(_("first tries decided"), null=True)
    first_try = models.PositiveSmallIntegerField(_("percent that passed at the first try"), null=True)
    days = models.DecimalField(_("median days to a result"), max_digits=6, decimal_places=1, null=True)
    read_twice = models.PositiveIntegerField(_("lines that two assessors scored"), null=True)
    agreement = models.PositiveSmallIntegerField(_("percent of these at the same level"), null=True)
    computed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="label_is_whole_or_empty",
                condition=models.Q(decisions=None, first_try=None, days=None)
                | models.Q(decisions__isnull=False, first_try__lte=100, days__gte=0),
            ),
            models.CheckConstraint(
                name="label_says_of_how_many",
                condition=models.Q(agreement=None, read_twice=None)
                | models.Q(agreement__lte=100, read_twice__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.micro_credential_id}: {self.decisions}"
