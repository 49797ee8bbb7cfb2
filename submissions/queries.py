"""What can be read of works and evidence. Every function runs inside the tenant of the work, but `cards_of`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, QuerySet, Value, When
from django.http import Http404
from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib.durations import in_hours
from submissions import files
from submissions.logbook import LogBook, logbooks_of
from submissions.models import (
    AiUse,
    Artifact,
    Captions,
    LogEntry,
    Pointer,
    QuizTry,
    Response,
    StoredFile,
    Submission,
    SubmissionLine,
    Upload,
    Work,
    WorkCard,
)
from submissions.quizbook import Standing, quizzes_of
from tenants.models import User
from tenants.roles import Member


def cards_of(user: User) -> QuerySet[WorkCard]:
    """Every work of a person, in whatever tenant, newest change first. Reads the projection, so no scope is needed."""
    return (
        WorkCard.objects.filter(earner=user)
        .select_related("tenant", "edition__micro_credential")
        .defer("edition__search")
    )


def card_for(user: User, micro_credential_id: UUID) -> WorkCard | None:
    """The person's card on a micro-credential: of the work that is not finished, else of the newest."""
    cards = cards_of(user).filter(edition__micro_credential=micro_credential_id)
    finished = Case(When(state=Work.State.PASSED, then=Value(1)), default=Value(0))
    return cards.order_by(finished, "-edition__number", "-id").first()  # ids are in the order of time


def work_after(work: Work) -> Work | None:
    """The work that renews what was earned with `work`, if it was begun."""
    return Work.objects.filter(renews=work).first()


def work_of(by: Member, work_id: UUID) -> Submission:
    """The newest try of one's own work, with work and edition loaded. Raises Http404 for anyone else's."""
    newest = (
        Submission.objects.filter(work_id=work_id, earner=by.user)
        .select_related("work", "edition__micro_credential")
        .defer("edition__search")
        .order_by("-number")
        .first()
    )
    if newest is None:
        raise Http404
    return newest


def criterion_of(submission: Submission, key: str) -> Criterion:
    """One part of the edition with prompts, lines and levels. Raises Http404."""
    found = (
        Criterion.objects.filter(edition=submission.edition_id, key=key)
        .prefetch_related("prompts", "lines__levels")
        .first()
    )
    if found is None:
        raise Http404
    return found


def artifact_of(by: Member, work_id: UUID, artifact_id: UUID) -> Artifact:
    """One piece of evidence in the newest try of one's own work. Raises Http404."""
    found = (
        Artifact.objects.filter(id=artifact_id, submission=work_of(by, work_id))
        .select_related("submission", "criterion", "file")
        .first()
    )
    if found is None:
        raise Http404
    return found


def piece_of(by: Member, work_id: UUID, artifact_id: UUID) -> Artifact:
    """One READY piece of evidence of any try of one's own work, with its try. Raises Http404."""
    found = (
        Artifact.objects.filter(id=artifact_id, submission__work=work_id, earner=by.user, state=Artifact.State.READY)
        .select_related("submission__work", "submission__edition__micro_credential", "criterion", "file")
        .first()
    )
    if found is None:
        raise Http404
    return found


def can_change(artifact: Artifact) -> bool:
    """Whether the try of a piece is a draft that goes on, and its part is not one that was met before."""
    submission = artifact.submission
    if submission.state != Submission.State.DRAFT or submission.work.state == Work.State.WITHDRAWN:
        return False
    lines = SubmissionLine.objects.filter(submission=submission, line__criterion=artifact.criterion_id)
    carried = list(lines.values_list("carried_level", flat=True))
    return not carried or not all(carried)


def pieces_beside(artifact: Artifact) -> list[Artifact]:
    """All READY pieces of the same try in page order, this one among them."""
    here = Artifact.objects.filter(submission=artifact.submission_id, state=Artifact.State.READY)
    return list(here.order_by("criterion__position", "criterion__key", "position", "id"))


def pointer_of(artifact: Artifact, pointer_id: UUID) -> Pointer:
    """One pointer into a piece. Raises Http404."""
    found = Pointer.objects.filter(id=pointer_id, artifact=artifact).first()
    if found is None:
        raise Http404
    found.artifact = artifact
    return found


def captions_of(artifact: Artifact, language: str) -> Captions | None:
    """The captions of a film or a recording in one language, if there are any."""
    return Captions.objects.filter(file=artifact.file_id, language=language).first() if artifact.file_id else None


def handed_in_by_others(submission: Submission, hashes: Iterable[str]) -> set[str]:
    """Which files, by SHA-256, someone else in this tenant has as well. Never shown to earners."""
    others = StoredFile.objects.filter(sha256__in=set(hashes)).exclude(earner=submission.earner_id)
    return set(others.exclude(state=StoredFile.State.ARRIVING).values_list("sha256", flat=True))


def upload_of(by: Member, upload_id: UUID) -> Upload:
    """One's own upload. Raises Http404 for anyone else's."""
    found = Upload.objects.filter(id=upload_id, artifact__earner=by.user).select_related("artifact").first()
    if found is None:
        raise Http404
    return found


def entry_of(by: Member, work_id: UUID, entry_id: UUID) -> LogEntry:
    """One entry of a log in the newest try of one's own work. Raises Http404."""
    found = (
        LogEntry.objects.filter(id=entry_id, submission=work_of(by, work_id))
        .select_related("submission", "criterion")
        .first()
    )
    if found is None:
        raise Http404
    return found


def is_there_twice(artifact: Artifact) -> bool:
    """Whether a removed file is in its part all the same: the same bytes were added before."""
    return (
        artifact.file_id is not None
        and Artifact.objects.filter(
            submission=artifact.submission_id,
            criterion=artifact.criterion_id,
            state=Artifact.State.READY,
            file__sha256=artifact.sha256,
        ).exists()
    )


def ai_uses_of(submission: Submission) -> list[AiUse]:
    """The AI tools that the earner named, with the parts they were used in. No query where none was used."""
    if not submission.used_ai:
        return []
    return list(AiUse.objects.filter(submission=submission).select_related("criterion"))


def quiz_try_of(submission: Submission, criterion: Criterion, number: int) -> QuizTry:
    """One try at a quiz of this work, in whatever submission. Raises Http404."""
    found = (
        QuizTry.objects.filter(submission__work=submission.work_id, criterion=criterion, number=number)
        .select_related("submission", "criterion")
        .first()
    )
    if found is None:
        raise Http404
    return found


def tries_of(work: Work) -> list[Submission]:
    """All tries that were decided, oldest first."""
    return list(Submission.objects.filter(work=work, decided_at__isnull=False).order_by("number"))


@dataclass(frozen=True)
class EvidencePiece:
    """One thing a reviewer reads, watches or hears. `key` is unique within the try and the same each time."""

    key: str
    criterion: Criterion
    kind: str  # response, log, quiz, text, link, image, video, audio, pdf or download
    title: str
    note: str = ""
    text: str = ""
    url: str = ""  # of a link; a file's address comes from submissions.files.address_of
    artifact: Artifact | None = None
    log: LogBook | None = None
    quiz: Standing | None = None


def evidence_of(submission: Submission, blind: bool = True) -> list[EvidencePiece]:
    """Answers, logs, quizzes and READY artifacts in page order. `blind` replaces names people gave by neutral ones.

    Five queries, and up to three more where there are logs or quizzes; also for a try that has not been sent.
    """
    criteria = list(Criterion.objects.filter(edition=submission.edition_id).prefetch_related("prompts"))
    texts = {each.prompt_id: each for each in Response.objects.filter(submission=submission)}
    ready = Artifact.objects.filter(submission=submission, state=Artifact.State.READY).select_related("tenant", "file")
    artifacts: dict[UUID, list[Artifact]] = {}
    for artifact in ready:
        artifacts.setdefault(artifact.criterion_id, []).append(artifact)
    logs, quizzes = logbooks_of(submission, criteria), quizzes_of(submission, criteria)
    pieces: list[EvidencePiece] = []
    for criterion in criteria:
        if criterion.id in logs and logs[criterion.id].entries:
            pieces.append(_log_piece(logs[criterion.id]))
        if criterion.id in quizzes and quizzes[criterion.id].tries:
            pieces.append(_quiz_piece(quizzes[criterion.id]))
        for number, artifact in enumerate(artifacts.get(criterion.id, []), start=1):
            pieces.append(_artifact_piece(criterion, artifact, number, blind))
        for prompt in criterion.prompts.all():
            if prompt.id in texts and texts[prompt.id].text.strip():
                facts = {"note": prompt.text, "text": texts[prompt.id].text}
                pieces.append(EvidencePiece(f"r-{prompt.id}", criterion, "response", criterion.title, **facts))
    return pieces


def _log_piece(book: LogBook) -> EvidencePiece:
    rows = [f"{entry.on.isoformat()}, {in_hours(entry.minutes)}: {entry.what}" for entry in book.entries]
    facts = {"note": f"{book.total_of}, {book.size}", "text": "\n".join(rows), "log": book}
    return EvidencePiece(f"l-{book.criterion.id}", book.criterion, "log", book.criterion.title, **facts)


def _quiz_piece(standing: Standing) -> EvidencePiece:
    facts = {"note": standing.summary, "text": "\n".join(standing.scores), "quiz": standing}
    return EvidencePiece(f"q-{standing.criterion.id}", standing.criterion, "quiz", standing.criterion.title, **facts)


def _artifact_piece(criterion: Criterion, artifact: Artifact, number: int, blind: bool) -> EvidencePiece:
    return EvidencePiece(
        key=f"a-{artifact.id}",
        criterion=criterion,
        kind=files.kind_of(artifact),
        title=neutral_name(criterion, artifact, number) if blind or not artifact.name else artifact.name,
        text=artifact.text,
        url=artifact.url,
        artifact=artifact,
    )


def neutral_name(criterion: Criterion, artifact: Artifact, number: int) -> str:
    """A name that gives nobody away: the part's title, a number, and the extension of what it is."""
    facts = {"title": criterion.title, "number": number}
    if artifact.kind == Artifact.Kind.LINK:
        return _("%(title)s, link %(number)s") % facts
    found = files.type_of(artifact)
    return _("%(title)s %(number)s") % facts + (f".{found.extensions[0]}" if found else "")


def download_name(artifact: Artifact, viewer: User) -> str:
    """The earner gets back the name they gave; anyone else sees a neutral one."""
    if artifact.earner_id == viewer.id and artifact.name:
        return artifact.name
    before = Artifact.objects.filter(
        submission=artifact.submission_id,
        criterion=artifact.criterion_id,
        state=Artifact.State.READY,
        position__lte=artifact.position,
    ).count()
    return neutral_name(artifact.criterion, artifact, max(1, before))


@dataclass(frozen=True)
class NextStep:
    """The card to show on top, and the name of the part that comes next there."""

    card: WorkCard
    title: str


def next_card(cards: list[WorkCard]) -> NextStep | None:
    """The most urgent thing a person can do: what was returned, then the nearest goal, then what is furthest along."""
    open_cards = [card for card in cards if card.state in (Work.State.RETURNED, Work.State.ACTIVE)]
    if not open_cards:
        return None
    card = min(
        open_cards,
        key=lambda card: (
            card.state != Work.State.RETURNED,
            card.goal_date or date.max,
            -(card.parts_done / (card.parts or 1)),
            -card.changed_at.timestamp(),
        ),
    )
    names = {
        "about": _("Read what you will show"),
        "promise": _("Privacy and own-work promise"),
        "check": _("Check and submit"),
    }
    if card.next_step in names:
        return NextStep(card, names[card.next_step])
    part = Criterion.objects.filter(edition=card.edition_id, key=card.next_step.removeprefix("c/")).first()
    return NextStep(card, part.title if part else _("See all parts"))
