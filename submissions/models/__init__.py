"""One earner's journey through one edition: works, tries, answers, evidence and promises."""

from submissions.models.artifact import Artifact
from submissions.models.submission import Promise, Response, Submission, SubmissionLine
from submissions.models.work import Work, WorkCard

__all__ = ["Artifact", "Promise", "Response", "Submission", "SubmissionLine", "Work", "WorkCard"]
