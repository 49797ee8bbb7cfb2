"""The evidence of a claimed submission, grouped by what was asked for, with addresses that lead through our check."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from assessment.models import Review
from assessment.queries import ScoredLine
from lib.words import count_words
from submissions.models import Artifact
from submissions.queries import EvidencePiece, evidence_of


@dataclass(frozen=True)
class Item:
    """One piece. `src` leads to its file, if it is one; `words` counts a text."""

    piece: EvidencePiece
    src: str
    words: int


@dataclass(frozen=True)
class Part:
    """What was handed in for one criterion. `id` is the panel that lines of the guide point to."""

    id: str
    title: str
    items: Sequence[Item]


def panel_id(criterion_key: str) -> str:
    """The id of a criterion's evidence panel."""
    return f"ev-{criterion_key}"


def evidence_parts(review: Review, lines: Sequence[ScoredLine]) -> list[Part]:
    """The parts of the evidence in page order. What is scored has a part even when nothing was handed in for it."""
    grouped: dict[str, list[EvidencePiece]] = {}
    criteria = {each.line.criterion.key: each.line.criterion for each in lines}
    for piece in evidence_of(review.submission, blind=True):
        grouped.setdefault(piece.criterion.key, []).append(piece)
        criteria[piece.criterion.key] = piece.criterion
    in_order = sorted(criteria.values(), key=lambda criterion: (criterion.position, criterion.key))
    slug = review.tenant.slug
    return [
        Part(
            id=panel_id(criterion.key),
            title=criterion.title,
            items=[_item(slug, review, piece) for piece in grouped.get(criterion.key, [])],
        )
        for criterion in in_order
    ]


def file_of(review: Review, artifact_id: UUID) -> Artifact:
    """A file of the submission, for the holder of `review`. Raises Http404, also when the claim has ended."""
    found = Artifact.objects.filter(
        id=artifact_id, submission=review.submission_id, kind=Artifact.Kind.FILE, state=Artifact.State.READY
    ).select_related("criterion", "file")
    file = found.first() if review.state == Review.State.CLAIMED else None
    if file is None:
        raise Http404
    return file


def _item(slug: str, review: Review, piece: EvidencePiece) -> Item:
    src = ""
    if piece.artifact is not None and piece.artifact.kind == Artifact.Kind.FILE:
        src = reverse("review_evidence", args=[slug, review.id, piece.artifact.id])
    return Item(piece, src, count_words(piece.text))
