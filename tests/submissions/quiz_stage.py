"""Props for tests of quizzes: an edition with one, and Ada answering it right or wrong."""

from django.db import transaction

from credentials.models import Edition, QuizItem, RubricLevel, RubricLine
from submissions.actions.outcomes import return_for_changes
from submissions.actions.quizzes import finish_quiz, start_quiz
from submissions.models import QuizTry, Submission
from submissions.outline import Part, outline_of
from submissions.quizbook import Standing, standing_of
from tests.cast import Cast
from tests.credentials.sample import quiz_part
from tests.submissions import stage


def quiz_edition(cast: Cast, title: str = "Knowing it", *, line: bool = False, **quiz: object) -> Edition:
    """The usual edition with a quiz: 4 of 6 questions, 3 to pass, 2 tries. `line`: the guide has a line about it."""
    data = stage.edition_data(title)
    rubric = [*data["rubric"], *([stage.line("knew", "quiz", "Knew it")] if line else [])]
    return stage.publish_edition(cast, title, criteria=[*data["criteria"], quiz_part(**quiz)], rubric=rubric)


def start(cast: Cast, draft: Submission) -> QuizTry:
    """Ada begins a try."""
    quiz = stage.criterion_of(draft.edition, "quiz")
    with cast.inside():
        return start_quiz(by=cast.by(cast.ada), submission=draft, criterion=quiz)


def right_answers(quiz_try: QuizTry) -> dict[int, list[int]]:
    """The shown places of the right choices, by number of the question."""
    right = dict(QuizItem.objects.values_list("id", "right_places"))
    by_id = {str(id): places for id, places in right.items()}
    return {
        number: [shown for shown, written in enumerate(asked["order"]) if written in by_id[asked["item"]]]
        for number, asked in enumerate(quiz_try.drawn, start=1)
    }


def answers_with(quiz_try: QuizTry, right: int) -> dict[int, list[int]]:
    """Answers of which the first `right` are right."""
    return {number: places if number <= right else [] for number, places in right_answers(quiz_try).items()}


def take(cast: Cast, draft: Submission, *, right: int) -> QuizTry:
    """A whole try with so many questions right."""
    quiz_try = start(cast, draft)
    with cast.inside():
        return finish_quiz(by=cast.by(cast.ada), quiz_try=quiz_try, answers=answers_with(quiz_try, right))


def standing(cast: Cast, draft: Submission) -> Standing:
    """How the quiz stands."""
    with cast.inside():
        return standing_of(draft, stage.criterion_of(draft.edition, "quiz"))


def part_of(cast: Cast, draft: Submission) -> Part:
    """The quiz in the task list."""
    with cast.inside():
        return outline_of(Submission.objects.get(id=draft.id)).part(stage.criterion_of(draft.edition, "quiz"))


def give_back(cast: Cast, sent: Submission, *, met: tuple[str, ...] = ()) -> Submission:
    """The next try, after reviewers met the lines with these keys."""
    with cast.inside(), transaction.atomic():
        levels = {
            line.id: RubricLevel.objects.filter(line=line, passes=True)[0].id
            for line in RubricLine.objects.filter(edition=sent.edition_id, key__in=met)
        }
        return return_for_changes(by=cast.by(cast.bela), submission=sent, met=levels)
