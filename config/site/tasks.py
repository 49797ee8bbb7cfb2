"""Background work that needs all apps: making the copy of a person's data."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import Q

from config.site import export
from lib import clock
from submissions.actions.exporting import LEASE
from submissions.exports import expire_exports
from submissions.models import DataExport

SWEEP = 60  # seconds between two sweeps, see CELERY_BEAT_SCHEDULE
BATCH = 100


@shared_task(time_limit=LEASE.total_seconds())
def make_export(export_id: str) -> None:
    """Make one copy, if nobody else is at it."""
    with transaction.atomic():
        found = DataExport.objects.filter(id=UUID(export_id)).first()
    if found is not None:
        export.make(found)


@shared_task
def sweep_exports() -> None:
    """Ask again for copies whose nudge got lost or whose worker was killed, and delete those whose week is over."""
    free = Q(lease_until=None) | Q(lease_until__lt=clock.now())
    with transaction.atomic():
        waiting = DataExport.objects.filter(free, state=DataExport.State.WAITING).order_by("asked_at")
        ids = list(waiting.values_list("id", flat=True)[:BATCH])
    for each in ids:
        make_export.apply_async((str(each),), expires=SWEEP)
    expire_exports()
