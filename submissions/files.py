"""Evidence files in storage: kept under a key nobody chose, read again before they count, handed out for minutes."""

import hashlib
from collections.abc import Iterable
from typing import BinaryIO
from urllib.parse import urlencode
from uuid import UUID

import structlog
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import LaurelError, NotAllowed
from lib.ids import uuid7
from submissions.filetypes import FAMILIES, FileType
from submissions.models import Artifact, Work
from tenants.models import Tenant, User

log = structlog.get_logger(__name__)

CHUNK = 1_000_000  # bytes read at a time
ADDRESS_LIFE = 300  # seconds
STORAGE_ERRORS = (OSError, BotoCoreError, ClientError, Boto3Error)
_BY_CONTENT_TYPE = {kind.content_type: kind for kind in FAMILIES.values()}


class StorageDown(LaurelError):
    """The file store does not answer, or did not keep what it was given (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "We could not store this file just now. Nothing else is lost, and your words are saved. "
                "Choose the file again in a few minutes, or paste a link."
            ),
            code="storage-down",
        )


def new_key(work: Work) -> str:
    """Where a new file of `work` will be stored."""
    return f"evidence/{work.tenant_id}/{work.id}/{uuid7()}"


def measure(chunks: Iterable[bytes]) -> tuple[int, str]:
    """Bytes and SHA-256 (hex) of a stream, without holding it."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
    return size, digest.hexdigest()


def measure_file(file: BinaryIO) -> tuple[int, str]:
    """`measure` from the start of an open file."""
    file.seek(0)
    return measure(iter(lambda: file.read(CHUNK), b""))


def store(key: str, file: BinaryIO, *, size: int, sha256: str) -> None:
    """Put `file` into storage and read it back. Raises StorageDown unless the very same bytes came back."""
    try:
        file.seek(0)
        stored = default_storage.save(key, file if isinstance(file, File) else File(file))
        if stored == key and is_whole(key, size=size, sha256=sha256):
            return
        log.error("file_not_whole", key=key, stored=stored, size=size)
    except STORAGE_ERRORS as problem:
        log.error("storage_down", key=key, problem=str(problem))
        raise StorageDown from problem
    discard(key)
    raise StorageDown


def is_whole(key: str, *, size: int, sha256: str) -> bool:
    """Read a stored file from storage and compare. Raises one of STORAGE_ERRORS when it cannot be read."""
    with default_storage.open(key) as stored:
        return measure(stored.chunks(CHUNK)) == (size, sha256)


def discard(key: str) -> None:
    """Delete a stored file. A store that is down is only logged: the key then leads nowhere."""
    try:
        default_storage.delete(key)
    except STORAGE_ERRORS as problem:
        log.warning("file_not_deleted", key=key, problem=str(problem))


def type_of(artifact: Artifact) -> FileType | None:
    """The kind of file that was found when it was checked."""
    return _BY_CONTENT_TYPE.get(artifact.content_type)


def kind_of(artifact: Artifact) -> str:
    """How a page can show it: video, audio, image, pdf, link, text, or download."""
    found = type_of(artifact)
    if artifact.kind != Artifact.Kind.FILE:
        return artifact.kind
    if found is None or not found.inline:
        return "download"
    return "pdf" if found.content_type == "application/pdf" else found.kind


def address_of(artifact: Artifact, viewer: User, *, tenant: Tenant | None = None) -> str:
    """An address at which `viewer`, and nobody else, can open the file for the next five minutes.

    Whoever calls this has checked that `viewer` may see it. `tenant`: the artifact's, to save a query.
    """
    expires = int(clock.now().timestamp()) + ADDRESS_LIFE
    path = reverse("artifact_file", args=[(tenant or artifact.tenant).slug, artifact.id])
    return f"{path}?{urlencode({'key': _signer().sign(f'{artifact.id}:{viewer.id}:{expires}')})}"


def check_address(key: str, artifact_id: UUID, viewer: User) -> bool:
    """Whether `key` was made by `address_of` for this artifact and person. Raises NotAllowed (403) once it is old."""
    try:
        signed_artifact, signed_viewer, expires = _signer().unsign(key).split(":")
    except (BadSignature, ValueError):
        return False
    if signed_artifact != str(artifact_id) or signed_viewer != str(viewer.id):
        return False
    if int(expires) < clock.now().timestamp():
        raise NotAllowed(_("This link was only good for 5 minutes. Go back, reload the page and open the file again."))
    return True


def _signer() -> Signer:
    return Signer(salt="submissions.files")
