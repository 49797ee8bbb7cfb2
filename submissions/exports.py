"""The files of exports in storage: dropped when their week is over, or when their person's evidence is erased."""

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from lib import clock
from submissions import files
from submissions.actions import exporting
from submissions.models import DataExport
from tenants.models import User

log = structlog.get_logger(__name__)


def expire_exports() -> None:
    """End exports whose week is over, and drop the files of all that have ended."""
    with transaction.atomic():
        over = list(DataExport.objects.filter(state=DataExport.State.MADE, expires_at__lte=clock.now()))
    for export in over:
        exporting.expire(export=export)
    try:
        drop_exports()
    except files.STORAGE_ERRORS as problem:  # the next sweep tries again
        log.warning("exports_not_dropped", problem=str(problem))


def drop_exports(person: User | None = None) -> bool:
    """Drop the files of exports that have ended, of one person or of all.

    False when a worker was still making one of them. Raises one of files.STORAGE_ERRORS.
    """
    whose = Q(person=person) if person else Q()
    with transaction.atomic():
        ended = list(DataExport.objects.filter(whose, state=DataExport.State.GONE, dropped_at=None))
    for export in ended:
        if export.lease_until is None or export.lease_until < clock.now():
            default_storage.delete(export.key)
            exporting.dropped(export=export)
    return not any(export.lease_until and export.lease_until >= clock.now() for export in ended)
