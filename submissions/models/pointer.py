"""Placed: a place in a piece of evidence. Pointer: where the earner says to look."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from submissions.models.artifact import Artifact
from submissions.places import Place
from tenants.models import ScopedModel

_NO_SPOT = models.Q(x=None, y=None, w=None, h=None)
# Each is named as not null: a check that comes out as NULL would let half a spot through.
_A_SPOT = (
    models.Q(page__isnull=False, x__isnull=False, y__isnull=False, w__isnull=False, h__isnull=False)
    & models.Q(x__gte=0, y__gte=0, w__gt=0, h__gt=0)
    & models.Q(x__lte=1 - models.F("w"), y__lte=1 - models.F("h"))
)


class Placed(ScopedModel):
    """Something said about one place of one piece: a second of a film, a page or a spot on it, or the whole piece.

    Spots are fractions of the page's width and height, so that they fit every size it is shown in. A picture has one
    page.
    """

    artifact = models.ForeignKey(Artifact, models.CASCADE, related_name="%(class)ss")
    seconds = models.PositiveIntegerField(null=True)
    page = models.PositiveIntegerField(null=True)
    x = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    y = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    w = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    h = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
        ordering = ["seconds", "page", "created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_is_at_one_place", condition=models.Q(seconds=None) | models.Q(page=None)
            ),
            models.CheckConstraint(
                name="%(class)s_page_counts_from_one", condition=models.Q(page=None) | models.Q(page__gte=1)
            ),
            models.CheckConstraint(name="%(class)s_spot_is_on_its_page", condition=_NO_SPOT | _A_SPOT),
        ]

    def __str__(self) -> str:
        return f"{self.artifact_id} {self.place.words}"

    @property
    def place(self) -> Place:
        """Where it is."""
        spot = None if self.x is None else (self.x, self.y, self.w, self.h)
        return Place(seconds=self.seconds, page=self.page, spot=spot)

    @place.setter
    def place(self, place: Place) -> None:
        self.seconds, self.page = place.seconds, place.page
        self.x, self.y, self.w, self.h = place.spot or (None, None, None, None)


class Pointer(Placed):
    """What the reviewer should look for, and where. The next try gets a copy."""

    class Meta(Placed.Meta):
        indexes = [models.Index(fields=["tenant", "artifact"], name="pointer_by_artifact")]
