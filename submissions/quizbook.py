"""A quiz as it stands for one work: its tries, the best of them, and how many are left. Reads only.

Whose tries count: all those of the work, up to the try that is looked at, so that sending the work again gives no new
ones and a pass carries over. Only when reviewers returned the quiz itself (a line of the scoring guide about it is
open again) does it start over: then the tries of the present submission count, and no others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Criterion
from submissions import quizzing
from submissions.models import Conversation, QuizTry, Submission, SubmissionLine

State = QuizTry.State


@dataclass(frozen=True)
class Standing:
    """One quiz. `tries` are those that count, oldest first."""

    criterion: Criterion
    tries: tuple[QuizTry, ...]
    talks: int = 0  # conversations with a coach, each of which opened one more try

    @property
    def needed(self) -> int:
        """How many questions have to be right."""
        return quizzing.needed(self.criterion.quiz_draw, self.criterion.quiz_pass)

    @cached_property
    def open(self) -> QuizTry | None:
        """The try that was begun and not finished."""
        return next((each for each in self.tries if each.state == State.OPEN), None)

    @cached_property
    def finished(self) -> list[QuizTry]:
        return [each for each in self.tries if each.state != State.OPEN]

    @property
    def best(self) -> int | None:
        """The highest score, None before any try was finished."""
        return max((each.score for each in self.finished), default=None)

    @property
    def is_passed(self) -> bool:
        return any(each.state == State.PASSED for each in self.tries)

    @property
    def allowed(self) -> int:
        """How many tries there are in all, with those that talks with a coach opened."""
        return self.criterion.quiz_tries + self.talks

    @property
    def left(self) -> int:
        """How many tries can still be started."""
        return max(0, self.allowed - len(self.tries))

    @property
    def is_used_up(self) -> bool:
        """Whether it was not passed and cannot be tried again."""
        return not (self.is_passed or self.open or self.left)

    @property
    def tells_right_choices(self) -> bool:
        """Whether right choices are shown after a try: only once it is passed, since a talk can open another try."""
        return self.is_passed

    @property
    def summary(self) -> str:
        """How it stands, in words that also an assessor reads."""
        if self.is_passed:
            return _("Passed: %(best)s of %(all)s right") % self._facts
        if self.finished:
            return _("Not passed: best %(best)s of %(all)s right, %(needed)s needed") % self._facts
        return _("Begun") if self.open else _("Not started")

    @property
    def scores(self) -> list[str]:
        """Each finished try in words."""
        return [
            _("Try %(number)s: %(score)s of %(all)s right") % {"number": n, "score": each.score, "all": each.size}
            for n, each in enumerate(self.finished, start=1)
        ]

    @property
    def problems(self) -> list[str]:
        """What this quiz lacks before the work can be sent. One that people may leave out can also fail."""
        if self.open:
            return [_("You have begun the quiz. Finish this try.")]
        if self.is_passed or self.criterion.optional:
            return []
        left = ngettext("%(left)s try left.", "%(left)s tries left.", self.left) % self._facts
        if not self.finished:
            return [_("Pass the quiz first: you need %(needed)s of %(all)s.") % self._facts]
        if self.is_used_up:
            return [self.used_up]
        best = _("Pass the quiz first: best %(best)s of %(all)s, you need %(needed)s.") % self._facts
        return [f"{best} {left}"]

    @property
    def used_up(self) -> str:
        """What to do when no try is left."""
        return (
            ngettext(
                "You have used your %(tries)s try at the quiz: best %(best)s of %(all)s, you need %(needed)s. "
                "Talk with your coach. Your work stays here.",
                "You have used your %(tries)s tries at the quiz: best %(best)s of %(all)s, you need %(needed)s. "
                "Talk with your coach. Your work stays here.",
                len(self.tries),
            )
            % self._facts
        )

    @property
    def _facts(self) -> dict[str, object]:
        return {
            "best": self.best,
            "all": self.criterion.quiz_draw,
            "needed": self.needed,
            "left": self.left,
            "tries": len(self.tries),
        }


def standings_of(
    submission: Submission, criteria: Iterable[Criterion], lines: Mapping[object, Sequence[SubmissionLine]]
) -> dict[object, Standing]:
    """The quizzes of a try by criterion id, as are `lines`. Two queries, none without a quiz."""
    quizzes = [each for each in criteria if each.part == Criterion.Kind.QUIZ]
    tries = list(_tries_until(submission)) if quizzes else []
    talks = list(_talks_until(submission)) if tries else []
    return {each.id: _standing(submission, each, tries, lines.get(each.id, ()), talks) for each in quizzes}


def quizzes_of(submission: Submission, criteria: Iterable[Criterion]) -> dict[object, Standing]:
    """`standings_of`, with the lines loaded: three queries, none without a quiz."""
    if not any(each.part == Criterion.Kind.QUIZ for each in criteria):
        return {}
    lines: dict[object, list[SubmissionLine]] = {}
    for line in SubmissionLine.objects.filter(submission=submission).select_related("line"):
        lines.setdefault(line.line.criterion_id, []).append(line)
    return standings_of(submission, criteria, lines)


def standing_of(submission: Submission, criterion: Criterion) -> Standing:
    """One quiz of a try. Three queries."""
    lines = SubmissionLine.objects.filter(submission=submission, line__criterion=criterion)
    tries, talks = list(_tries_until(submission)), list(_talks_until(submission))
    return _standing(submission, criterion, tries, list(lines), talks)


def _tries_until(submission: Submission) -> Iterable[QuizTry]:
    return QuizTry.objects.filter(submission__work=submission.work_id, submission__number__lte=submission.number)


def _talks_until(submission: Submission) -> Iterable[Conversation]:
    return Conversation.objects.filter(
        submission__work=submission.work_id, submission__number__lte=submission.number, criterion__isnull=False
    )


def _standing(
    submission: Submission,
    criterion: Criterion,
    tries: Iterable[QuizTry],
    lines: Sequence[SubmissionLine],
    talks: Iterable[Conversation],
) -> Standing:
    was_returned = submission.number > 1 and any(line.is_open for line in lines)

    def counts(each: QuizTry | Conversation) -> bool:
        return each.criterion_id == criterion.id and (not was_returned or each.submission_id == submission.id)

    return Standing(criterion, tuple(filter(counts, tries)), sum(map(counts, talks)))
