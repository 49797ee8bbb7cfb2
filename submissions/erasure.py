"""Carrying out an erasure: a worker's job. Rows first, then objects, then a look into storage that nothing is left."""

import structlog
from django.core.files.storage import default_storage
from django.db import transaction

from submissions import files
from submissions.actions import erasing, uploads
from submissions.exports import drop_exports
from submissions.models import Erasure, StoredFile, Upload, Work
from submissions.purge import drop_gone, keys_under
from submissions.quarantine import quarantine
from tenants.models import Tenant, User
from tenants.roles import system

log = structlog.get_logger(__name__)


def erase(tenant: Tenant, erasure: Erasure) -> bool:
    """Erase what `erasure` asks for, as far as it is due. True when it is done; otherwise call it again later.

    Safe at any time, anywhere, and after any crash: each step finds what the one before left.
    """
    by = system(tenant)
    if not erasing.begin(by=by, erasure=erasure):
        return False
    with transaction.atomic():
        person = User.objects.get(id=erasure.person_id)
        gone = list(StoredFile.objects.filter(earner=person, state=StoredFile.State.GONE, dropped_at=None))
    try:
        whole = drop_gone(gone) and drop_exports(person)
        _drop_uploads(person)
        looked_under = _drop_the_rest(tenant, person)
    except files.STORAGE_ERRORS as problem:
        log.warning("not_erased", erasure=str(erasure.id), problem=str(problem))
        return False
    if not whole or looked_under is None:
        return False
    erasing.end(by=by, erasure=erasure, looked_under=looked_under)
    return True


def _drop_uploads(person: User) -> None:
    """What the quarantine has of uploads that are over, whether it was dropped before or not."""
    over = [Upload.State.DONE, Upload.State.STOPPED]
    with transaction.atomic():
        found = list(Upload.objects.filter(artifact__earner=person, state__in=over))
    for upload in found:
        quarantine().drop(upload)
        uploads.parts_dropped(upload=upload)


def _drop_the_rest(tenant: Tenant, person: User) -> int | None:
    """List every folder of this person's in storage and delete what no kept file accounts for.

    Returns how many folders were listed, or None when something was still there the second time.
    """
    with transaction.atomic():
        works = Work.objects.filter(earner=person).values_list("id", flat=True)
        mine = StoredFile.objects.filter(earner=person)
        folders = [f"evidence/{tenant.id}/{work}" for work in works]
        folders += [f"previews/{tenant.id}/{file}" for file in mine.filter(state="gone").values_list("id", flat=True)]
        living = set(mine.exclude(state=StoredFile.State.GONE).values_list("key", flat=True))
    for key in _strays(folders, living):
        default_storage.delete(key)
    return len(folders) if not _strays(folders, living) else None


def _strays(folders: list[str], living: set[str]) -> list[str]:
    return [key for folder in folders for key in keys_under(folder) if key not in living]
