"""What is new in a try, against the one before it. For those who score, and only for what they score."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.diffs import Change, word_diff
from lib.durations import in_hours
from submissions.models import Artifact, LogEntry, Response, Submission
from submissions.queries import EvidencePiece, neutral_name

NEW, CHANGED, REPLACED, SAME = "new", "changed", "replaced", "same"
_LABELS = {
    NEW: gettext_lazy("New in this try"),
    CHANGED: gettext_lazy("Changed"),
    REPLACED: gettext_lazy("New, in place of another"),
    SAME: gettext_lazy("Same as last try"),
}


@dataclass(frozen=True)
class News:
    """How one piece stands to the last try. `changes`: its words, for an answer, a text or a log that was changed."""

    tag: str
    changes: Sequence[Change] | None = None

    @property
    def label(self) -> Promise:
        return _LABELS[self.tag]


@dataclass(frozen=True)
class Difference:
    """What is new by the key of a piece, and by criterion the neutral names of what is gone from the last try."""

    news: Mapping[str, News]
    gone: Mapping[UUID, Sequence[str]]


def difference_of(submission: Submission, pieces: Sequence[EvidencePiece], criteria: Collection[UUID]) -> Difference:
    """Against the last try, for pieces of `criteria` (ids). Two queries, one more with a log; none for a first try."""
    if submission.number == 1:
        return Difference({}, {})
    last = {"submission__work": submission.work_id, "submission__number": submission.number - 1}
    here = [piece for piece in pieces if piece.criterion.id in criteria]
    news, gone = _of_artifacts(here, last, criteria)
    said = Response.objects.filter(**last, prompt__criterion__in=criteria).select_related("prompt")
    answers = {each.prompt_id: each for each in said if each.text.strip()}
    for piece in here:
        if piece.kind == "response":
            old = answers.pop(UUID(piece.key.removeprefix("r-")), None)
            news[piece.key] = _of_text(old.text if old else "", piece.text)
        elif piece.quiz is not None:
            news[piece.key] = News(NEW if any(t.submission_id == submission.id for t in piece.quiz.tries) else SAME)
    for left in answers.values():
        gone[left.prompt.criterion_id].append(_("the answer to “%(question)s”") % {"question": left.prompt.text})
    news |= _of_logs([piece for piece in here if piece.log is not None], last)
    return Difference(news, gone)


def _of_artifacts(
    here: Sequence[EvidencePiece], last: Mapping[str, object], criteria: Collection[UUID]
) -> tuple[dict[str, News], dict[UUID, list[str]]]:
    """A new piece stands in place of the first one of its kind that is gone from the same part, if there is any."""
    before: dict[UUID, list[Artifact]] = defaultdict(list)
    found = Artifact.objects.filter(**last, criterion__in=criteria, state=Artifact.State.READY)
    for each in found.select_related("file", "criterion"):
        before[each.criterion_id].append(each)
    names = {
        each.id: neutral_name(each.criterion, each, number)
        for group in before.values()
        for number, each in enumerate(group, start=1)
    }
    now = [(piece, piece.artifact) for piece in here if piece.artifact is not None]
    kept = {(piece.criterion.id, _content(artifact)) for piece, artifact in now}
    left = {id: [each for each in group if (id, _content(each)) not in kept] for id, group in before.items()}
    gone = defaultdict(list, {id: [names[each.id] for each in group] for id, group in left.items()})
    news: dict[str, News] = {}
    for piece, artifact in now:
        if any(_content(each) == _content(artifact) for each in before[piece.criterion.id]):
            news[piece.key] = News(SAME)
            continue
        rest = left.get(piece.criterion.id, [])
        old = next((each for each in rest if each.kind == artifact.kind), None)
        if old is None:
            news[piece.key] = News(NEW)
            continue
        rest.remove(old)
        is_text = artifact.kind == Artifact.Kind.TEXT
        news[piece.key] = _of_text(old.text, artifact.text) if is_text else News(REPLACED)
    return news, gone


def _of_logs(logs: Sequence[EvidencePiece], last: Mapping[str, object]) -> dict[str, News]:
    """Entry by entry: what was added, taken out or kept."""
    if not logs:
        return {}
    before: dict[UUID, list[tuple[object, ...]]] = defaultdict(list)
    entries = LogEntry.objects.filter(**last, criterion__in=[piece.criterion.id for piece in logs])
    for each in entries:
        before[each.criterion_id].append((each.on, each.minutes, each.what))
    news = {}
    for piece in logs:
        old = before[piece.criterion.id]
        new = [(each.on, each.minutes, each.what) for each in piece.log.entries]
        rows = sorted({*old, *new})
        marks = {row: "" if row in old and row in new else "+" if row in new else "-" for row in rows}
        changes = [(mark, f"{row[0].isoformat()}, {in_hours(row[1])}: {row[2]}\n") for row, mark in marks.items()]
        tag = SAME if not any(marks.values()) else CHANGED if old else NEW
        news[piece.key] = News(tag, changes if tag == CHANGED else None)
    return news


def _content(artifact: Artifact) -> tuple[str, str]:
    """What a piece is, whatever its row: a file by its hash, a link by its address, a text by its words."""
    return artifact.kind, artifact.sha256 or artifact.url or artifact.text


def _of_text(old: str, new: str) -> News:
    if not old.strip():
        return News(NEW)
    if old.strip() == new.strip():
        return News(SAME)
    return News(CHANGED, word_diff(old.strip(), new.strip()))
