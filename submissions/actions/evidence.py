"""Evidence: add a file, a link or a text to a part of a draft, and remove it again."""

from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.signable import HIDDEN
from lib.transitions import move
from submissions import cards, files
from submissions.actions.attesting import unsay
from submissions.actions.drafts import lock_draft, require_open
from submissions.actions.purging import mark_gone
from submissions.filetypes import clean_name, identify
from submissions.media import can_preview
from submissions.models import Artifact, Rendering, StoredFile, Submission, Upload
from submissions.wake import wake
from tenants import audit
from tenants.roles import Member, require

MOST_TEXT = 50_000  # characters of a text added as evidence
SHOWN = ~Q(state=Artifact.State.REMOVED)


def add_file(*, by: Member, submission: Submission, criterion: Criterion, upload: File) -> Artifact:
    """Check, store and read back one file; it is READY when this returns. Safe outside of a transaction, and best so.

    While the virus scanner does not answer it stays CHECKING, and the sweep goes on with it. The same bytes a second
    time give the artifact that is there, with `already_there` set. Raises Invalid (400) for files we do not take,
    TooLarge (413), RuleBroken (409), and StorageDown (503), after which nothing is left behind.
    """
    require(by, "work.edit", submission)
    name = clean_name(upload.name or "")
    size, sha256 = files.measure_file(upload.file)
    files.require_fits(size, name)
    found = identify(upload.file, size, name)
    is_clean = _scanned(upload.file)
    facts = {"size": size, "sha256": sha256, "content_type": found.content_type}
    artifact = place(
        by, submission, criterion, Artifact.Kind.FILE, same={"file__sha256": sha256}, name=name, file_facts=facts
    )
    if artifact.already_there:
        return artifact
    try:
        files.store(artifact.file.key, upload, size=size, sha256=sha256)
    except files.StorageDown:
        with transaction.atomic():
            Artifact.objects.filter(id=artifact.id).delete()
            StoredFile.objects.filter(id=artifact.file_id).delete()
            cards.touch(*_work_of(artifact))
        raise
    return confirm(by=by, artifact=artifact) if is_clean else artifact


def _scanned(file: BinaryIO) -> bool:
    """Whether the scanner had a look. Raises Invalid (400) for what it finds."""
    try:
        files.require_clean(file)
    except files.ScanWaits:
        return False
    return True


@transaction.atomic
def confirm(*, by: Member, artifact: Artifact, refusal: str = "") -> Artifact:
    """A file that was being checked is READY, or REFUSED with a sentence. Called when storage has been read again."""
    artifact = Artifact.objects.select_for_update(of=("self",)).select_related("file").get(pk=artifact.pk)
    if artifact.state != Artifact.State.CHECKING:
        return artifact
    if refusal:
        _forget_file(artifact)
    else:
        keep(artifact.file)
    move(artifact, Artifact.State.REFUSED if refusal else Artifact.State.READY)
    artifact.refusal = refusal
    artifact.save(update_fields=["state", "refusal", "file"])
    cards.touch(*_work_of(artifact))
    facts = {"kind": artifact.kind, "size": artifact.size, "sha256": artifact.sha256}
    audit.record(by, "artifact.refused" if refusal else "artifact.added", artifact, **facts)
    return artifact


def keep(file: StoredFile) -> None:
    """The bytes of a file are in storage, read again: note it, and ask the workers for previews."""
    if file.state != StoredFile.State.ARRIVING:
        return
    move(file, StoredFile.State.KEPT)
    file.save(update_fields=["state"])
    if can_preview(file.content_type):
        rendering = Rendering.objects.create(file=file, created_at=clock.now())
        wake("render", rendering)


def _forget_file(artifact: Artifact) -> None:
    """What is refused is not kept. The row says that there was something, until the artifact is gone as well."""
    file, artifact.file = artifact.file, None
    if file is not None:
        mark_gone(file)


@transaction.atomic
def add_link(*, by: Member, submission: Submission, criterion: Criterion, url: str, name: str = "") -> Artifact:
    """Add the address of evidence elsewhere. The same address twice is one artifact. Raises Invalid, RuleBroken."""
    url = url.strip()
    if "://" not in url and "." in url.split("/")[0]:
        url = f"https://{url}"
    try:
        URLValidator(schemes=["http", "https"])(url)
        netloc = urlsplit(url).netloc
    except (ValidationError, ValueError) as problem:
        raise Invalid(_("Enter the whole link, like https://example.org/video"), field="url") from problem
    if len(url) > 2000 or "@" in netloc or HIDDEN.search(url):
        raise Invalid(_("This link cannot be used. Copy it again from the page itself."), field="url")
    facts = {"url": url, "name": clean_label(name), "state": "ready", "link_state": Artifact.LinkState.UNCHECKED}
    artifact = place(by, submission, criterion, Artifact.Kind.LINK, same={"url": url}, **facts)
    if not artifact.already_there:
        wake("check_link", artifact)
    return _added(by, artifact)


@transaction.atomic
def add_text(*, by: Member, submission: Submission, criterion: Criterion, text: str, name: str = "") -> Artifact:
    """Add evidence that is written here. The same text twice is one artifact. Raises Invalid, RuleBroken."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid(_("Write or paste some text first."), field="text")
    if len(text) > MOST_TEXT:
        raise Invalid(_("This text is too long. Add it as a file instead."), field="text")
    artifact = place(
        by,
        submission,
        criterion,
        Artifact.Kind.TEXT,
        same={"text": text},
        text=text,
        name=clean_label(name),
        state="ready",
    )
    return _added(by, artifact)


@transaction.atomic
def remove_artifact(*, by: Member, artifact: Artifact) -> Artifact:
    """Take evidence out of the draft, and what was said of its students with it. Removing twice is removing once.

    A file that was checked is kept, so that it can be brought back until retention deletes it; one that was not
    is dropped.
    """
    require(by, "work.edit", artifact)
    draft = lock_draft(by, artifact.submission)
    artifact = Artifact.objects.select_for_update(of=("self",)).select_related("file").get(pk=artifact.pk)
    if artifact.state == Artifact.State.REMOVED:
        return artifact
    require_open(draft, artifact.criterion)
    if artifact.state != Artifact.State.READY:
        _forget_file(artifact)
        drop_upload(artifact)
    move(artifact, Artifact.State.REMOVED)
    artifact.removed_at = clock.now()
    artifact.save(update_fields=["state", "removed_at", "file", *unsay(artifact)])
    cards.touch(draft.work, draft)
    audit.record(by, "artifact.removed", artifact, kind=artifact.kind, sha256=artifact.sha256)
    return artifact


def drop_upload(artifact: Artifact) -> None:
    """Stop the upload of an artifact, if it has one that is under way, and drop its parts after commit."""
    upload = Upload.objects.select_for_update().filter(artifact=artifact).first()
    if upload is not None and upload.state in (Upload.State.OPEN, Upload.State.ARRIVED):
        move(upload, Upload.State.STOPPED)
        upload.save(update_fields=["state"])
        wake("drop_parts", upload)


def clean_label(raw: str) -> str:
    """A name typed for a link or a text: one line, at most 120 characters, or empty."""
    return " ".join(raw.replace("\x00", "").split())[:120]


@transaction.atomic
def place(
    by: Member,
    submission: Submission,
    criterion: Criterion,
    kind: str,
    *,
    same: dict[str, str],
    file_facts: dict[str, Any] | None = None,
    **facts: Any,
) -> Artifact:
    """The row of a new artifact, or the one that has the same content already (`already_there`).

    `same`: what tells the same content; `file_facts`: of a file that is to be stored. Raises RuleBroken (409).
    """
    draft = lock_draft(by, submission)
    require_open(draft, criterion)
    here = Artifact.objects.filter(SHOWN, submission=draft, criterion=criterion)
    for there in here.filter(kind=kind, **same).exclude(state=Artifact.State.REFUSED).select_related("file"):
        there.already_there = True
        return there
    require_room(criterion, kind, here.count())
    if file_facts:
        facts["file"] = StoredFile.objects.create(
            earner_id=draft.earner_id, key=files.new_key(draft.work), **file_facts
        )
    return new_artifact(draft, criterion, kind, **facts)


def require_room(criterion: Criterion, kind: str, here: int) -> None:
    """Raise RuleBroken (409) when the part does not take this kind of evidence, or has as much as it takes."""
    if kind not in (criterion.artifact_kinds or [Artifact.Kind.FILE]) or not criterion.artifact_max:
        raise RuleBroken(_("This part does not take this kind of evidence."), code="wrong-kind")
    if here >= criterion.artifact_max:
        message = _("This part takes at most %(n)s. Remove one first.") % {"n": criterion.artifact_max}
        raise RuleBroken(message, code="enough")


def new_artifact(draft: Submission, criterion: Criterion, kind: str, **facts: Any) -> Artifact:
    """A row at the end of its part."""
    ever = Artifact.objects.filter(submission=draft, criterion=criterion)
    last = ever.aggregate(last=Max("position"))["last"]
    return Artifact.objects.create(
        submission=draft,
        criterion=criterion,
        earner_id=draft.earner_id,
        kind=kind,
        position=0 if last is None else last + 1,
        created_at=clock.now(),
        **facts,
    )


def _added(by: Member, artifact: Artifact) -> Artifact:
    if not artifact.already_there:
        cards.touch(*_work_of(artifact))
        audit.record(by, "artifact.added", artifact, kind=artifact.kind)
    return artifact


def _work_of(artifact: Artifact) -> tuple[Any, Submission]:
    submission = Submission.objects.select_related("work", "edition").get(pk=artifact.submission_id)
    return submission.work, submission
