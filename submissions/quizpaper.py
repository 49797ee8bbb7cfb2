"""The paper of a quiz try as people read it: nothing that is right while a try is open, and results afterwards."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField

from credentials.models import QuizItem
from submissions import quizzing
from submissions.models import QuizTry
from submissions.quizbook import Standing

_RIGHTS = Func(F("right_places"), function="cardinality", output_field=IntegerField())


@dataclass(frozen=True)
class Choice:
    """One choice as it is shown. `is_right` is None as long as it must not be known."""

    place: int
    text: str
    is_chosen: bool
    is_right: bool | None = None


@dataclass(frozen=True)
class Question:
    """One question of a paper. `is_right` and `feedback` are empty until the try is over."""

    number: int
    text: str
    several: bool  # more than one choice is right
    choices: tuple[Choice, ...]
    is_right: bool | None = None
    feedback: str = ""

    @property
    def name(self) -> str:
        """Its field in the form."""
        return f"q{self.number}"

    @property
    def is_answered(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


def questions_of(quiz_try: QuizTry, standing: Standing) -> list[Question]:
    """The paper of a try, with results when it is over. One query.

    As long as any try is open, neither right choices nor feedback are read from the database, so none can be shown.
    """
    items = QuizItem.objects.filter(id__in=[each["item"] for each in quiz_try.drawn]).annotate(rights=_RIGHTS)
    shown = ["id", "text", "choices", "rights"]
    if standing.open is None:
        shown += ["right_places", "feedback"]
    by_id = {str(each["id"]): each for each in items.values(*shown)}
    if standing.open is not None:
        return [_question(n, each, by_id, quiz_try) for n, each in enumerate(quiz_try.drawn, start=1)]
    right = {key: item["right_places"] for key, item in by_id.items()}
    marks = quizzing.marks(quiz_try.drawn, quiz_try.answers, right)
    return [
        _question(
            n,
            each,
            by_id,
            quiz_try,
            right=right[each["item"]] if standing.tells_right_choices else None,
            is_right=is_right,
            feedback=by_id[each["item"]]["feedback"],
        )
        for n, (each, is_right) in enumerate(zip(quiz_try.drawn, marks, strict=True), start=1)
    ]


def _question(
    number: int,
    asked: dict[str, Any],
    by_id: dict[str, dict[str, Any]],
    quiz_try: QuizTry,
    *,
    right: list[int] | None = None,
    **result: Any,
) -> Question:
    item = by_id[asked["item"]]
    chosen = quiz_try.answers.get(str(number), [])
    choices = tuple(
        Choice(place, item["choices"][written], place in chosen, None if right is None else written in right)
        for place, written in enumerate(asked["order"])
    )
    return Question(number, item["text"], item["rights"] > 1, choices, **result)
