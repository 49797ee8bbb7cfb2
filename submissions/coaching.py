"""What coaches read: whom they coach, the drafts of these people, and what was said about a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from credentials.models import Criterion
from submissions.models import Coaching, CoachNote, Submission, Work
from submissions.queries import EvidencePiece, evidence_of
from tenants.models import StaffRecord
from tenants.roles import Member


def coached_by(by: Member) -> Q:
    """A condition on rows with an `earner`: those whom `by` coaches, by name or through their building."""
    mine = Coaching.objects.filter(coach=by.user).order_by()
    there = StaffRecord.objects.filter(building__in=mine.filter(earner=None).values("building")).values("user")
    return Q(earner__in=mine.filter(earner__isnull=False).values("earner")) | Q(earner__in=there)


def drafts_of(by: Member) -> QuerySet[Submission]:
    """The drafts of everyone whom `by` coaches, the last changed first. Never their own."""
    return (
        Submission.objects.filter(coached_by(by), state=Submission.State.DRAFT)
        .exclude(earner=by.user)
        .exclude(work__state=Work.State.WITHDRAWN)
        .select_related("work", "earner", "edition")
        .defer("edition__search")
        .order_by("-work__changed_at", "id")
    )


def draft_for(by: Member, work_id: UUID) -> Submission:
    """The draft of a work, for a coach of its earner. Raises Http404 for everyone else, and once it is sent."""
    found = drafts_of(by).filter(work=work_id).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class CoachedPart:
    """One part of a draft with what is in it and what coaches said."""

    criterion: Criterion
    pieces: Sequence[EvidencePiece]
    notes: Sequence[CoachNote]


def parts_of(submission: Submission) -> list[CoachedPart]:
    """All parts of a draft, in page order."""
    criteria = Criterion.objects.filter(edition=submission.edition_id).prefetch_related("lines")
    pieces, notes = evidence_of(submission, blind=False), list(notes_of(submission))
    return [
        CoachedPart(
            each,
            [piece for piece in pieces if piece.criterion.id == each.id],
            [said for said in notes if said.criterion_id == each.id],
        )
        for each in criteria
    ]


def notes_of(submission: Submission, criterion: Criterion | None = None) -> QuerySet[CoachNote]:
    """What coaches said about a try, or about one part of it, oldest first."""
    notes = CoachNote.objects.filter(submission=submission).select_related("author", "line")
    return notes.filter(criterion=criterion) if criterion else notes


def coachings() -> QuerySet[Coaching]:
    """Everyone who coaches someone in the active tenant, by name."""
    return Coaching.objects.select_related("coach", "earner").order_by("coach__name", "building", "earner__name", "id")
