"""What is new in a try, against the one before it. For those who score, and only for what they score."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lib.diffs import Change, word_diff
from submissions.models import Artifact, Response, Submission
from submissions.queries import EvidencePiece

NEW, CHANGED, SAME = "new", "changed", "same"
_LABELS = {NEW: _("New in this try"), CHANGED: _("Changed"), SAME: _("Same as last try")}


@dataclass(frozen=True)
class News:
    """How one piece stands to the last try. `changes` are its words, for an answer that was changed."""

    tag: str
    changes: Sequence[Change] | None = None

    @property
    def label(self) -> Promise:
        return _LABELS[self.tag]


@dataclass(frozen=True)
class Difference:
    """What is new: by the key of a piece, and how many pieces of the last try are gone, by criterion."""

    news: Mapping[str, News]
    gone: Mapping[UUID, int]


def difference_of(submission: Submission, pieces: Sequence[EvidencePiece], criteria: Collection[UUID]) -> Difference:
    """Against the last try, for pieces of `criteria` (ids). Two queries; none for a first try."""
    if submission.number == 1:
        return Difference({}, {})
    last = {"submission__work": submission.work_id, "submission__number": submission.number - 1}
    answers = dict(Response.objects.filter(**last).values_list("prompt", "text"))
    before = list(
        Artifact.objects.filter(**last, criterion__in=criteria, state=Artifact.State.READY).select_related("file")
    )
    known = {(each.criterion_id, _content(each)) for each in before}
    news: dict[str, News] = {}
    kept: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for piece in pieces:
        if piece.criterion.id not in criteria:
            continue
        if piece.artifact is not None:
            content = _content(piece.artifact)
            kept[piece.criterion.id].add(content)
            news[piece.key] = News(SAME if (piece.criterion.id, content) in known else NEW)
        elif piece.kind == "response":
            news[piece.key] = _of_answer(answers.get(_prompt_of(piece), ""), piece.text)
    gone: dict[UUID, int] = defaultdict(int)
    for each in before:
        gone[each.criterion_id] += _content(each) not in kept[each.criterion_id]
    return Difference(news, gone)


def _content(artifact: Artifact) -> tuple[str, str]:
    """What a piece is, whatever its row: a file by its hash, a link by its address, a text by its words."""
    return artifact.kind, artifact.sha256 or artifact.url or artifact.text


def _prompt_of(piece: EvidencePiece) -> UUID:
    return UUID(piece.key.removeprefix("r-"))


def _of_answer(old: str, new: str) -> News:
    if not old.strip():
        return News(NEW)
    if old.strip() == new.strip():
        return News(SAME)
    return News(CHANGED, word_diff(old.strip(), new.strip()))
