"""Quizzes over the API: start a try, read it, answer, finish. The same actions as the pages."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from submissions import queries
from submissions import quiz_serializers as s
from submissions.actions import quizzes
from submissions.api import Working
from submissions.models import QuizTry
from submissions.quizbook import standing_of
from tenants.idempotency import Idempotent


class TakingQuiz(Working):
    """What the endpoints about one quiz share."""

    def quiz_try(self, work: UUID, criterion: str, number: int) -> QuizTry:
        """A try at a quiz of one's own work; 404 for others'."""
        submission = self.submission(work)
        return queries.quiz_try_of(submission, queries.criterion_of(submission, criterion), number)

    def paper(self, work: UUID, quiz_try: QuizTry, status: int = 200) -> Response:
        """A try as it stands now."""
        standing = standing_of(self.submission(work), quiz_try.criterion)
        return Response(s.paper(quiz_try, standing), status=status)


class QuizStart(Idempotent, TakingQuiz):
    """Begin a try. While one is open, that one comes back (200)."""

    @extend_schema(request=None, responses={201: s.QuizPaper})
    def post(self, request: Request, slug: str, work: UUID, criterion: str) -> Response:
        submission = self.submission(work)
        part = queries.criterion_of(submission, criterion)
        begun = quizzes.start_quiz(by=self.member, submission=submission, criterion=part)
        return self.paper(work, begun, status=200 if begun.already_there else 201)


class QuizTryView(TakingQuiz):
    """One try with its questions; with results when it is over and no other one is open."""

    @extend_schema(responses=s.QuizPaper)
    def get(self, request: Request, slug: str, work: UUID, criterion: str, number: int) -> Response:
        return self.paper(work, self.quiz_try(work, criterion, number))


class QuizAnswers(TakingQuiz):
    """Answers to an open try. Questions that are not named keep their answers."""

    @extend_schema(request=s.AnswersRequest, responses=s.QuizPaper)
    def put(self, request: Request, slug: str, work: UUID, criterion: str, number: int) -> Response:
        body = self.read(s.AnswersRequest, request)
        found = self.quiz_try(work, criterion, number)
        return self.paper(work, quizzes.answer_quiz(by=self.member, quiz_try=found, answers=body["answers"]))


class QuizFinish(Idempotent, TakingQuiz):
    """Score an open try. Questions without an answer are not right. Finishing twice is finishing once."""

    @extend_schema(request=None, responses=s.QuizPaper)
    def post(self, request: Request, slug: str, work: UUID, criterion: str, number: int) -> Response:
        found = self.quiz_try(work, criterion, number)
        return self.paper(work, quizzes.finish_quiz(by=self.member, quiz_try=found))
