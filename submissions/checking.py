"""Reading an upload again, byte by byte, before it counts. A worker's job; no transaction is open while bytes move."""

import shutil
import tempfile
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from lib.errors import Invalid
from submissions import files
from submissions.actions import uploads
from submissions.filetypes import identify
from submissions.models import Upload, UploadPart
from submissions.quarantine import Read, quarantine
from tenants.models import Tenant
from tenants.roles import system

log = structlog.get_logger(__name__)

PREFIX = "check-"


def check_upload(tenant: Tenant, upload: Upload) -> None:
    """Read, identify and scan what has arrived, move it into storage, and say what became of it.

    Any number of workers may call this for the same upload, at any time: a lease keeps them apart. A store or scanner
    that does not answer leaves the upload as it is, for the next sweep.
    """
    leased = uploads.take_to_check(upload=upload)
    if leased is None:
        return
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=settings.FILE_UPLOAD_TEMP_DIR))
    try:
        _check(tenant, leased, folder / "file")
    except files.ScanWaits:
        uploads.let_go(upload=leased)
    except files.STORAGE_ERRORS as problem:
        log.warning("upload_not_checked", upload=str(upload.id), problem=str(problem))
        uploads.let_go(upload=leased)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(tenant: Tenant, upload: Upload, path: Path) -> None:
    by, store = system(tenant), quarantine()
    try:
        found = store.read(upload, path)
        damaged = _damaged(upload, found)
    except FileNotFoundError:
        damaged = set(range(1, upload.parts + 1)) - _whole_parts(upload)
    if damaged:
        log.warning("upload_damaged", upload=str(upload.id), parts=sorted(damaged))
        store.forget(upload, damaged)
        uploads.reopen(by=by, upload=upload, damaged=damaged, multipart_id=upload.multipart_id)
        return
    try:
        with path.open("rb") as file:
            kind = identify(file, found.size, upload.artifact.name)
            files.require_clean(file)
    except Invalid as refusal:
        uploads.settle(by=by, upload=upload, refusal=refusal.message[:300])
        return
    stored = uploads.file_of_upload(upload=upload, found=found, content_type=kind.content_type)
    store.publish(upload, path, stored.key)
    uploads.settle(by=by, upload=upload, file=stored)


def _damaged(upload: Upload, found: Read) -> set[int]:
    """Parts whose bytes are not what the browser announced."""
    with transaction.atomic():
        declared = dict(UploadPart.objects.filter(upload=upload).values_list("number", "sha256"))
    return {n for n in range(1, upload.parts + 1) if found.parts.get(n) != declared.get(n)}


def _whole_parts(upload: Upload) -> set[int]:
    try:
        here = quarantine().stored(upload)
    except FileNotFoundError:
        return set()
    return {number for number, size in here.items() if size == upload.size_of(number)}
