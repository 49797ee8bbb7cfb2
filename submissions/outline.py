"""How far a try has come: its parts, what each still needs, and what comes next. Reads only; decides nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Criterion
from credentials.queries import hand_in
from lib.words import count_words
from submissions.logbook import LogBook, differs_from_before, logbooks_of
from submissions.models import Artifact, Promise, Response, Submission, SubmissionLine
from submissions.quizbook import Standing, standings_of


class Progress(StrEnum):
    """How a part stands."""

    TODO = "todo"
    DOING = "doing"
    CHANGES = "changes"  # returned by the reviewers and not touched since
    DONE = "done"
    LOCKED = "locked"  # met in an earlier try and carried


@dataclass(frozen=True)
class Part:
    """One line of the task list. `problems` are sentences that keep the try from being sent."""

    key: str  # "about", "c/<criterion key>" or "promise"
    title: str
    progress: Progress
    status: str
    hint: str = ""
    problems: tuple[str, ...] = ()
    optional: bool = False
    criterion: Criterion | None = None

    @property
    def is_done(self) -> bool:
        return self.progress in (Progress.DONE, Progress.LOCKED)

    @property
    def tone(self) -> str:
        """The tag's tone: done is plain, so that open work stands out."""
        tones = {Progress.TODO: "plain" if self.optional else "todo", Progress.DOING: "doing", Progress.CHANGES: "warn"}
        return tones.get(self.progress, "plain")


@dataclass(frozen=True)
class Outline:
    """All parts of a try, in page order."""

    submission: Submission
    parts: tuple[Part, ...]
    responses: dict[object, Response] = field(repr=False)  # by prompt id
    artifacts: dict[object, list[Artifact]] = field(repr=False)  # by criterion id, without removed ones
    promises: dict[str, Promise] = field(repr=False)  # by kind
    lines: dict[object, list[SubmissionLine]] = field(repr=False)  # by criterion id
    logs: dict[object, LogBook] = field(repr=False)  # by criterion id
    quizzes: dict[object, Standing] = field(repr=False)  # by criterion id

    @cached_property
    def counted(self) -> list[Part]:
        """The parts that progress counts: optional ones are extra."""
        return [part for part in self.parts if not part.optional]

    @property
    def total(self) -> int:
        return len(self.counted)

    @property
    def done(self) -> int:
        return sum(part.is_done for part in self.counted)

    @cached_property
    def next(self) -> Part | None:
        """What to do next: first what the reviewers sent back, then the first open part; None when it can be sent."""
        todo = [part for part in self.counted if not part.is_done]
        return next(iter([*(part for part in self.untouched if not part.optional), *todo]), None)

    @property
    def next_step(self) -> str:
        return self.next.key if self.next else "check"

    @cached_property
    def problems(self) -> list[tuple[Part, str]]:
        return [(part, problem) for part in self.parts for problem in part.problems]

    @property
    def untouched(self) -> list[Part]:
        """Parts the reviewers sent back that nobody has changed since."""
        return [part for part in self.parts if part.progress == Progress.CHANGES]

    @property
    def criteria(self) -> list[Criterion]:
        return [part.criterion for part in self.parts if part.criterion]

    @property
    def files(self) -> list[Artifact]:
        return [each for group in self.artifacts.values() for each in group if each.kind == Artifact.Kind.FILE]

    @property
    def closed_links(self) -> list[tuple[Part, Artifact]]:
        """Links that reviewers cannot open, with the part each is in. They may still be sent: we could be wrong."""
        return [
            (part, each)
            for part in self.parts
            if part.criterion
            for each in self.artifacts[part.criterion.id]
            if each.link_state == Artifact.LinkState.CLOSED
        ]

    def part(self, criterion: Criterion) -> Part:
        return next(part for part in self.parts if part.criterion and part.criterion.id == criterion.id)

    def is_locked(self, criterion: Criterion) -> bool:
        """Whether every line about this criterion was met in an earlier try."""
        lines = self.lines[criterion.id]
        return bool(lines) and not any(line.is_open for line in lines)


def outline_of(submission: Submission) -> Outline:
    """Load and judge a try. Six queries, and one each for logs and for quizzes where there are any."""
    criteria = list(Criterion.objects.filter(edition=submission.edition_id).prefetch_related("prompts"))
    responses = {each.prompt_id: each for each in Response.objects.filter(submission=submission)}
    artifacts = _grouped(Artifact.objects.filter(submission=submission).select_related("file"), "criterion_id")
    lines: dict[object, list[SubmissionLine]] = defaultdict(list)
    for line in SubmissionLine.objects.filter(submission=submission).select_related("line", "carried_level"):
        lines[line.line.criterion_id].append(line)
    promises = {each.kind: each for each in Promise.objects.filter(submission=submission)}
    shown = defaultdict(list)
    for key, group in artifacts.items():
        shown[key] = [each for each in group if each.state != Artifact.State.REMOVED]
    logs, quizzes = logbooks_of(submission, criteria), standings_of(submission, criteria, lines)
    bare = Outline(submission, (), responses, shown, promises, lines, logs, quizzes)
    parts = [_about(submission)]
    for criterion in criteria:
        parts.append(_criterion(bare, criterion, artifacts[criterion.id]))
    parts.append(_promise(submission, promises))
    return replace(bare, parts=tuple(parts))


def _grouped(rows: Iterable[Artifact], key: str) -> dict[object, list[Artifact]]:
    groups: dict[object, list[Artifact]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _about(submission: Submission) -> Part:
    read = submission.about_read_at is not None
    return Part(
        key="about",
        title=_("Read what you will show"),
        hint=_("How it is scored"),
        progress=Progress.DONE if read else Progress.TODO,
        status=_("Done") if read else _("Not started"),
    )


def _promise(submission: Submission, promises: dict[str, Promise]) -> Part:
    given = {Promise.Kind.OWN_WORK, Promise.Kind.STUDENTS} <= set(promises) and submission.used_ai is not None
    return Part(
        key="promise",
        title=_("Privacy and own-work promise"),
        hint=_("About 2 minutes"),
        progress=Progress.DONE if given else Progress.TODO,
        status=_("Done") if given else _("Not started"),
        problems=() if given else (_("Make your promise about your own work and about students."),),
    )


def _criterion(outline: Outline, criterion: Criterion, ever: list[Artifact]) -> Part:
    """`ever`: the artifacts of this criterion, removed ones too, which tell whether anything was changed."""
    submission = outline.submission
    facts = {"key": f"c/{criterion.key}", "title": criterion.title, "criterion": criterion}
    facts |= {"hint": hand_in(criterion), "optional": criterion.optional}
    if outline.is_locked(criterion):
        return Part(progress=Progress.LOCKED, status=_("Met. Nothing to do"), **facts)
    if criterion.part == Criterion.Kind.LOG:
        return _log(outline, outline.logs[criterion.id], facts)
    if criterion.part == Criterion.Kind.QUIZ:
        return _quiz(outline.quizzes[criterion.id], facts)
    texts = [outline.responses.get(prompt.id) for prompt in criterion.prompts.all()]
    artifacts = outline.artifacts[criterion.id]
    begun = any(text and text.text.strip() for text in texts) or bool(artifacts)
    if not begun:
        return _not_begun(facts)
    problems = (*_text_problems(outline, criterion), *_artifact_problems(criterion, artifacts))
    ready = sum(each.state == Artifact.State.READY for each in artifacts)
    if problems:
        status = _("Started")
        if any(each.state == Artifact.State.UPLOADING for each in artifacts):
            status = _("Upload not finished")
        elif ready < criterion.artifact_min:
            status = _("%(n)s of %(all)s added") % {"n": ready, "all": criterion.artifact_min}
        return Part(progress=Progress.DOING, status=status, problems=problems, **facts)
    if submission.number > 1 and outline.lines[criterion.id] and not _touched(submission, texts, ever):
        return Part(progress=Progress.CHANGES, status=_("Needs changes"), **facts)
    return Part(progress=Progress.DONE, status=_("Done"), **facts)


def _not_begun(facts: dict[str, Any]) -> Part:
    if facts["optional"]:
        return Part(progress=Progress.TODO, status=_("Optional"), **facts)
    problem = _("Nothing is here yet.")
    return Part(progress=Progress.TODO, status=_("Not started"), problems=(problem,), **facts)


def _log(outline: Outline, book: LogBook, facts: dict[str, Any]) -> Part:
    if not book.entries:
        return _not_begun(facts)
    if book.problems:
        return Part(progress=Progress.DOING, status=book.total_of, problems=tuple(book.problems), **facts)
    submission = outline.submission
    if submission.number > 1 and outline.lines[book.criterion.id] and not differs_from_before(submission, book):
        return Part(progress=Progress.CHANGES, status=_("Needs changes"), **facts)
    return Part(progress=Progress.DONE, status=_("Done: %(total)s") % {"total": book.total}, **facts)


def _quiz(standing: Standing, facts: dict[str, Any]) -> Part:
    if standing.is_passed:
        return Part(progress=Progress.DONE, status=standing.summary, **facts)
    progress = Progress.DOING if standing.tries else Progress.TODO
    status = _("Optional") if facts["optional"] and not standing.tries else standing.summary
    return Part(progress=progress, status=status, problems=tuple(standing.problems), **facts)


def _touched(submission: Submission, texts: Iterable[Response | None], ever: Iterable[Artifact]) -> bool:
    """Whether this try differs from what was copied into it."""
    if any(text and text.saved_at > submission.created_at for text in texts):
        return True
    return any(each.carried_from_id is None or each.state == Artifact.State.REMOVED for each in ever)


def _text_problems(outline: Outline, criterion: Criterion) -> list[str]:
    problems = []
    for number, prompt in enumerate(criterion.prompts.all(), start=1):
        response = outline.responses.get(prompt.id)
        n = count_words(response.text) if response else 0
        facts = {"number": number, "n": n, "low": prompt.min_words, "high": prompt.max_words}
        if n == 0 and prompt.min_words:
            problems.append(_("Answer question %(number)s. It has no words yet.") % facts)
        elif n < prompt.min_words:
            problems.append(_("Your answer to question %(number)s has %(n)s words. Aim for at least %(low)s.") % facts)
        elif n > prompt.max_words:
            facts["over"] = n - prompt.max_words
            problems.append(
                _("Your answer to question %(number)s has %(n)s words. Cut %(over)s to fit %(high)s.") % facts
            )
    return problems


def _artifact_problems(criterion: Criterion, artifacts: list[Artifact]) -> list[str]:
    problems = []
    for each in artifacts:
        if each.state == Artifact.State.UPLOADING:
            problems.append(_("“%(name)s” is not uploaded yet. Choose the same file again to go on.") % {"name": each})
        elif each.state == Artifact.State.CHECKING:
            problems.append(_("“%(name)s” is still being checked. Wait a minute, then reload.") % {"name": each})
        elif each.state == Artifact.State.REFUSED:
            problems.append(_("“%(name)s” cannot be used. Remove it or add it again.") % {"name": each})
        elif not each.is_attested:
            problems.append(_("“%(name)s”: say how students are protected.") % {"name": each.short_name})
    missing = criterion.artifact_min - sum(each.state != Artifact.State.REFUSED for each in artifacts)
    if missing > 0:
        problems.append(
            ngettext("Add %(n)s more piece of evidence.", "Add %(n)s more pieces of evidence.", missing)
            % {"n": missing}
        )
    return problems
