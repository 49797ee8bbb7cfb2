"""Reading the queue, one's own reviews, and what came of a submission."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from assessment.conflicts import known_to
from assessment.models import (
    ORDER,
    AnchorReading,
    AssessorProfile,
    Case,
    Decision,
    DecisionLine,
    Review,
    Score,
    Settling,
    undo_time,
)
from assessment.reading_rights import closed_to
from assessment.wanted import Wanted
from credentials.models import Edition, RubricLine
from lib import clock
from submissions.models import Submission, SubmissionLine
from tenants.models import Tenant
from tenants.roles import Member

MOST_COUNTED = 1_000  # people do not act on a larger number, and counting all would read the whole queue


def readable_by(by: Member) -> QuerySet[Review]:
    """Reviews of submissions that `by` may read: not their own, of nobody they know, and not read by them before.

    Written so that the database walks the queue in order and stops at the first: people are looked up once, and the
    scalar subquery is one look into an index that no join can replace by reading all that `by` ever scored. Each is
    one condition that the planner takes for half true; after more, or IS NULL, it expects nothing left, and sorts all.
    """
    had = Review.objects.filter(submission=OuterRef("submission"), assessor=by.user)
    read = had.filter(state__in=[Review.State.CLAIMED, Review.State.FINAL])
    return (
        Review.objects.alias(has_read=_is_there(read), has_had=_is_there(had.filter(appeal=None)))
        .filter(Q(appeal=None) | Q(has_had=False), has_read=False)  # an appeal is for someone who has seen nothing
        .exclude(earner__in=known_to(by))
        .exclude(earner=by.user)
        .exclude(edition__in=closed_to(by))
    )


def _is_there(rows: QuerySet) -> Coalesce:
    """Exists, as a scalar subquery that the planner cannot turn into a join."""
    return Coalesce(Subquery(rows.order_by().values_list(Value(True))[:1]), Value(False))


def claimable(by: Member) -> QuerySet[Review]:
    """Reviews that `by` may claim now, in the order of the queue: waiting or lapsed, and not kept for someone else."""
    now = clock.now()
    earlier = Review.objects.filter(
        submission=OuterRef("submission"), slot__lt=OuterRef("slot"), state=Review.State.WAITING
    )
    return (
        readable_by(by)
        .alias(has_earlier=_is_there(earlier))
        .filter(
            Q(state=Review.State.WAITING) | Q(state=Review.State.CLAIMED, lease_until__lt=now),
            Q(kept_for=None) | Q(kept_for=by.user) | Q(kept_until__lt=now),
            Q(sample=False) | Q(kept_for=by.user),
            state__in=[Review.State.WAITING, Review.State.CLAIMED],  # as the index says it
            has_earlier=False,  # a submission that waits for two readers is offered once
        )
        .order_by(*ORDER)
    )


def held_by(by: Member) -> QuerySet[Review]:
    """What `by` is scoring, due first. A lapsed claim is theirs until someone takes it over."""
    return (
        Review.objects.filter(assessor=by.user, state=Review.State.CLAIMED, practice=False)
        .select_related("submission", "edition")
        .order_by("due_on", "id")
    )


def waiting_for(by: Member, wanted: Wanted | None = None, profile: AssessorProfile | None = None) -> QuerySet[Review]:
    """`claimable` and wanted, for a list; without what was taken back since the queue was last looked through."""
    waiting = claimable(by).filter(Q(submission__state=Submission.State.SUBMITTED) | Q(appeal__isnull=False))
    waiting = (wanted or Wanted()).of(waiting, by, profile)
    return waiting.select_related("submission", "edition").defer("edition__search")


def desk_of(by: Member) -> QuerySet[Review]:
    """What `by` is scoring, and what a colleague or a lead keeps for them, due first."""
    kept = Q(state=Review.State.WAITING, kept_for=by.user, kept_until__gte=clock.now())
    return (
        Review.objects.filter(Q(state=Review.State.CLAIMED, assessor=by.user, practice=False) | kept)
        .select_related("submission", "edition")
        .defer("edition__search")
        .order_by("due_on", "id")
    )


@dataclass(frozen=True)
class Backlog:
    """How many wait for one assessor, and how many of them are due by a date. At most MOST_COUNTED are counted."""

    waiting: int
    due_soon: int

    @property
    def is_more(self) -> bool:
        """Whether there may be more than was counted."""
        return self.waiting >= MOST_COUNTED


def backlog_for(by: Member, due_by: date) -> Backlog:
    """What `by` may claim, counted in one query."""
    due = list(claimable(by).values_list("due_on", flat=True)[:MOST_COUNTED])
    return Backlog(len(due), sum(day <= due_by for day in due))


def offered_in(tenant: Tenant) -> list[tuple[str, str, str]]:
    """Slug, newest title and language of every micro-credential whose work may wait here, by title."""
    drafts = [Edition.State.DRAFT, Edition.State.VETTING]
    editions = Edition.objects.filter(micro_credential__tenant=tenant).exclude(state__in=drafts)
    rows = editions.order_by("number").values_list("micro_credential__slug", "title", "language")
    newest = {slug: (slug, title, language) for slug, title, language in rows}
    return sorted(newest.values(), key=lambda row: row[1])


def done_by(by: Member) -> QuerySet[Review]:
    """The readings `by` has finished, newest first.

    Each has the `outcome` of its submission ("" while undecided), and says whether lines of it were `settled`.
    """
    outcome = Decision.objects.filter(submission=OuterRef("submission")).values("outcome")
    settled = Settling.objects.filter(submission=OuterRef("submission"), state=Settling.State.FINAL)
    of_sample = AnchorReading.objects.filter(submission=OuterRef("submission")).values("outcome")
    return (
        Review.objects.filter(assessor=by.user, state=Review.State.FINAL, practice=False)
        .select_related("submission", "edition")
        .annotate(
            outcome=Coalesce(Subquery(outcome), Subquery(of_sample), Value("")),
            settled=Exists(settled),
        )
        .order_by("-finished_at", "-id")
    )


def outcome_of(by: Member, review: Review) -> str:
    """What came of one reading of `by`, as `done_by` says it; "" for practice."""
    return done_by(by).filter(id=review.id).values_list("outcome", flat=True).first() or ""


def own_review(by: Member, review_id: UUID) -> Review:
    """The review with this id, if `by` has or had it. Raises Http404 otherwise, also for those that wait."""
    review = (
        Review.objects.filter(id=review_id, assessor=by.user)
        .select_related("submission", "edition__micro_credential", "tenant", "earner")
        .defer("edition__search")
        .first()
    )
    if review is None:
        raise Http404
    return review


def lines_of(submission_id: UUID) -> QuerySet[SubmissionLine]:
    """All rubric lines of a submission in order: open ones, and those met in an earlier try."""
    return (
        SubmissionLine.objects.filter(submission_id=submission_id)
        .select_related("line__criterion", "carried_level")
        .order_by("line__position", "line_id")
    )


def open_lines(submission_id: UUID) -> list[RubricLine]:
    """The rubric lines that are scored in this try, in order."""
    return [line.line for line in lines_of(submission_id).filter(carried_level=None)]


@dataclass(frozen=True)
class ScoredLine:
    """One line of the scoring guide as a reading sees it. `number` counts all lines, from 1."""

    number: int
    line: RubricLine  # with its levels loaded
    is_open: bool
    score: Score | None  # what this reading says so far
    before: DecisionLine | None  # what the last try was told, for open lines


def reading(review: Review) -> list[ScoredLine]:
    """The whole scoring guide with what `review` says so far, and what was said about open lines in the last try."""
    lines = lines_of(review.submission_id).prefetch_related("line__levels")
    scores = {score.line_id: score for score in Score.objects.filter(review=review).select_related("level")}
    told = {}
    if review.submission.number > 1:
        told = {
            line.line_id: line
            for line in DecisionLine.objects.filter(
                decision__submission__work=review.submission.work_id,
                decision__submission__number=review.submission.number - 1,
            ).select_related("level")
        }
    return [
        ScoredLine(
            number=number,
            line=each.line,
            is_open=each.is_open,
            score=scores.get(each.line_id),
            before=told.get(each.line_id) if each.is_open else None,
        )
        for number, each in enumerate(lines, start=1)
    ]


def decision_for_earner(by: Member, work_id: UUID, number: int) -> Decision:
    """What was decided on try `number` of one's own work, with its lines. Raises Http404 for everyone else."""
    lines = DecisionLine.objects.select_related("line__criterion", "level").order_by("line__position", "line_id")
    decision = (
        Decision.objects.filter(submission__work=work_id, submission__number=number, submission__earner=by.user)
        .select_related("submission__edition__micro_credential")
        .prefetch_related(Prefetch("lines", lines))
        .first()
    )
    if decision is None:
        raise Http404
    return decision


def uncompared() -> QuerySet[Submission]:
    """Hidden samples that were read, cannot be taken back any more, and were not compared yet."""
    read = Review.objects.filter(
        submission=OuterRef("submission"), state=Review.State.FINAL, finished_at__lte=clock.now() - undo_time()
    )
    left = AnchorReading.objects.filter(Exists(read), hidden=True, compared_at=None, dropped_at=None)
    return Submission.samples.filter(id__in=left.values("submission"))


def undecided() -> QuerySet[Submission]:
    """Submissions for which something has to follow from readings that are all final and can no longer be taken back.

    That is what the worker does as soon as a reading counts; here is also what a crash or a lost nudge left behind.
    """
    readings = Review.objects.filter(submission=OuterRef("pk"))
    open_readings = readings.filter(
        Q(state__in=[Review.State.WAITING, Review.State.CLAIMED])
        | Q(state=Review.State.FINAL, finished_at__gt=clock.now() - undo_time())
    )
    settlings = Settling.objects.filter(
        submission=OuterRef("pk"), state__in=[Settling.State.WAITING, Settling.State.CLAIMED]
    )
    return Submission.objects.filter(
        Exists(readings.filter(state=Review.State.FINAL)),
        ~Exists(open_readings),
        ~Exists(settlings),
        ~Exists(Decision.objects.filter(submission=OuterRef("pk"))),
        ~Exists(Case.objects.filter(work=OuterRef("work")).exclude(state=Case.State.CLOSED)),
        state=Submission.State.SUBMITTED,
    )
