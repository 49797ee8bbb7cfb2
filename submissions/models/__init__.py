"""One earner's journey through one edition: works, tries, answers, evidence and promises."""

from submissions.models.artifact import Artifact, Students
from submissions.models.file import Captions, Preview, Rendering, StoredFile
from submissions.models.pointer import Placed, Pointer
from submissions.models.submission import Promise, Response, Submission, SubmissionLine
from submissions.models.upload import Upload, UploadPart
from submissions.models.work import Work, WorkCard

__all__ = [
    "Artifact",
    "Captions",
    "Placed",
    "Pointer",
    "Preview",
    "Promise",
    "Rendering",
    "Response",
    "StoredFile",
    "Students",
    "Submission",
    "SubmissionLine",
    "Upload",
    "UploadPart",
    "Work",
    "WorkCard",
]
