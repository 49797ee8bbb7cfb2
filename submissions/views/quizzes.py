"""Taking a quiz. Its page is the page of the part; here are the buttons on it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from lib import clock
from lib.words import whole_number
from submissions import queries
from submissions.actions import quizzes
from submissions.models import QuizTry
from submissions.views.parts import part_page
from tenants.doors import members_only


@members_only
@require_POST
def quiz_start(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Begin a try, or go on with the open one."""
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, key)
    quizzes.start_quiz(by=request.member, submission=submission, criterion=criterion)
    return redirect(f"{reverse('work_criterion', args=[slug, work, key])}#quiz")


@members_only
@require_POST
def quiz_try(request: HttpRequest, slug: str, work: UUID, key: str, number: int) -> HttpResponse:
    """Keep the answers, and finish when asked to. With questions left open, finishing has to be asked for twice."""
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, key)
    found = queries.quiz_try_of(submission, criterion, number)
    answers = chosen(request, found)
    if "X-Autosave" in request.headers:
        quizzes.answer_quiz(by=request.member, quiz_try=found, answers=answers)
        return JsonResponse({"saved_at": clock.now().isoformat()})
    if "finish" not in request.POST:
        quizzes.answer_quiz(by=request.member, quiz_try=found, answers=answers)
        return redirect("work_criterion", slug, work, key) if "stay" in request.POST else redirect("work", slug, work)
    blank = [question for question, places in answers.items() if not places]
    if blank and request.POST["finish"] != "anyway" and found.state == QuizTry.State.OPEN:
        quizzes.answer_quiz(by=request.member, quiz_try=found, answers=answers)
        return part_page(request, submission, criterion, status=422, blank=blank)
    quizzes.finish_quiz(by=request.member, quiz_try=found, answers=answers)
    return redirect(f"{reverse('work_criterion', args=[slug, work, key])}#quiz")


def chosen(request: HttpRequest, quiz_try: QuizTry) -> dict[int, list[int]]:
    """What was ticked, for every question on the paper: an unticked box sends nothing at all."""
    return {
        number: [place for each in request.POST.getlist(f"q{number}") if (place := whole_number(each)) is not None]
        for number in range(1, quiz_try.size + 1)
    }
