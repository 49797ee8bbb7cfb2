"""The nightly purge of one tenant, and the dropping of what is gone from storage. Safe to run at any time, anywhere."""

from collections.abc import Iterable

import structlog
from django.core.files.storage import default_storage
from django.db import transaction

from lib import clock
from submissions import files
from submissions.actions import purging
from submissions.models import PurgeReport, StoredFile
from tenants.models import Tenant
from tenants.roles import system

log = structlog.get_logger(__name__)

PATIENCE = 3  # failures in a row after which storage counts as down


def purge(tenant: Tenant) -> PurgeReport:
    """Delete what is due in the active tenant and report it. One report a night; a killed one is taken up again."""
    report = purging.begin_purge(night=clock.now().date())
    if report.ended_at is not None:
        return report
    while purging.purge_batch(report=report):
        pass
    while purging.forget_audit(report=report):
        pass
    drop_gone()
    return purging.end_purge(by=system(tenant), report=report)


def drop_gone(which: Iterable[StoredFile] | None = None) -> bool:
    """Drop what storage has of deleted files (default: all of the active tenant).

    False when something is left: storage did not answer, or a worker was still at a file.
    """
    whole, failures = True, 0
    for file in _gone() if which is None else which:
        if failures == PATIENCE:
            return False
        try:
            dropped = drop(file)
        except files.STORAGE_ERRORS as problem:
            log.warning("file_not_dropped", key=file.key, problem=str(problem))
            failures, whole = failures + 1, False
        else:
            failures, whole = 0, whole and dropped
    return whole


def _gone() -> list[StoredFile]:
    with transaction.atomic():
        return list(StoredFile.objects.filter(state=StoredFile.State.GONE, dropped_at=None).order_by("gone_at", "id"))


def drop(file: StoredFile) -> bool:
    """Delete the objects of a file that is gone, and note it. False while something may still be stored for it.

    Previews are found by listing, since a worker that was killed leaves some without rows. Raises one of
    files.STORAGE_ERRORS, after which it can be called again.
    """
    if purging.is_busy(file=file):
        return False
    for key in [file.key, *keys_under(f"previews/{file.tenant_id}/{file.id}")]:
        default_storage.delete(key)
    purging.note_dropped(file=file)
    return True


def keys_under(folder: str) -> list[str]:
    """The keys of all objects right in a folder of storage. Raises one of files.STORAGE_ERRORS."""
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # on a local disk, where nothing was ever stored there
        return []
    return [f"{folder}/{name}" for name in names]
