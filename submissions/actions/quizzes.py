"""Taking a quiz: start a try, keep answers, finish it. Whose tries count is told in submissions.quizbook."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from credentials.models import Criterion, QuizItem
from lib import clock
from lib.errors import RuleBroken
from lib.transitions import move
from submissions import cards, mail, quizzing
from submissions.actions.drafts import lock, lock_draft, require_open
from submissions.models import QuizTry, Submission
from submissions.quizbook import standing_of
from tenants import audit
from tenants.roles import Member, require

State = QuizTry.State


@transaction.atomic
def start_quiz(*, by: Member, submission: Submission, criterion: Criterion) -> QuizTry:
    """Draw the questions of a new try. While one is open that one is returned, with `already_there` set.

    Raises RuleBroken (409) when the quiz was passed, or when no try is left.
    """
    draft = lock_draft(by, submission)
    _require_quiz(draft, criterion)
    standing = standing_of(draft, criterion)
    if standing.open:
        standing.open.already_there = True
        return standing.open
    if standing.is_passed:
        raise RuleBroken(_("You have passed this quiz, so there is nothing more to do."), code="passed")
    if not standing.left:
        raise RuleBroken(standing.used_up, code="no-try-left")
    bank = {str(id): len(choices) for id, choices in criterion.quiz_items.values_list("id", "choices")}
    earlier = QuizTry.objects.filter(submission__work=draft.work_id, criterion=criterion)
    quiz_try = QuizTry.objects.create(
        submission=draft,
        criterion=criterion,
        number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
        drawn=quizzing.draw(bank, criterion.quiz_draw),
        started_at=clock.now(),
    )
    cards.touch(draft.work, draft)
    audit.record(by, "quiz.started", quiz_try, criterion=criterion.key, number=quiz_try.number)
    return quiz_try


@transaction.atomic
def answer_quiz(*, by: Member, quiz_try: QuizTry, answers: Mapping[int, Iterable[int]]) -> QuizTry:
    """Keep `answers` (number of the question → shown places); questions that are not named stay as they are.

    What is not on the paper is left out. Raises RuleBroken (409) when the try is over.
    """
    draft = lock_draft(by, quiz_try.submission)
    quiz_try = _locked(quiz_try)
    _require_quiz(draft, quiz_try.criterion)
    if quiz_try.state != State.OPEN:
        raise RuleBroken(_("This try is over, so its answers stay as they were."), code="finished")
    _keep(quiz_try, answers)
    return quiz_try


@transaction.atomic
def finish_quiz(*, by: Member, quiz_try: QuizTry, answers: Mapping[int, Iterable[int]] | None = None) -> QuizTry:
    """Keep the last `answers` and score the try. Finishing twice is finishing once: the score stays what it was.

    A question counts when exactly its right choices are chosen; one without an answer is wrong.
    """
    require(by, "work.edit", quiz_try.submission)
    lock(quiz_try.submission)
    quiz_try = _locked(quiz_try)
    if quiz_try.state != State.OPEN:
        return quiz_try
    draft = lock_draft(by, quiz_try.submission)
    _require_quiz(draft, quiz_try.criterion)
    _keep(quiz_try, answers or {})
    asked = QuizItem.objects.filter(id__in=[each["item"] for each in quiz_try.drawn])
    right = {str(id): places for id, places in asked.values_list("id", "right_places")}
    quiz_try.score = sum(quizzing.marks(quiz_try.drawn, quiz_try.answers, right))
    enough = quiz_try.score >= quizzing.needed(quiz_try.size, quiz_try.criterion.quiz_pass)
    move(quiz_try, State.PASSED if enough else State.FAILED)
    quiz_try.finished_at = clock.now()
    quiz_try.save(update_fields=["state", "score", "finished_at"])
    cards.touch(draft.work, draft)
    facts = {"criterion": quiz_try.criterion.key, "number": quiz_try.number}
    audit.record(by, "quiz.finished", quiz_try, **facts, score=quiz_try.score, of=quiz_try.size, passed=enough)
    if not enough and not quiz_try.criterion.optional and standing_of(draft, quiz_try.criterion).is_used_up:
        mail.talk_first(draft, tenant=by.tenant, quiz=quiz_try.criterion)
    return quiz_try


def _keep(quiz_try: QuizTry, answers: Mapping[int, Iterable[int]]) -> None:
    quiz_try.answers = {**quiz_try.answers, **quizzing.readable(quiz_try.drawn, answers)}
    quiz_try.saved_at = clock.now()
    quiz_try.save(update_fields=["answers", "saved_at"])


def _locked(quiz_try: QuizTry) -> QuizTry:
    return QuizTry.objects.select_for_update(of=("self",)).select_related("criterion", "submission").get(pk=quiz_try.pk)


def _require_quiz(draft: Submission, criterion: Criterion) -> None:
    require_open(draft, criterion)
    if criterion.part != Criterion.Kind.QUIZ:
        raise RuleBroken(_("This part has no quiz."), code="wrong-kind")
