"""Reading the queue, one's own reviews, and what came of a submission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from assessment.models import Appeal, Case, Conflict, Decision, DecisionLine, Review, Score
from credentials.models import RubricLine
from lib import clock
from submissions.models import Submission, SubmissionLine
from tenants.roles import Member


def claimable(by: Member) -> QuerySet[Review]:
    """Reviews that `by` may claim now, due first: waiting or lapsed, never their own work or of someone they know."""
    knows = Conflict.objects.filter(assessor=by.user, earner=OuterRef("earner"))
    had = Review.objects.filter(submission=OuterRef("submission"), assessor=by.user)
    reads = had.filter(state__in=[Review.State.CLAIMED, Review.State.FINAL])
    return (
        Review.objects.filter(
            Q(state=Review.State.WAITING) | Q(state=Review.State.CLAIMED, lease_until__lt=clock.now()),
            # An appeal is about what was decided, and is for someone who has seen nothing of it.
            Q(appeal=None, submission__state=Submission.State.SUBMITTED)
            | (Q(appeal__state=Appeal.State.OPEN) & ~Exists(had.filter(appeal=None))),
            ~Exists(knows),
            ~Exists(reads),
        )
        .exclude(earner=by.user)
        .order_by("due_on", "id")
    )


def held_by(by: Member) -> QuerySet[Review]:
    """What `by` is scoring, due first. A lapsed claim is theirs until someone takes it over."""
    return (
        Review.objects.filter(assessor=by.user, state=Review.State.CLAIMED)
        .select_related("submission", "edition")
        .order_by("due_on", "id")
    )


def waiting_for(by: Member, micro_credential: str = "") -> QuerySet[Review]:
    """`claimable`, for a list; `micro_credential` is a slug to keep to."""
    waiting = claimable(by).select_related("submission", "edition").defer("edition__search")
    return waiting.filter(edition__micro_credential__slug=micro_credential) if micro_credential else waiting


@dataclass(frozen=True)
class Backlog:
    """What waits for one assessor: how many, how many of them are due by a date, and of which micro-credentials."""

    waiting: int
    due_soon: int
    by_micro_credential: Sequence[tuple[str, str, int]]  # slug, title, how many; by title


def backlog_for(by: Member, due_by: date) -> Backlog:
    """Counts of what `by` may claim."""
    rows = (
        claimable(by)
        .order_by()
        .values("edition__micro_credential__slug", "edition__title")
        .annotate(n=Count("id"), soon=Count("id", filter=Q(due_on__lte=due_by)))
    )
    kinds: dict[str, tuple[str, str, int]] = {}
    for row in sorted(rows, key=lambda row: row["edition__title"]):
        slug, title = row["edition__micro_credential__slug"], row["edition__title"]
        kinds[slug] = (slug, title, row["n"] + kinds.get(slug, ("", "", 0))[2])  # editions of one count together
    return Backlog(sum(row["n"] for row in rows), sum(row["soon"] for row in rows), list(kinds.values()))


def done_by(by: Member) -> QuerySet[Review]:
    """The readings `by` has finished, newest first, each with the `outcome` of its submission ("" while undecided)."""
    outcome = Decision.objects.filter(submission=OuterRef("submission")).values("outcome")
    return (
        Review.objects.filter(assessor=by.user, state=Review.State.FINAL)
        .select_related("submission", "edition")
        .annotate(outcome=Coalesce(Subquery(outcome), Value("")))
        .order_by("-finished_at", "-id")
    )


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


def undecided() -> QuerySet[Submission]:
    """Submissions whose readings are all final and that have no decision: what a crash or a lost race left behind."""
    readings = Review.objects.filter(submission=OuterRef("pk"))
    return Submission.objects.filter(
        Exists(readings.filter(state=Review.State.FINAL)),
        ~Exists(readings.filter(state__in=[Review.State.WAITING, Review.State.CLAIMED])),
        ~Exists(Decision.objects.filter(submission=OuterRef("pk"))),
        ~Exists(Case.objects.filter(work=OuterRef("work")).exclude(state=Case.State.CLOSED)),
        state=Submission.State.SUBMITTED,
    )
