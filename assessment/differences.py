"""Two readings side by side, only where they differ, for the one who settles. No reader is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment.evidence import Part, ReviewAddresses
from assessment.marks import MarkRow
from assessment.models import Mark, Review, Score, SettledLine, Settling
from assessment.queries import ScoredLine, lines_of
from credentials.models import RubricLevel, RubricLine

LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Side:
    """What one reader says about a line. `letter` stands for their name."""

    letter: str
    level: RubricLevel
    comment: str
    marks: Sequence[MarkRow]


@dataclass(frozen=True)
class Difference:
    """One line to settle, with the draft of it. `number` counts all lines, from 1."""

    number: int
    line: RubricLine  # with its levels loaded
    sides: Sequence[Side]
    word: SettledLine


def scored_lines(settling: Settling) -> list[ScoredLine]:
    """The whole scoring guide, in which the lines to settle are open. It brings evidence and lines together."""
    words = set(SettledLine.objects.filter(settling=settling).values_list("line", flat=True))
    lines = lines_of(settling.submission_id).prefetch_related("line__levels")
    return [
        ScoredLine(number=n, line=each.line, is_open=each.line_id in words, score=None, before=None)
        for n, each in enumerate(lines, start=1)
    ]


def marks_to_settle(settling: Settling) -> list[Mark]:
    """The marks of all readings on the lines to settle."""
    return list(
        Mark.objects.filter(
            review__submission=settling.submission_id,
            review__state=Review.State.FINAL,
            line__in=SettledLine.objects.filter(settling=settling).values("line"),
        )
        .select_related("artifact__criterion", "artifact__file")
        .order_by("review__slot", "created_at", "id")
    )


def differences_of(
    settling: Settling,
    lines: Sequence[ScoredLine],
    marks: Sequence[Mark],
    parts: Sequence[Part],
    addresses: ReviewAddresses,
) -> list[Difference]:
    """The lines to settle in order, each with what every reader says and where they saw it. Three queries."""
    titles = {
        item.exhibit.artifact.id: item.piece.title for part in parts for item in part.items if item.exhibit.artifact
    }
    words = {each.line_id: each for each in SettledLine.objects.filter(settling=settling).select_related("level")}
    scores: dict = {}
    final = {"review__submission": settling.submission_id, "review__state": Review.State.FINAL}
    found = Score.objects.filter(**final, line__in=words).select_related("level").order_by("review__slot")
    for score in found:
        scores.setdefault(score.line_id, []).append(score)
    letters = _letters(scores)
    return [
        Difference(
            number=each.number,
            line=each.line,
            sides=[
                Side(
                    letter=letters[score.review_id],
                    level=score.level,
                    comment=score.comment,
                    marks=[
                        MarkRow(mark, titles.get(mark.artifact_id, ""), addresses.at(mark.artifact, mark.place))
                        for mark in marks
                        if (mark.review_id, mark.line_id) == (score.review_id, each.line.id)
                    ],
                )
                for score in scores[each.line.id]
            ],
            word=words[each.line.id],
        )
        for each in lines
        if each.is_open
    ]


def _letters(scores: Mapping[object, Sequence[Score]]) -> dict:
    """Review id → letter, the same on every line."""
    in_order = dict.fromkeys(score.review_id for each in scores.values() for score in each)
    return dict(zip(in_order, LETTERS, strict=False))
