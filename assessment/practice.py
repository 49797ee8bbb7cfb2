"""The pages of practice: how someone stands on each micro-credential, and one sample line by line. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.calibration import (
    Result,
    anchors_for,
    anchors_in_use,
    is_whole,
    last_round,
    practice_of,
    result_of,
)
from assessment.models import Anchor, AnchorLine, AnchorReading, Calibration, Review, Score
from assessment.reading_rights import theirs
from credentials.models import Edition, RubricLevel, RubricLine
from lib import clock
from tenants.roles import Member


@dataclass(frozen=True)
class Standing:
    """How an assessor stands on one edition that has samples to practice on."""

    edition: Edition
    samples: int
    calibration: Calibration | None

    @property
    def is_needed(self) -> bool:
        """Whether real work of it waits for those who practiced."""
        return self.samples >= settings.CALIBRATION_ANCHORS

    @property
    def tone(self) -> str:
        """Of its tag."""
        if self.calibration is None:
            return "plain"
        return "ok" if self.calibration.counts_at(clock.now()) else "warn"

    @property
    def words(self) -> str:
        """How it stands, with the date it ends where there is one."""
        if self.calibration is None:
            return _("Practice first") if self.is_needed else _("Open to all assessors")
        if self.calibration.paused_at:
            return _("Paused: practice again")
        if self.calibration.counts_at(clock.now()):
            return _("Ready to score until %(day)s") % {"day": self._day}
        return _("Ended %(day)s: practice again") % {"day": self._day}

    @property
    def _day(self) -> str:
        return date_format(self.calibration.expires_at.astimezone(self.edition.tenant.zone), "DATE_FORMAT")


def standings_of(by: Member) -> list[Standing]:
    """Every published edition with samples that `by` may practice on, by title. Three queries."""
    counts = dict(
        anchors_in_use()
        .filter(use=Anchor.Use.PRACTICE)
        .order_by()
        .values_list("edition")
        .annotate(n=Count("id"))
        .values_list("edition", "n")
    )
    mine = {each.edition_id: each for each in Calibration.objects.filter(assessor=by.user)}
    editions = (
        Edition.objects.filter(theirs(by), Q(id__in=counts) | Q(id__in=mine), state=Edition.State.PUBLISHED)
        .select_related("micro_credential__tenant")
        .defer("search")
        .order_by("title")
    )
    return [Standing(each, counts.get(each.id, 0), mine.get(each.id)) for each in editions]


@dataclass(frozen=True)
class Step:
    """One sample of the present round. `review`: the claim, while one is at it."""

    number: int
    reading: AnchorReading | None
    review: Review | None


@dataclass(frozen=True)
class Round:
    """Where someone is in a round of practice on one edition."""

    steps: Sequence[Step]
    result: Result | None  # once it is over
    is_over: bool

    @property
    def review(self) -> Review | None:
        """What one is at."""
        return next((each.review for each in self.steps if each.review), None)

    @property
    def begun(self) -> bool:
        return any(each.reading for each in self.steps)


def round_of(by: Member, edition: Edition) -> Round:
    """The newest round of practice, with a step for each sample it takes."""
    readings = last_round(by.user, edition)
    over = is_whole(readings)
    claimed = {
        each.submission_id: each
        for each in Review.objects.filter(
            submission__in=[each.submission_id for each in readings if each.compared_at is None],
            assessor=by.user,
            state=Review.State.CLAIMED,
        )
    }
    there = anchors_for(by.user).filter(edition=edition, use=Anchor.Use.PRACTICE).count()
    size = max(min(settings.CALIBRATION_ANCHORS, there), len(readings))
    shown = [*readings, *[None] * (size - len(readings))]
    steps = [
        Step(n, each if each and each.compared_at else None, claimed.get(each.submission_id) if each else None)
        for n, each in enumerate(shown, start=1)
    ]
    return Round(steps, result_of(readings) if over else None, over)


def edition_to_practice(by: Member, slug: str) -> Edition:
    """The published edition of a micro-credential of this tenant, if its work is for `by` to read. Raises Http404."""
    found = (
        Edition.objects.filter(
            theirs(by), micro_credential__slug=slug, micro_credential__tenant=by.tenant, state=Edition.State.PUBLISHED
        )
        .select_related("micro_credential__tenant")
        .defer("search")
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_practice(by: Member, edition: Edition, reading_id: UUID) -> AnchorReading:
    """One's own practice reading that has been compared. Raises Http404, also for hidden ones: those stay hidden."""
    found = practice_of(by.user).filter(id=reading_id, edition=edition, compared_at__isnull=False).first()
    if found is None:
        raise Http404
    return found


def practiced(review: Review) -> AnchorReading | None:
    """The comparison of a review of practice, once it was sent."""
    sent = AnchorReading.objects.filter(hidden=False, compared_at__isnull=False)
    return sent.filter(submission=review.submission_id).first()


@dataclass(frozen=True)
class Revealed:
    """One line of a sample: what one gave, what stands, and why."""

    number: int
    line: RubricLine
    given: RubricLevel
    comment: str
    stands: RubricLevel
    rationale: str

    @property
    def distance(self) -> int:
        """In levels."""
        return abs(self.given.position - self.stands.position)

    @property
    def tone(self) -> str:
        """Of its tag."""
        return {0: "ok", 1: "warn"}.get(self.distance, "bad")

    @property
    def words(self) -> str:
        """How far apart, in words."""
        if not self.distance:
            return _("Same level")
        return ngettext("%(n)s level apart", "%(n)s levels apart", self.distance) % {"n": self.distance}


def revealed(reading: AnchorReading) -> list[Revealed]:
    """Every line of a compared reading beside what stands. Three queries."""
    scores = {
        each.line_id: each
        for each in Score.objects.filter(
            review__submission=reading.submission_id,
            review__state=Review.State.FINAL,
        ).select_related("level")
    }
    lines = AnchorLine.objects.filter(anchor=reading.anchor_id).select_related("line", "level")
    return [
        Revealed(n, each.line, scores[each.line_id].level, scores[each.line_id].comment, each.level, each.rationale)
        for n, each in enumerate(lines, start=1)
    ]
