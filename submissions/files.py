"""Evidence files in storage: kept under a key nobody chose, read again before they count, handed out for minutes."""

import hashlib
from collections.abc import Iterable
from typing import BinaryIO
from urllib.parse import urlencode
from uuid import UUID

import structlog
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from lib import clock
from lib.clamd import ScannerDown, scan
from lib.errors import Invalid, LaurelError, NotAllowed, TooLarge
from lib.ids import uuid7
from submissions.filetypes import FAMILIES, FileType
from submissions.models import Artifact, Preview, StoredFile, Work
from tenants.models import Tenant, User

log = structlog.get_logger(__name__)

CHUNK = 1_000_000  # bytes read at a time
ADDRESS_LIFE = 300  # seconds
FILM_LIFE = 7200  # seconds: as long as the longest lesson, watched with pauses
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


class ScanWaits(Exception):
    """The virus scanner does not answer: the file stays "being checked" until it does."""


def new_key(work: Work, name: UUID | None = None) -> str:
    """Where a new file of `work` will be stored."""
    return f"evidence/{work.tenant_id}/{work.id}/{name or uuid7()}"


def require_fits(size: int, name: str) -> None:
    """Raise TooLarge (413) for a file over the limit."""
    if size > settings.UPLOAD_LIMIT:
        message = _("“%(name)s” is too big. The limit is %(limit)s MB. Trim the video or paste a link.")
        facts = {"name": name, "limit": f"{settings.UPLOAD_LIMIT // 1_000_000:,}"}
        raise TooLarge(message % facts, code="too-large")


def require_clean(file: BinaryIO) -> None:
    """Ask the virus scanner, where one is set up. Raises Invalid (400) for what it finds, and ScanWaits."""
    if not settings.CLAMD_ADDRESS:
        return
    try:
        found = scan(settings.CLAMD_ADDRESS, file)
    except ScannerDown as problem:
        log.warning("scanner_down", problem=str(problem))
        raise ScanWaits from problem
    if found:
        log.warning("file_infected", found=found)
        raise Invalid(
            _(
                "The virus scanner found something in this file, so we do not keep it. "
                "Check your device, then add a clean copy."
            ),
            field="file",
            code="infected",
        )


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


def open_stored(key: str) -> File:
    """A stored file, open for reading. Raises one of STORAGE_ERRORS."""
    return default_storage.open(key)


def discard(key: str) -> None:
    """Delete a stored file. A store that is down is only logged: the key then leads nowhere."""
    try:
        default_storage.delete(key)
    except STORAGE_ERRORS as problem:
        log.warning("file_not_deleted", key=key, problem=str(problem))


def type_of(artifact: Artifact) -> FileType | None:
    """The kind of file that was found when it was checked; None before that."""
    return type_of_file(artifact.file) if artifact.file else None


def type_of_file(file: StoredFile) -> FileType | None:
    """The kind of file that was found when it was checked."""
    return _BY_CONTENT_TYPE.get(file.content_type)


def kind_of(artifact: Artifact) -> str:
    """What it is for a reader: video, audio, image, pdf, document, link or text."""
    found = type_of(artifact)
    if artifact.kind != Artifact.Kind.FILE or found is None:
        return artifact.kind
    if found.content_type == "application/pdf":
        return "pdf"
    return found.kind if found.kind in ("video", "audio", "image") else "document"


def life_of(content_type: str) -> int:
    """Seconds for which an address is good. A film is asked for piece by piece as long as someone watches it."""
    return FILM_LIFE if content_type.startswith(("video/", "audio/")) else ADDRESS_LIFE


def address_of(
    artifact: Artifact, viewer: User, *, tenant: Tenant | None = None, preview: Preview | None = None
) -> str:
    """An address at which `viewer`, and nobody else, can open a file or one of its previews for a short time.

    Whoever calls this has checked that `viewer` may see it. `tenant`: the artifact's, to save a query.
    """
    slug = (tenant or artifact.tenant).slug
    life = life_of(preview.content_type if preview else "")
    place = f"{preview.kind}-{preview.position}" if preview else ""
    signed = f"{artifact.id}:{place}:{viewer.id}:{int(clock.now().timestamp()) + life}"
    if preview:
        path = reverse("artifact_preview", args=[slug, artifact.id, preview.kind, preview.position])
    else:
        path = reverse("artifact_file", args=[slug, artifact.id])
    return f"{path}?{urlencode({'key': _signer().sign(signed)})}"


def check_address(key: str, artifact_id: UUID, viewer: User, place: str = "") -> bool:
    """Whether `key` was made by `address_of` for this artifact, preview and person.

    Raises NotAllowed (403) once it is old.
    """
    try:
        signed_artifact, signed_place, signed_viewer, expires = _signer().unsign(key).split(":")
    except (BadSignature, ValueError):
        return False
    if (signed_artifact, signed_place, signed_viewer) != (str(artifact_id), place, str(viewer.id)):
        return False
    if int(expires) < clock.now().timestamp():
        raise NotAllowed(
            _("This link was only good for a short time. Go back, reload the page and open the file again.")
        )
    return True


def _signer() -> Signer:
    return Signer(salt="submissions.files")
