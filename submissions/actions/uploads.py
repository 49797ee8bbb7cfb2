"""A file that comes in part by part: begun, taken up again, finished, stopped, and settled once it was read again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from submissions import cards, files
from submissions.actions.drafts import lock_draft, require_open
from submissions.actions.evidence import SHOWN, drop_upload, keep, new_artifact, require_room
from submissions.actions.purging import mark_gone
from submissions.filetypes import clean_name
from submissions.models import Artifact, StoredFile, Submission, Upload, UploadPart
from submissions.quarantine import Address, Read, quarantine
from submissions.wake import wake
from tenants import audit
from tenants.roles import Member, require

MOST_ADDRESSES = 32  # signed in one request
ABANDONED_AFTER = timedelta(days=7)
CHECK_LEASE = timedelta(minutes=20)  # longer than reading the largest file takes


@dataclass(frozen=True)
class Begun:
    """An upload, and which of its parts are here already with the SHA-256 (hex) the browser gave for them."""

    upload: Upload
    have: dict[int, str]


def begin_upload(*, by: Member, submission: Submission, criterion: Criterion, name: str, size: int) -> Begun:
    """Make room for a file, or find the upload of the same name and size that was not finished.

    Call it outside of a transaction: the store is asked. Raises RuleBroken (409), Invalid (400), TooLarge (413),
    StorageDown (503).
    """
    require(by, "work.edit", submission)
    name = clean_name(name)
    if size < 1:
        raise Invalid(_("This file is empty. Choose another one."), field="file", code="empty")
    files.require_fits(size, name)
    upload = _open_upload(by, submission, criterion, name, size)
    store = quarantine()
    try:
        if not upload.multipart_id:
            _remember(upload, store.begin(upload))
        here = store.stored(upload)
    except FileNotFoundError:  # swept by the store itself
        _remember(upload, store.begin(upload))
        here = {}
    except files.STORAGE_ERRORS as problem:
        raise files.StorageDown from problem
    with transaction.atomic():
        declared = dict(UploadPart.objects.filter(upload=upload).values_list("number", "sha256"))
    have = {n: declared[n] for n, stored in here.items() if n in declared and stored == upload.size_of(n)}
    return Begun(upload, have)


@transaction.atomic
def _open_upload(by: Member, submission: Submission, criterion: Criterion, name: str, size: int) -> Upload:
    draft = lock_draft(by, submission)
    require_open(draft, criterion)
    here = Artifact.objects.filter(SHOWN, submission=draft, criterion=criterion)
    under_way = Upload.objects.filter(artifact__in=here, artifact__name=name, size=size, state=Upload.State.OPEN)
    upload = under_way.select_for_update(of=("self",)).select_related("artifact").first()
    if upload is not None:
        upload.touched_at = clock.now()
        upload.save(update_fields=["touched_at"])
        return upload
    require_room(criterion, Artifact.Kind.FILE, here.count())
    artifact = new_artifact(draft, criterion, Artifact.Kind.FILE, name=name, state=Artifact.State.UPLOADING)
    upload = Upload.objects.create(
        artifact=artifact, size=size, part_size=part_size_of(size), created_at=clock.now(), touched_at=clock.now()
    )
    cards.touch(draft.work, draft)
    audit.record(by, "upload.begun", artifact, size=size)
    return upload


def part_size_of(size: int) -> int:
    """Bytes of a part: the setting, or more where a store's limit of 10,000 parts asks for it."""
    return max(settings.UPLOAD_PART_SIZE, -(-size // 10_000))


@transaction.atomic
def _remember(upload: Upload, multipart_id: str) -> None:
    """The store's id of a new multipart upload. Parts that were declared for an earlier one are not in it."""
    upload.multipart_id = multipart_id
    Upload.objects.filter(id=upload.id).update(multipart_id=multipart_id)
    if multipart_id:
        UploadPart.objects.filter(upload=upload).delete()


@transaction.atomic
def part_addresses(*, by: Member, upload: Upload, hashes: Mapping[int, str]) -> dict[int, Address]:
    """Addresses for the parts in `hashes` (number → SHA-256, hex), good for five minutes.

    Raises Invalid (400) for parts it does not have, RuleBroken (409) when the upload is over.
    """
    upload = _mine(by, upload)
    if upload.state != Upload.State.OPEN:
        raise RuleBroken(_("This upload is over. Reload the page to see how it stands."), code="upload-over")
    if not 0 < len(hashes) <= MOST_ADDRESSES or not all(1 <= number <= upload.parts for number in hashes):
        raise Invalid(_("This file has no such part. Reload the page and choose the file again."), field="parts")
    UploadPart.objects.bulk_create(
        [UploadPart(upload=upload, number=number, sha256=sha256) for number, sha256 in hashes.items()],
        update_conflicts=True,
        unique_fields=["upload", "number"],
        update_fields=["sha256"],
    )
    upload.touched_at = clock.now()
    upload.save(update_fields=["touched_at"])
    store = quarantine()
    return {number: store.address(upload, number, sha256) for number, sha256 in hashes.items()}


def finish_upload(*, by: Member, upload: Upload) -> list[int]:
    """Hand a whole file over to be checked. Returns the parts that are still missing, in which case nothing changes.

    Finishing twice is finishing once. Raises RuleBroken (409) when it was stopped, StorageDown (503).
    """
    with transaction.atomic():
        upload = _mine(by, upload)
        declared = set(UploadPart.objects.filter(upload=upload).values_list("number", flat=True))
    if upload.state in (Upload.State.ARRIVED, Upload.State.DONE):
        return []
    try:
        here = quarantine().stored(upload)
    except FileNotFoundError:
        here = {}
    except files.STORAGE_ERRORS as problem:
        raise files.StorageDown from problem
    missing = [n for n in range(1, upload.parts + 1) if n not in declared or here.get(n) != upload.size_of(n)]
    if not missing:
        _hand_over(by, upload)
    return missing


@transaction.atomic
def _hand_over(by: Member, upload: Upload) -> None:
    upload = _mine(by, upload)
    if upload.state != Upload.State.OPEN:
        return
    move(upload, Upload.State.ARRIVED)
    upload.touched_at = clock.now()
    upload.save(update_fields=["state", "touched_at"])
    _move_artifact(upload.artifact, Artifact.State.CHECKING)
    wake("check_upload", upload)


def _mine(by: Member, upload: Upload) -> Upload:
    """The upload, locked with the draft it belongs to. Raises NotAllowed (403), RuleBroken (409)."""
    artifact = Artifact.objects.select_related("submission").get(pk=upload.artifact_id)
    lock_draft(by, artifact.submission)
    fresh = Upload.objects.select_for_update(of=("self",)).select_related("artifact__submission").get(pk=upload.pk)
    if fresh.state == Upload.State.STOPPED:
        raise RuleBroken(_("This upload was stopped. Choose the file again to start anew."), code="stopped")
    return fresh


def _move_artifact(artifact: Artifact, to: str, refusal: str = "") -> None:
    move(artifact, to)
    artifact.refusal = refusal
    artifact.save(update_fields=["state", "refusal", "file"])
    submission = Submission.objects.select_related("work", "edition").get(pk=artifact.submission_id)
    cards.touch(submission.work, submission)


# --- What the check found ---------------------------------------------------------------------------------------------


@transaction.atomic
def take_to_check(*, upload: Upload) -> Upload | None:
    """Lease an upload for checking; None when there is nothing to do, or another worker has it."""
    fresh = (
        Upload.objects.select_for_update(of=("self",)).select_related("artifact__submission__work").get(pk=upload.pk)
    )
    now = clock.now()
    if fresh.state != Upload.State.ARRIVED or (fresh.lease_until and fresh.lease_until > now):
        return None
    fresh.lease_until = now + CHECK_LEASE
    fresh.save(update_fields=["lease_until"])
    return fresh


@transaction.atomic
def parts_dropped(*, upload: Upload) -> None:
    """Note that the quarantine has nothing left of an upload that is over."""
    over = Upload.objects.filter(id=upload.id, state__in=[Upload.State.DONE, Upload.State.STOPPED])
    over.update(dropped_at=clock.now())


@transaction.atomic
def forget_lost(*, file: StoredFile) -> None:
    """A file row whose upload was refused or restarted while its bytes were on their way: nobody names it."""
    fresh = StoredFile.objects.select_for_update().get(pk=file.pk)
    if fresh.state == StoredFile.State.ARRIVING and not Artifact.objects.filter(file=fresh).exists():
        mark_gone(fresh)


@transaction.atomic
def let_go(*, upload: Upload) -> None:
    """Give a lease back: the store or the scanner was down, so the sweep tries again."""
    Upload.objects.filter(id=upload.id).update(lease_until=None)


@transaction.atomic
def reopen(*, by: Member, upload: Upload, damaged: Collection[int], multipart_id: str) -> None:
    """Parts that differ from what the browser announced, or are gone, are asked for again."""
    fresh = _locked(upload)
    if fresh.state != Upload.State.ARRIVED:
        return
    gone = UploadPart.objects.filter(upload=fresh)
    if multipart_id == fresh.multipart_id:  # otherwise the store begins anew, and all parts are gone
        gone = gone.filter(number__in=damaged)
    gone.delete()
    move(fresh, Upload.State.OPEN)
    fresh.multipart_id, fresh.lease_until = multipart_id, None
    fresh.save(update_fields=["state", "multipart_id", "lease_until"])
    _move_artifact(fresh.artifact, Artifact.State.UPLOADING)
    audit.record(by, "upload.reopened", fresh.artifact, parts=len(damaged))


@transaction.atomic
def file_of_upload(*, upload: Upload, found: Read, content_type: str) -> StoredFile:
    """The row of the file that is about to be moved into storage. Its key is the upload's, so a second attempt after a
    crash finds it again."""
    work = upload.artifact.submission.work
    file, _is_new = StoredFile.objects.get_or_create(
        key=files.new_key(work, upload.id),
        defaults={
            "earner_id": upload.artifact.earner_id,
            "size": found.size,
            "sha256": found.sha256,
            "content_type": content_type,
            "created_at": clock.now(),
        },
    )
    return file


@transaction.atomic
def settle(*, by: Member, upload: Upload, file: StoredFile | None = None, refusal: str = "") -> Artifact:
    """The end of an upload: its artifact has its file and is READY, or is REFUSED with a sentence.

    What is in the part already is kept once: this artifact is then removed, and `already_there` set on it.
    """
    fresh = _locked(upload)
    artifact = fresh.artifact
    if fresh.state != Upload.State.ARRIVED:
        return artifact
    move(fresh, Upload.State.DONE)
    fresh.lease_until = None
    fresh.save(update_fields=["state", "lease_until"])
    wake("drop_parts", fresh)
    if file is None:
        _move_artifact(artifact, Artifact.State.REFUSED, refusal)
        audit.record(by, "artifact.refused", artifact, kind=artifact.kind, reason=refusal)
        return artifact
    there = Artifact.objects.filter(
        submission=artifact.submission_id, criterion=artifact.criterion_id, state="ready", file__sha256=file.sha256
    )
    keep(file)
    artifact.file = file
    if there.exists():
        artifact.already_there = True
        artifact.removed_at = clock.now()
        artifact.save(update_fields=["removed_at"])
        _move_artifact(artifact, Artifact.State.REMOVED)
        audit.record(by, "artifact.removed", artifact, kind=artifact.kind, sha256=file.sha256, twice=True)
        return artifact
    _move_artifact(artifact, Artifact.State.READY)
    audit.record(by, "artifact.added", artifact, kind=artifact.kind, size=file.size, sha256=file.sha256)
    return artifact


@transaction.atomic
def abandon(*, by: Member, upload: Upload) -> None:
    """An upload nobody went on with for a week: its parts are dropped, and its artifact says so."""
    fresh = _locked(upload)
    if fresh.state != Upload.State.OPEN or fresh.touched_at > clock.now() - ABANDONED_AFTER:
        return
    drop_upload(fresh.artifact)
    refusal = _("This upload was not finished within 7 days. Remove it and choose the file again.")
    _move_artifact(fresh.artifact, Artifact.State.REFUSED, refusal)
    audit.record(by, "upload.abandoned", fresh.artifact)


def _locked(upload: Upload) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).select_related("artifact__submission").get(pk=upload.pk)
