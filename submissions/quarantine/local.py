"""Quarantine on local disk: each part is a file of its own, PUT to an address that we sign for five minutes."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.ids import uuid7
from submissions.files import ADDRESS_LIFE, StorageDown
from submissions.models import Upload
from submissions.quarantine.base import Address, PartHasher, Quarantine, Read, copy

log = structlog.get_logger(__name__)

CHUNK = 262_144
_SALT = "submissions.quarantine"


class Movable(File):
    """An open file that storage on the same disk may take by renaming it."""

    def temporary_file_path(self) -> str:
        """Where it lies."""
        return self.name


class LocalQuarantine(Quarantine):
    """Parts lie as files in DATA_DIR/incoming/<upload>/<number>. A part is there whole, or not at all."""

    def begin(self, upload: Upload) -> str:
        _folder(upload.id).mkdir(parents=True, exist_ok=True)
        return ""

    def address(self, upload: Upload, number: int, sha256: str) -> Address:
        facts = [str(upload.id), number, upload.size_of(number), sha256]
        key = signing.dumps(facts, salt=_SALT, compress=False)
        return Address(f"{reverse('upload_part', args=[upload.id, number])}?{urlencode({'key': key})}")

    def stored(self, upload: Upload) -> dict[int, int]:
        with os.scandir(_folder(upload.id)) as entries:
            return {int(entry.name): entry.stat().st_size for entry in entries if entry.name.isdigit()}

    def read(self, upload: Upload, to: Path) -> Read:
        hasher = PartHasher(upload.part_size)
        with to.open("wb") as whole:
            for number in range(1, upload.parts + 1):
                with (_folder(upload.id) / str(number)).open("rb") as part:
                    copy(part, whole, hasher)
        return hasher.result()

    def forget(self, upload: Upload, numbers: Iterable[int]) -> None:
        for number in numbers:
            (_folder(upload.id) / str(number)).unlink(missing_ok=True)

    def publish(self, upload: Upload, checked: Path, key: str) -> None:
        default_storage.delete(key)  # of an earlier attempt that died on the way
        with checked.open("rb") as file:
            stored = default_storage.save(key, Movable(file, name=str(checked)))
        if stored != key:
            raise OSError(f"stored as {stored} in place of {key}")

    def drop(self, upload: Upload) -> None:
        shutil.rmtree(_folder(upload.id), ignore_errors=True)


def receive(upload: UUID, number: int, key: str, body: BinaryIO, length: int) -> None:
    """Write one part as it comes in; memory stays flat. `length`: as the request says.

    Raises NotAllowed (403) for an address that is old or was bent, Invalid (400) when other bytes came than were
    announced, RuleBroken (409) when the upload was stopped, and StorageDown (503).
    """
    try:
        signed_upload, signed_number, size, sha256 = signing.loads(key, salt=_SALT, max_age=ADDRESS_LIFE)
    except signing.BadSignature as problem:
        raise NotAllowed(_("This upload address is no longer good. Choose the file again to go on.")) from problem
    if (signed_upload, signed_number) != (str(upload), number):
        raise NotAllowed(_("This upload address is for something else."))
    if length != size:
        raise _damaged()
    folder = _folder(upload)
    draft = folder / f"{number}.{uuid7()}"
    try:
        with draft.open("xb") as part:
            if _copy_body(body, part, size) != sha256:
                raise _damaged()
            part.flush()
            os.fsync(part.fileno())
        draft.replace(folder / str(number))
    except FileNotFoundError as problem:
        raise RuleBroken(
            _("This upload was stopped. Choose the file again to start anew."), code="stopped"
        ) from problem
    except OSError as problem:
        log.error("part_not_stored", upload=str(upload), problem=str(problem))
        raise StorageDown from problem
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _copy_body(body: BinaryIO, part: BinaryIO, size: int) -> str:
    """The SHA-256 of at most `size` bytes of `body`, which are written to `part`."""
    digest, left = hashlib.sha256(), size
    while left and (chunk := body.read(min(CHUNK, left))):
        digest.update(chunk)
        part.write(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _damaged() -> Invalid:
    return Invalid(
        _("A part of the file did not arrive whole. It will be sent again."), field="file", code="damaged-part"
    )


def _folder(upload: UUID) -> Path:
    return settings.FILE_UPLOAD_TEMP_DIR / "parts" / str(upload)
