"""Everything a person made in one tenant, as plain data that any program can read, with the files it names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.text import slugify

from submissions.filetypes.names import extension_of
from submissions.models import (
    AiUse,
    Artifact,
    Captions,
    Erasure,
    LogEntry,
    Promise,
    QuizTry,
    Response,
    StoredFile,
    Submission,
    Work,
)
from tenants.models import Tenant, User


@dataclass(frozen=True)
class Original:
    """A kept file, and where it lies in the copy that the person gets."""

    file: StoredFile
    path: str


class Evidence:
    """The works of `person` in the active tenant. Call inside a transaction; files are read later, one by one."""

    def __init__(self, tenant: Tenant, person: User) -> None:
        self.tenant, self.person = tenant, person
        self._paths: dict[Any, str] = {}
        self._files: list[StoredFile] = []

    def works(self) -> Iterator[tuple[Work, dict[str, Any]]]:
        """Each work with all its tries as plain data."""
        tries = Submission.objects.order_by("number").prefetch_related(
            Prefetch("responses", Response.objects.select_related("prompt__criterion").order_by("prompt_id")),
            Prefetch("ai_uses", AiUse.objects.select_related("criterion")),
            Prefetch("log_entries", LogEntry.objects.select_related("criterion")),
            Prefetch("quiz_tries", QuizTry.objects.select_related("criterion")),
            Prefetch("promises", Promise.objects.order_by("kind")),
            Prefetch(
                "artifacts",
                Artifact.objects.select_related("file", "criterion")
                .prefetch_related("pointers")
                .order_by("position", "id"),
            ),
        )
        works = Work.objects.filter(earner=self.person).select_related("edition__micro_credential")
        for work in works.prefetch_related(Prefetch("submissions", tries)).order_by("created_at", "id"):
            yield work, self._work(work)

    def originals(self) -> list[Original]:
        """The files that `works` has named so far, each once."""
        return [Original(file, self._paths[file.id]) for file in self._files]

    def erasures(self) -> list[dict[str, Any]]:
        """What was erased here before, as certified then."""
        done = Erasure.objects.filter(person=self.person, state=Erasure.State.DONE)
        return [{"erased_at": moment(each.done_at), **each.certificate} for each in done]

    def _work(self, work: Work) -> dict[str, Any]:
        return {
            "micro_credential": work.edition.title,
            "edition": work.edition.number,
            "state": work.state,
            "is_renewal": work.renews_id is not None,
            "goal_date": work.goal_date and work.goal_date.isoformat(),
            "started_at": moment(work.created_at),
            "tries": [self._try(work, each) for each in work.submissions.all()],
        }

    def _try(self, work: Work, submission: Submission) -> dict[str, Any]:
        return {
            "number": submission.number,
            "code": submission.code,
            "state": submission.state,
            "started_at": moment(submission.created_at),
            "submitted_at": moment(submission.submitted_at),
            "decided_at": moment(submission.decided_at),
            "used_ai": submission.used_ai,
            "ai_uses": [
                {"tool": each.tool, "part": each.criterion and each.criterion.title, "what_changed": each.what_changed}
                for each in submission.ai_uses.all()
            ],
            "log": [
                {"part": each.criterion.title, "on": each.on.isoformat(), "minutes": each.minutes, "what": each.what}
                for each in submission.log_entries.all()
            ],
            "quizzes": [
                {
                    "part": each.criterion.title,
                    "number": each.number,
                    "state": each.state,
                    "right": each.score,
                    "of": each.size,
                    "answers": each.answers,
                    "finished_at": moment(each.finished_at),
                }
                for each in submission.quiz_tries.all()
            ],
            "answers": [
                {
                    "part": each.prompt.criterion.title,
                    "question": each.prompt.text,
                    "text": each.text,
                    "saved_at": moment(each.saved_at),
                }
                for each in submission.responses.all()
            ],
            "promises": [
                {
                    "kind": each.kind,
                    "wording": each.wording,
                    "given_at": moment(each.given_at),
                }
                for each in submission.promises.all()
            ],
            "evidence": [self._artifact(work, submission, each) for each in submission.artifacts.all()],
        }

    def _artifact(self, work: Work, submission: Submission, artifact: Artifact) -> dict[str, Any]:
        file = artifact.file
        return {
            "part": artifact.criterion.title,
            "kind": artifact.kind,
            "state": artifact.state,
            "name": artifact.name,
            "url": artifact.url,
            "text": artifact.text,
            "students": artifact.students,
            "record_number": artifact.record_number,
            "added_at": moment(artifact.created_at),
            "pointers": [{"note": each.note, "place": str(each.place.words)} for each in artifact.pointers.all()],
            "removed_at": moment(artifact.removed_at),
            "erased_at": moment(artifact.erased_at),
            "file": file and self._file(file, work, submission, artifact),
        }

    def _file(self, file: StoredFile, work: Work, submission: Submission, artifact: Artifact) -> dict[str, Any]:
        facts = {"sha256": file.sha256, "bytes": file.size, "type": file.content_type, "state": file.state}
        if file.state != StoredFile.State.KEPT:
            return facts | {"deleted_at": moment(file.gone_at)}
        if file.id not in self._paths:
            folder = f"evidence/{self.tenant.slug}/{slugify(work.edition.title) or work.id}/try-{submission.number}"
            self._paths[file.id] = f"{folder}/{_file_name(artifact, len(self._files) + 1)}"
            self._files.append(file)
        return facts | {"path": self._paths[file.id], "captions": _captions(file)}


def _captions(file: StoredFile) -> dict[str, str]:
    if not file.content_type.startswith(("video/", "audio/")):
        return {}
    return dict(Captions.objects.filter(file=file).values_list("language", "text"))


def _file_name(artifact: Artifact, number: int) -> str:
    """A name that every file system takes, and that no other file here has."""
    stem = slugify(artifact.name.rpartition(".")[0] or artifact.name)[:60]
    ending = slugify(extension_of(artifact.name))[:8]
    return f"{number:03}-{stem or 'file'}" + (f".{ending}" if ending else "")


def moment(at: datetime | None) -> str | None:
    """A time as ISO 8601, to the second."""
    return at and at.isoformat(timespec="seconds")
