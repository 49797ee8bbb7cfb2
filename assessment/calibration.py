"""Who may score what: anchors in use, and assessors who have shown that they score as those are scored. Reads only.

An edition with enough published anchors to practice on is open only to assessors who are calibrated on it; any other
is open to all of them. See docs/adr/0016.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessment.models import Anchor, AnchorReading, Calibration, Conflict
from credentials.models import Edition, RubricLine
from lib import canonical, clock
from submissions.models import Erasure
from tenants.models import User
from tenants.roles import Member


def rubric_hash(edition: Edition) -> str:
    """A hash of the whole scoring guide: equal for two editions that score the same lines by the same levels."""
    lines = RubricLine.objects.filter(edition=edition).select_related("criterion").prefetch_related("levels")
    guide = [
        {
            "criterion": line.criterion.key,
            "key": line.key,
            "title": line.title,
            "levels": [[level.position, level.name, level.description, level.passes] for level in line.levels.all()],
        }
        for line in lines.order_by("key")
    ]
    return canonical.content_hash(guide)


def anchors_in_use() -> QuerySet[Anchor]:
    """Published anchors whose evidence is still there."""
    erased = Erasure.objects.filter(
        person=OuterRef("submission__earner"),
        state__in=[Erasure.State.RUNNING, Erasure.State.DONE],
        began_at__gt=OuterRef("made_at"),
    )
    return Anchor.objects.filter(~Exists(erased), state=Anchor.State.PUBLISHED)


def anchors_for(user: User) -> QuerySet[Anchor]:
    """Anchors that `user` can be measured with: none of their own work or making, or of people they know."""
    knows = Conflict.objects.filter(assessor=user, earner=OuterRef("submission__earner"))
    return anchors_in_use().exclude(submission__earner=user).exclude(made_by=user).exclude(Exists(knows))


def demands_practice() -> Q:
    """Of editions that only calibrated assessors score: certified ones, and published ones with enough anchors.

    One that was replaced asks nobody any more unless it is certified: nobody new could practice on it, and its last
    works must get done.
    """
    enough = (
        Anchor.objects.filter(state=Anchor.State.PUBLISHED, use=Anchor.Use.PRACTICE)
        .order_by()
        .values("edition")
        .annotate(n=Count("id"))
        .filter(n__gte=settings.CALIBRATION_ANCHORS)
        .values("edition")
    )
    return Q(mode=Edition.Mode.CERTIFIED) | Q(state=Edition.State.PUBLISHED, pk__in=enough)


def calibrations_of(user: User) -> QuerySet[Calibration]:
    """The ones that count now: neither ended nor paused."""
    return Calibration.objects.filter(assessor=user, expires_at__gt=clock.now(), paused_at=None)


def practice_first(user: User) -> Q:
    """Of editions that `user` has to practice on before scoring them.

    For a certified edition that was replaced, having shown it on another one of its micro-credential is enough.
    """
    mine = calibrations_of(user)
    replaced = Q(state__in=[Edition.State.SUPERSEDED, Edition.State.RETIRED])
    shown = Q(pk__in=mine.values("edition"))
    shown |= replaced & Q(micro_credential__in=mine.values("edition__micro_credential"))
    return demands_practice() & ~shown


def to_practice_first(by: Member) -> list[Edition]:
    """Published editions that `by` has to practice on before scoring them, by title. One query."""
    closed = Edition.objects.filter(
        practice_first(by.user), micro_credential__tenant=by.tenant, state=Edition.State.PUBLISHED
    )
    return list(closed.select_related("micro_credential").defer("search").order_by("title", "id"))


@dataclass(frozen=True)
class Result:
    """How a reading, or a round of them, compares with what stands."""

    lines: int
    exact: int
    worst: int  # levels

    @property
    def percent(self) -> int:
        """Of lines at exactly the same level, rounded down: 79.9 is not 80."""
        return self.exact * 100 // self.lines

    @property
    def suffices(self) -> bool:
        """Whether it calibrates."""
        return self.percent >= settings.CALIBRATION_PERCENT and self.worst <= settings.CALIBRATION_FURTHEST


def result_of(readings: Sequence[AnchorReading]) -> Result | None:
    """All lines of some compared readings taken together; None for no readings."""
    if not readings:
        return None
    return Result(
        lines=sum(each.lines for each in readings),
        exact=sum(each.exact for each in readings),
        worst=max(each.worst for each in readings),
    )


def practice_of(user: User) -> QuerySet[AnchorReading]:
    """Readings of practice that stand, oldest first."""
    return AnchorReading.objects.filter(assessor=user, hidden=False, dropped_at=None).select_related("anchor")


def last_round(user: User, edition: Edition) -> list[AnchorReading]:
    """The readings of the newest round of practice, in the order in which they were given."""
    newest = practice_of(user).filter(edition=edition).order_by("-round").values_list("round", flat=True)[:1]
    return list(practice_of(user).filter(edition=edition, round__in=newest))


def is_whole(readings: Sequence[AnchorReading]) -> bool:
    """Whether a round of practice is over and says something."""
    return len(readings) >= settings.CALIBRATION_ANCHORS and all(each.compared_at for each in readings)
