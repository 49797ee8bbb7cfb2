"""Where one submission stands: its readings and what was settled, brought before the rules of assessment.verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from django.utils.crypto import salted_hmac

from assessment import verdicts
from assessment.models import Review, Score, SettledLine, Settling
from assessment.queries import lines_of
from credentials.models import RubricLevel
from submissions.models import Submission, SubmissionLine


@dataclass(frozen=True)
class Case:
    """A submission of which every reading is final. `settled`: by line, once a senior assessor has settled."""

    submission: Submission
    readings: Sequence[Review]  # by slot
    settled: Mapping[UUID, SettledLine]

    @cached_property
    def lines(self) -> list[SubmissionLine]:
        """All lines of the scoring guide in order, with their levels."""
        return list(lines_of(self.submission.id).prefetch_related("line__levels"))

    @cached_property
    def scores(self) -> Mapping[UUID, list[Score]]:
        """What the readings say, by line, in the order of the readings."""
        scores: dict[UUID, list[Score]] = {}
        found = Score.objects.filter(review__in=self.readings).select_related("level").order_by("review__slot")
        for score in found:
            scores.setdefault(score.line_id, []).append(score)
        return scores

    def next_step(self) -> verdicts.Step:
        """What has to happen now."""
        edition = self.submission.edition
        lines = [rule_line(each) for each in self.lines]
        given = [score for scores in self.scores.values() for score in scores]
        readings = [
            {score.line_id: score.level.position for score in given if score.review_id == each.id}
            for each in self.readings
        ]
        return verdicts.next_step(
            verdicts.Rule(verdicts.Plan(edition.plan), edition.others_needed),
            lines,
            readings,
            second=self._reason_for_second(lines, readings) if len(readings) == 1 else None,
            settled={line: each.level.position for line, each in self.settled.items()},
        )

    def level(self, line_id: UUID, position: int) -> RubricLevel:
        """A level of a line by its position."""
        line = next(each.line for each in self.lines if each.line_id == line_id)
        return next(level for level in line.levels.all() if level.position == position)

    def _reason_for_second(
        self, lines: Sequence[verdicts.Line], readings: Sequence[verdicts.Reading]
    ) -> verdicts.Why | None:
        edition, first = self.submission.edition, self.readings[0]
        plan = verdicts.Plan(edition.plan)
        if plan != verdicts.Plan.CONDITIONAL:
            return None
        return verdicts.reason_for_second(
            plan,
            lines,
            readings[0],
            newcomer=readings_before(first) < edition.newcomer_readings,
            drawn=is_drawn(self.submission.id, edition.second_share),
        )


def case_of(submission: Submission) -> Case | None:
    """The case, or None while a reading or a settling is open, or a reading can still be taken back."""
    live = list(
        Review.objects.filter(submission=submission, appeal=None, state__in=["waiting", "claimed", "final"]).order_by(
            "slot"
        )
    )
    if not live or any(each.state != Review.State.FINAL or each.undo_until for each in live):
        return None
    settling = Settling.objects.filter(submission=submission, state__in=["waiting", "claimed", "final"]).first()
    if settling is not None and settling.state != Settling.State.FINAL:
        return None
    settled = SettledLine.objects.filter(settling=settling).select_related("level") if settling else ()
    return Case(submission, live, {each.line_id: each for each in settled})


def rule_line(each: SubmissionLine) -> verdicts.Line:
    """A line as the rules see it. Its levels are loaded."""
    passing = [level.position for level in each.line.levels.all() if level.passes]
    return verdicts.Line(
        id=each.line_id,
        pass_level=max(passing, default=-1),
        required=each.line.required,
        carried=each.carried_level_id is not None,
    )


def readings_before(review: Review) -> int:
    """How many readings its reader had finished in this tenant before this one."""
    earlier = Q(finished_at__lt=review.finished_at) | Q(finished_at=review.finished_at, id__lt=review.id)
    return Review.objects.filter(earlier, sample=False, assessor=review.assessor_id, state=Review.State.FINAL).count()


def is_drawn(submission_id: UUID, percent: int) -> bool:
    """Whether chance gives a submission a second reader. The same answer whenever it is asked; nobody can guess it."""
    ticket = int(salted_hmac("assessment.second-reader", str(submission_id)).hexdigest()[:8], 16)
    return ticket % 10_000 < percent * 100
