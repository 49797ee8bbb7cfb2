"""Reading what has to be settled, and what readers learn from it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from assessment.conflicts import known_to
from assessment.models import Review, Score, SettledLine, Settling
from credentials.models import RubricLevel, RubricLine
from lib import clock
from submissions.models import Submission
from tenants.roles import Member

State = Settling.State


def settleable(by: Member) -> QuerySet[Settling]:
    """What `by` may settle now, due first: waiting or lapsed, never their own work or what they had as a reader."""
    has_read = Review.objects.filter(submission=OuterRef("submission"), assessor=by.user)
    return (
        Settling.objects.filter(
            Q(state=State.WAITING) | Q(state=State.CLAIMED, lease_until__lt=clock.now()),
            ~Exists(has_read),
            submission__state=Submission.State.SUBMITTED,
        )
        .exclude(earner=by.user)
        .exclude(earner__in=known_to(by))
        .select_related("submission", "edition")
        .defer("edition__search")
        .order_by("due_on", "id")
    )


def settling_held(by: Member) -> QuerySet[Settling]:
    """What `by` is settling, due first."""
    held = Settling.objects.filter(settler=by.user, state=State.CLAIMED)
    return held.select_related("submission", "edition").defer("edition__search").order_by("due_on", "id")


def own_settling(by: Member, settling_id: UUID) -> Settling:
    """The settling with this id, if `by` has or had it. Raises Http404 otherwise, also for those that wait."""
    found = (
        Settling.objects.filter(id=settling_id, settler=by.user)
        .select_related("submission", "edition__micro_credential", "tenant", "earner")
        .defer("edition__search")
        .first()
    )
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Lesson:
    """What a reader is told of a line that was settled: what they gave, what stands, and why."""

    line: RubricLine
    given: RubricLevel
    stands: RubricLevel
    reason: str

    @property
    def agrees(self) -> bool:
        """Whether the reader's own level stands."""
        return self.given.id == self.stands.id


def lessons_of(review: Review) -> list[Lesson]:
    """The lines of a final reading that were settled. Two queries. Nothing of the other reading is in it."""
    if review.state != Review.State.FINAL:
        return []
    settled = list(
        SettledLine.objects.filter(settling__submission=review.submission_id, settling__state=State.FINAL)
        .select_related("line", "level")
        .order_by("line__position", "line_id")
    )
    if not settled:
        return []
    given = {score.line_id: score.level for score in Score.objects.filter(review=review).select_related("level")}
    return [
        Lesson(each.line, given[each.line_id], each.level, each.reason) for each in settled if each.line_id in given
    ]
