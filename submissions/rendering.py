"""Making the previews of a file: a worker's job, done in a child process (submissions.media), kept in storage."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copyfileobj

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lib import clock, pgscope
from lib.transitions import move
from submissions import files
from submissions.checking import PREFIX
from submissions.media import CannotPreview, Made, make_previews
from submissions.models import Preview, Rendering, StoredFile
from tenants.models import Tenant

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
HEARTBEAT = 30  # seconds
LONGEST = timedelta(minutes=65)  # of one file, reading and storing included
MOST_RUNS = 3  # a file that took its worker down so often gets no preview


def render(tenant: Tenant, rendering: Rendering) -> None:
    """Make, store and note the previews of one file. A store that is down leaves it waiting."""
    leased = _lease(rendering)
    if leased is None:
        return
    if leased.runs > MOST_RUNS:
        _end(leased, note=_("The preview could not be made. The original is kept, and can be downloaded."))
        return
    with _heartbeat(leased), tempfile.TemporaryDirectory(prefix=PREFIX, dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        try:
            _render(leased, Path(folder))
        except CannotPreview as problem:
            _end(leased, note=problem.sentence)
        except files.STORAGE_ERRORS as problem:
            log.warning("not_rendered", rendering=str(leased.id), problem=str(problem))
            _let_go(leased)


def _render(rendering: Rendering, folder: Path) -> None:
    file = rendering.file
    source, out = _local(file, folder / "source"), folder / "out"
    out.mkdir()
    made = make_previews(source, file.content_type, out)
    kept = [_keep(file, each.kind, each.position, each.path) for each in made.previews]
    rows = [
        Preview(
            tenant_id=file.tenant_id,
            file=file,
            kind=each.kind,
            position=each.position,
            key=key,
            content_type=each.content_type,
            size=each.path.stat().st_size,
            width=each.width,
            height=each.height,
        )
        for each, key in zip(made.previews, kept, strict=True)
    ]
    if not _end(rendering, made=made, previews=rows):
        for key in kept:
            files.discard(key)


def _local(file: StoredFile, to: Path) -> Path:
    """The file on this machine: where storage has it, or a copy of it."""
    try:
        return Path(default_storage.path(file.key))
    except NotImplementedError:
        with default_storage.open(file.key) as stored, to.open("wb") as copy:
            copyfileobj(stored, copy, files.CHUNK)
        return to


def _keep(file: StoredFile, kind: str, position: int, path: Path) -> str:
    """Store one preview and return its key, which an earlier run of a killed worker may have used."""
    key = f"previews/{file.tenant_id}/{file.id}/{kind}-{position}"
    default_storage.delete(key)
    with path.open("rb") as made:
        return default_storage.save(key, File(made))


@transaction.atomic
def _lease(rendering: Rendering) -> Rendering | None:
    """Take it, unless it is done, another worker has it, or its file is gone."""
    fresh = Rendering.objects.select_for_update(of=("self",)).select_related("file").get(pk=rendering.pk)
    now = clock.now()
    if fresh.state != Rendering.State.WAITING or (fresh.lease_until and fresh.lease_until > now):
        return None
    if fresh.file.state == StoredFile.State.GONE:
        move(fresh, Rendering.State.FAILED)
        fresh.note, fresh.ended_at = _("The file was deleted."), now
        fresh.save(update_fields=["state", "note", "ended_at"])
        return None
    fresh.runs += 1
    fresh.lease_until = now + LEASE
    fresh.save(update_fields=["runs", "lease_until"])
    return fresh


@contextmanager
def _heartbeat(rendering: Rendering) -> Iterator[None]:
    """Renew the lease while we work, so that it runs out soon after we were killed."""
    ended = threading.Event()

    def beat() -> None:
        with pgscope.scope(rendering.tenant_id):
            while not ended.wait(HEARTBEAT):
                with transaction.atomic():
                    Rendering.objects.filter(id=rendering.id).update(lease_until=clock.now() + LEASE)
        connection.close()  # of this thread

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@transaction.atomic
def _let_go(rendering: Rendering) -> None:
    """It was not this file's fault, so the run does not count."""
    Rendering.objects.filter(id=rendering.id).update(lease_until=None, runs=max(0, rendering.runs - 1))


@transaction.atomic
def _end(rendering: Rendering, *, note: str = "", made: Made | None = None, previews: list[Preview] = ()) -> bool:
    """Write down how it ended. False when someone else has ended it, or the file was deleted meanwhile."""
    fresh = Rendering.objects.select_for_update(of=("self",)).select_related("file").get(pk=rendering.pk)
    if fresh.state != Rendering.State.WAITING or fresh.file.state == StoredFile.State.GONE:
        return False
    move(fresh, Rendering.State.MADE if made else Rendering.State.FAILED)
    fresh.ended_at, fresh.lease_until = clock.now(), None
    fresh.note = (made.note if made else note)[:300]
    if made:
        fresh.seconds, fresh.pages, fresh.texts = made.seconds, made.pages, made.texts
        Preview.objects.bulk_create(previews)
    fresh.save()
    return True
