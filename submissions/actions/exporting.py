"""Zips that people ask for: their data, their badges. Made by a worker (config.site.export), deleted after a week."""

from datetime import timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction

from lib import clock
from lib.nudge import nudge
from lib.transitions import move
from submissions import mail
from submissions.models import DataExport
from tenants.models import Tenant, User

log = structlog.get_logger(__name__)

LEASE = timedelta(hours=1)  # longer than copying a whole working life of evidence takes
MOST_RUNS = 5


@transaction.atomic
def ask_export(*, user: User, kind: DataExport.Kind = DataExport.Kind.MINE, tenant: Tenant | None = None) -> DataExport:
    """Ask for a zip; `tenant` goes with badges. While one of a kind is being made, asking again changes nothing."""
    User.objects.select_for_update(no_key=True).get(id=user.id)  # a double click waits here
    there = DataExport.objects.filter(person=user, kind=kind, state=DataExport.State.WAITING).first()
    if there is not None:
        return there
    export = DataExport.objects.create(person=user, kind=kind, tenant=tenant, asked_at=clock.now())
    nudge(current_app.signature("config.site.tasks.make_export"), str(export.id))
    log.info("export_asked", user_id=str(user.id), export=str(export.id))
    return export


@transaction.atomic
def take(*, export: DataExport) -> DataExport | None:
    """Lease an export for making; None when it is made, or another worker has it. One that failed too often ends."""
    fresh = DataExport.objects.select_for_update(of=("self",)).select_related("person", "tenant").get(pk=export.pk)
    now = clock.now()
    if fresh.state != DataExport.State.WAITING or (fresh.lease_until and fresh.lease_until > now):
        return None
    if fresh.runs >= MOST_RUNS:
        move(fresh, DataExport.State.FAILED)
        fresh.save(update_fields=["state"])
        log.error("export_failed", export=str(fresh.id), runs=fresh.runs)
        return None
    fresh.runs += 1
    fresh.lease_until = now + LEASE
    fresh.save(update_fields=["runs", "lease_until"])
    return fresh


@transaction.atomic
def let_go(*, export: DataExport) -> None:
    """Give a lease back, because storage was down: that run does not count, and the sweep tries again."""
    DataExport.objects.filter(id=export.id).update(lease_until=None, runs=max(0, export.runs - 1))


@transaction.atomic
def made(*, export: DataExport, size: int) -> bool:
    """The file lies in storage: tell the person. False when the export was called off meanwhile."""
    fresh = DataExport.objects.select_for_update(of=("self",)).select_related("person").get(pk=export.pk)
    if fresh.state != DataExport.State.WAITING:
        return False
    move(fresh, DataExport.State.MADE)
    fresh.made_at, fresh.size, fresh.lease_until = clock.now(), size, None
    fresh.expires_at = fresh.made_at + timedelta(days=settings.EXPORT_DAYS)
    fresh.save(update_fields=["state", "made_at", "size", "lease_until", "expires_at"])
    mail.export_ready(fresh)
    return True


@transaction.atomic
def expire(*, export: DataExport) -> None:
    """Its week is over: nobody can download it any more. The sweep drops its file."""
    fresh = DataExport.objects.select_for_update().get(pk=export.pk)
    if fresh.state == DataExport.State.MADE and fresh.expires_at <= clock.now():
        move(fresh, DataExport.State.GONE)
        fresh.save(update_fields=["state"])


def forget_all(*, person: User) -> None:
    """Copies hold evidence, so they go when it is erased. In the caller's transaction."""
    here = [DataExport.State.WAITING, DataExport.State.MADE]
    for export in DataExport.objects.select_for_update().filter(person=person, state__in=here):
        move(export, DataExport.State.GONE)
        export.save(update_fields=["state"])


@transaction.atomic
def dropped(*, export: DataExport) -> None:
    """Note that storage has nothing of it any more."""
    DataExport.objects.filter(id=export.id, state=DataExport.State.GONE).update(dropped_at=clock.now())
