"""The sweeper of this app: files that were on their way, or being checked, when their request died."""

from contextlib import suppress
from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lib import clock
from submissions import files
from submissions.actions.evidence import confirm
from submissions.models import Artifact
from tenants.models import Tenant
from tenants.roles import system
from tenants.scope import each_tenant

log = structlog.get_logger(__name__)

PATIENCE = timedelta(minutes=10)  # longer than storing and reading back the largest file takes
LONGEST_UPLOAD = timedelta(days=1)


@shared_task
def sweep() -> None:
    """Read files again that are still "being checked", and say what became of them; drop halves of uploads."""
    _clear_incoming()
    for tenant in each_tenant():
        with transaction.atomic():
            waiting = Artifact.objects.filter(state=Artifact.State.CHECKING, created_at__lt=clock.now() - PATIENCE)
            waiting = list(waiting.order_by("created_at")[:100])
        for artifact in waiting:
            _check_again(tenant, artifact)


def _clear_incoming() -> None:
    """Delete what a killed web server had received of an upload. A running upload keeps writing to its file."""
    oldest = (clock.now() - LONGEST_UPLOAD).timestamp()
    for file in settings.FILE_UPLOAD_TEMP_DIR.glob("*.upload*"):
        with suppress(FileNotFoundError):  # its upload has just ended
            if file.stat().st_mtime < oldest:
                file.unlink()


def _check_again(tenant: Tenant, artifact: Artifact) -> None:
    refusal = ""
    try:
        whole = files.is_whole(artifact.storage_key, size=artifact.size, sha256=artifact.sha256)
    except FileNotFoundError:
        whole = False
    except files.STORAGE_ERRORS as problem:  # down: it stays "being checked" until the next sweep
        log.warning("file_not_checked", artifact_id=str(artifact.id), problem=str(problem))
        return
    if not whole:
        refusal = _("The upload did not finish. Remove this and choose the file again.")
    confirm(by=system(tenant), artifact=artifact, refusal=refusal)
