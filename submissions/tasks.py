"""Background work on evidence. Each task may run any number of times, anywhere: the rows decide what is left to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid
from submissions import files
from submissions.actions import uploads
from submissions.actions.evidence import confirm
from submissions.checking import PREFIX
from submissions.checking import check_upload as check
from submissions.erasure import erase
from submissions.models import Artifact, Erasure, Rendering, StoredFile, Upload
from submissions.opening import open_link
from submissions.purge import drop_gone, purge
from submissions.quarantine import quarantine
from submissions.rendering import LONGEST
from submissions.rendering import render as make_previews
from tenants.models import ScopedModel, Tenant
from tenants.roles import system
from tenants.scope import each_tenant, inside

log = structlog.get_logger(__name__)

PATIENCE = timedelta(minutes=10)  # longer than storing and reading back the largest file takes
LONGEST_UPLOAD = timedelta(days=1)
BATCH = 100
PURGE_TIME = 6_000  # seconds; below the visibility timeout of the queue
SWEEP = 60  # seconds between two sweeps, see CELERY_BEAT_SCHEDULE


@contextmanager
def _row(model: type[ScopedModel], tenant: str, row: str, *related: str) -> Iterator[tuple[Tenant, Any]]:
    """Enter the tenant and load a row; (tenant, None) when it is gone."""
    organization = Tenant.objects.get(id=tenant)
    with inside(organization):
        with transaction.atomic():
            found = model.objects.filter(id=row).select_related(*related).first()
        yield organization, found


@shared_task
def check_upload(tenant: str, upload: str) -> None:
    """Read what was uploaded again, and say what became of it."""
    with _row(Upload, tenant, upload) as (organization, found):
        if found is not None:
            check(organization, found)


@shared_task
def drop_parts(tenant: str, upload: str) -> None:
    """Delete what the quarantine holds of an upload that is over."""
    with _row(Upload, tenant, upload) as (_organization, found):
        if found is not None:
            _drop(found)


@shared_task
def check_link(tenant: str, artifact: str) -> None:
    """Open a link as an anonymous visitor would."""
    with _row(Artifact, tenant, artifact) as (organization, found):
        if found is not None:
            open_link(organization, found)


@shared_task(time_limit=LONGEST.total_seconds())
def render(tenant: str, rendering: str) -> None:
    """Make the previews of a file."""
    with _row(Rendering, tenant, rendering, "file") as (organization, found):
        if found is not None:
            make_previews(organization, found)


@shared_task
def sweep() -> None:
    """Finish whatever a lost nudge, a killed worker or a store that was down left behind, in every tenant."""
    _clear_incoming()
    for tenant in each_tenant():
        _sweep(tenant)


@shared_task(time_limit=PURGE_TIME)
def purge_evidence() -> None:
    """Delete what each tenant has kept long enough, once a night. What a killed one left, the next goes on with."""
    for tenant in each_tenant():
        try:
            purge(tenant)
        except Exception:
            log.exception("purge_failed", tenant=str(tenant.id))


@shared_task
def sweep_keeping() -> None:
    """Drop what storage still has of deleted files, and carry out erasures that are due, in every tenant."""
    for tenant in each_tenant():
        drop_gone()
        due = Q(state="running") | Q(state="waiting", due_at__lte=clock.now())
        _each(Erasure, due, lambda each, tenant=tenant: erase(tenant, each))


def _sweep(tenant: Tenant) -> None:
    now = clock.now()
    old = now - PATIENCE
    left = Q(state="checking", file__isnull=False, created_at__lt=old)
    _each(Artifact, left, lambda artifact: _check_again(tenant, artifact))
    _each(Upload, Q(state="arrived") & _free(now), lambda upload: check(tenant, upload))
    idle = Q(state="open", touched_at__lt=now - uploads.ABANDONED_AFTER)
    _each(Upload, idle, lambda upload: uploads.abandon(by=system(tenant), upload=upload))
    _each(Upload, Q(state__in=["done", "stopped"], dropped_at=None, touched_at__lt=old), _drop)
    lost = Q(state="arriving", created_at__lt=now - LONGEST_UPLOAD, artifacts=None)
    _each(StoredFile, lost, lambda file: uploads.forget_lost(file=file))
    waiting = Q(state="waiting", created_at__lt=now - timedelta(minutes=1)) & _free(now)
    _each(Rendering, waiting, lambda each: _ask(render, each))
    unopened = Q(kind="link", link_state="unchecked", state="ready", created_at__lt=now - timedelta(minutes=1))
    _each(Artifact, unopened, lambda link: _ask(check_link, link))


def _ask(task: Any, row: ScopedModel) -> None:
    """Leave what takes long to its own worker. What none has begun by the next sweep is asked for again then."""
    task.apply_async((str(row.tenant_id), str(row.id)), expires=SWEEP)


def _free(now: Any) -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=now)


def _each(model: type[ScopedModel], which: Q, do: Callable[[Any], None]) -> None:
    """Do something with rows of the active tenant, oldest first. One that fails does not keep the others waiting."""
    with transaction.atomic():
        rows = list(model.objects.filter(which).order_by("id")[:BATCH])
    for row in rows:
        try:
            do(row)
        except Exception:
            log.exception("sweep_failed", model=model.__name__, id=str(row.id))


def _drop(upload: Upload) -> None:
    if upload.state not in (Upload.State.DONE, Upload.State.STOPPED):
        return
    try:
        quarantine().drop(upload)
    except files.STORAGE_ERRORS as problem:  # the sweep tries again
        log.warning("parts_not_dropped", upload=str(upload.id), problem=str(problem))
        return
    uploads.parts_dropped(upload=upload)


def _clear_incoming() -> None:
    """Delete what a killed web server or worker had in its hands. A running one keeps writing to its file."""
    oldest = (clock.now() - LONGEST_UPLOAD).timestamp()
    for left in (*settings.FILE_UPLOAD_TEMP_DIR.glob("*.upload*"), *settings.FILE_UPLOAD_TEMP_DIR.glob(f"{PREFIX}*/*")):
        with suppress(FileNotFoundError):  # it has just ended
            if left.stat().st_mtime < oldest:
                left.unlink()


def _check_again(tenant: Tenant, artifact: Artifact) -> None:
    """A file that came whole in one request, which then died, or that the virus scanner has not seen yet."""
    refusal = ""
    with transaction.atomic():
        file = StoredFile.objects.get(id=artifact.file_id)
    try:
        if not files.is_whole(file.key, size=file.size, sha256=file.sha256):
            raise FileNotFoundError
        with files.open_stored(file.key) as stored:
            files.require_clean(stored)
    except FileNotFoundError:
        refusal = _("The upload did not finish. Remove this and choose the file again.")
    except Invalid as found:
        refusal = found.message
    except (files.ScanWaits, *files.STORAGE_ERRORS) as problem:  # down: it stays "being checked" until the next sweep
        log.warning("file_not_checked", artifact_id=str(artifact.id), problem=str(problem))
        return
    confirm(by=system(tenant), artifact=artifact, refusal=refusal)
