"""One earner's journey through one edition: works, tries, answers, evidence, logs, quizzes and promises."""

from submissions.models.artifact import Artifact
from submissions.models.log import LogEntry
from submissions.models.quiz import QuizTry
from submissions.models.submission import Promise, Response, Submission, SubmissionLine
from submissions.models.work import Work, WorkCard

__all__ = [
    "Artifact",
    "LogEntry",
    "Promise",
    "QuizTry",
    "Response",
    "Submission",
    "SubmissionLine",
    "Work",
    "WorkCard",
]
