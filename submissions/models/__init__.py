"""One earner's journey through one edition: works, tries, answers, evidence, logs, quizzes and promises."""

from submissions.models.ai_use import AiUse
from submissions.models.artifact import Artifact, Students
from submissions.models.coaching import Coaching, CoachNote
from submissions.models.conversation import Conversation
from submissions.models.fee import Fee, FreeFor, Payment, Voucher, VoucherUse
from submissions.models.file import Captions, Preview, Rendering, StoredFile
from submissions.models.keeping import Hold, PurgeReport, RetentionRule
from submissions.models.leaving import DataExport, Erasure
from submissions.models.log import LogEntry
from submissions.models.pointer import Placed, Pointer
from submissions.models.quiz import QuizTry
from submissions.models.submission import OUT_OF_STEP, Promise, Response, Submission, SubmissionLine
from submissions.models.upload import Upload, UploadPart
from submissions.models.work import Work, WorkCard

__all__ = [
    "OUT_OF_STEP",
    "AiUse",
    "Artifact",
    "Captions",
    "CoachNote",
    "Coaching",
    "Conversation",
    "DataExport",
    "Erasure",
    "Fee",
    "FreeFor",
    "Hold",
    "LogEntry",
    "Payment",
    "Placed",
    "Pointer",
    "Preview",
    "Promise",
    "PurgeReport",
    "QuizTry",
    "Rendering",
    "Response",
    "RetentionRule",
    "StoredFile",
    "Students",
    "Submission",
    "SubmissionLine",
    "Upload",
    "UploadPart",
    "Voucher",
    "VoucherUse",
    "Work",
    "WorkCard",
]
