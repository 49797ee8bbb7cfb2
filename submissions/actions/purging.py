"""Deleting files, as the database sees it: marked as gone first, and noted as dropped once storage has nothing left.

Between the two a row says GONE without `dropped_at`. Whoever dies there leaves nothing that claims to be kept, and
nothing that is forgotten: the sweep finds the row and deletes again.
"""

from datetime import date, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lib import clock
from lib.transitions import move
from submissions import cards, retention
from submissions.models import Artifact, Captions, Preview, PurgeReport, Rendering, StoredFile, Submission
from submissions.retention import Kind
from tenants import audit
from tenants.roles import Member

BATCH = 200  # files or rows deleted in one transaction
ARRIVAL = timedelta(minutes=10)  # longer than putting the largest file into storage takes


def mark_gone(file: StoredFile) -> None:
    """From here on the file is deleted for everyone. The caller has locked the row; its objects are dropped later."""
    move(file, StoredFile.State.GONE)
    file.gone_at = clock.now()
    file.save(update_fields=["state", "gone_at"])
    Captions.objects.filter(file=file).delete()
    Rendering.objects.filter(file=file).update(texts=[])


@transaction.atomic
def begin_purge(*, night: date) -> PurgeReport:
    """The report of this night, which an earlier attempt may have begun."""
    return PurgeReport.objects.get_or_create(night=night, defaults={"began_at": clock.now()})[0]


@transaction.atomic
def purge_batch(*, report: PurgeReport) -> bool:
    """Mark some of the files that are due as gone, and count them. False when none are left."""
    report = PurgeReport.objects.select_for_update().get(pk=report.pk)
    due = retention.due_files(retention.days_here(), clock.now()).exclude(retention.held())
    found = list(due.select_for_update(of=("self",), skip_locked=True).order_by("id")[:BATCH])
    for file in found:
        if file.kind == Kind.DRAFTS:
            _take_out_of_drafts(file)
        mark_gone(file)
        _count(report, file.kind, 1, file.size)
    report.save(update_fields=["deleted"])
    return bool(found)


def _take_out_of_drafts(file: StoredFile) -> None:
    """A draft cannot be sent with a file that is gone. Whoever comes back to it sees what became of the file."""
    left = Artifact.objects.filter(file=file, submission__state=Submission.State.DRAFT, state=Artifact.State.READY)
    for artifact in left.select_related("submission__work", "submission__edition"):
        move(artifact, Artifact.State.REFUSED)
        artifact.refusal = _("Deleted, because nobody worked on this for a long time. Add it again if you go on.")
        artifact.save(update_fields=["state", "refusal"])
        cards.write(artifact.submission.work, artifact.submission)


@transaction.atomic
def forget_audit(*, report: PurgeReport) -> bool:
    """Delete some of the audit rows that are older than this tenant keeps them. False when none are left."""
    report = PurgeReport.objects.select_for_update().get(pk=report.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_old_audit(%s)", [BATCH])
        forgotten = cursor.fetchone()[0]
    _count(report, Kind.AUDIT, forgotten, 0)
    report.save(update_fields=["deleted"])
    return bool(forgotten)


def _count(report: PurgeReport, kind: str, count: int, size: int) -> None:
    if count:
        so_far = report.deleted.setdefault(str(kind), {"count": 0, "bytes": 0})
        so_far["count"] += count
        so_far["bytes"] += size


@transaction.atomic
def end_purge(*, by: Member, report: PurgeReport) -> PurgeReport:
    """Write down what is held back and what storage still has, and put it on record."""
    report = PurgeReport.objects.select_for_update().get(pk=report.pk)
    if report.ended_at is None:
        report.ended_at = clock.now()
        report.held = retention.held_back(retention.days_here())
        report.waiting = retention.waiting_for_store()
        report.save(update_fields=["ended_at", "held", "waiting"])
        counts = {kind: each["count"] for kind, each in report.deleted.items()}
        audit.record(by, "retention.purged", report, **counts, held=report.held, waiting=report.waiting)
    return report


@transaction.atomic
def is_busy(*, file: StoredFile) -> bool:
    """Whether something may still be put into storage for it: by the upload it came with, or by a maker of previews."""
    now = clock.now()
    return file.created_at > now - ARRIVAL or Rendering.objects.filter(file=file, lease_until__gt=now).exists()


@transaction.atomic
def note_dropped(*, file: StoredFile) -> None:
    """Storage has nothing of this file any more. A worker that was late may have left words and previews in rows."""
    Preview.objects.filter(file=file).delete()
    Rendering.objects.filter(file=file).update(texts=[])
    StoredFile.objects.filter(id=file.id, state=StoredFile.State.GONE).update(dropped_at=clock.now())
