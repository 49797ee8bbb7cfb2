"""How long files are kept, and which are due to be deleted. Reads only; every function runs inside a tenant.

A file is kept as long as anything that names it needs it, and as long as it is under a hold. What is being written,
checked or reviewed needs its files; see docs/adr/0013.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value, When

from lib import clock
from submissions.models import Artifact, Hold, PurgeReport, RetentionRule, StoredFile, Submission, Work
from tenants.models import AuditEntry

Kind = RetentionRule.Kind
DEFAULTS: dict[str, int] = {
    Kind.FILM: 365,
    Kind.EVIDENCE: 3 * 365,
    Kind.REMOVED: 180,
    Kind.DRAFTS: 180,
    Kind.AUDIT: 7 * 365,  # also written into forget_old_audit(), which deletes these
}
FILM = Q(content_type__startswith="video/") | Q(content_type__startswith="audio/")
REPORTS_SHOWN = 14
DECIDED = [Submission.State.PASSED, Submission.State.NOT_YET]


@dataclass(frozen=True)
class Tally:
    """How many, and how many bytes the originals have. Audit rows count no bytes."""

    count: int = 0
    bytes: int = 0

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(max(0, self.count - other.count), max(0, self.bytes - other.bytes))


def days_here() -> dict[str, int]:
    """Days by kind in the active tenant: its own rules, and the defaults for the rest."""
    return {**DEFAULTS, **dict(RetentionRule.objects.values_list("kind", "days"))}


def due_files(days: Mapping[str, int], now: datetime) -> QuerySet[StoredFile]:
    """Kept files that nothing needs any more at `now`, whether under a hold or not; `kind` says by which rule."""
    named = Artifact.objects.filter(file=OuterRef("pk"))
    orphaned = ~Exists(named) & Q(created_at__lte=_before(now, days[Kind.REMOVED]))
    ready = named.filter(state=Artifact.State.READY)
    return (
        StoredFile.objects.filter(orphaned | Exists(named) & ~Exists(named.filter(_needs(days, now))))
        .filter(state=StoredFile.State.KEPT)
        .annotate(
            kind=Case(
                When(~Exists(ready), Value(Kind.REMOVED)),
                When(Exists(ready.filter(submission__state=Submission.State.DRAFT)), Value(Kind.DRAFTS)),
                When(FILM, Value(Kind.FILM)),
                default=Value(Kind.EVIDENCE),
                output_field=CharField(),
            )
        )
    )


def _needs(days: Mapping[str, int], now: datetime) -> Q:
    """Artifacts whose file has to stay. What was removed from a try that is still open stays as long as the try."""
    film = Q(file__content_type__startswith="video/") | Q(file__content_type__startswith="audio/")
    ready, decided = Q(state=Artifact.State.READY), Q(submission__state__in=DECIDED)
    return (
        Q(state__in=[Artifact.State.UPLOADING, Artifact.State.CHECKING])
        | Q(submission__state=Submission.State.SUBMITTED)
        | ready & Q(submission__state=Submission.State.SAMPLE)  # until the sample is retired, which removes it
        | Q(submission__state=Submission.State.DRAFT, submission__work__changed_at__gt=_before(now, days[Kind.DRAFTS]))
        | Q(state=Artifact.State.REMOVED, removed_at__gt=_before(now, days[Kind.REMOVED]))
        | decided & ready & film & Q(submission__decided_at__gt=_before(now, days[Kind.FILM]))
        | decided & ready & ~film & Q(submission__decided_at__gt=_before(now, days[Kind.EVIDENCE]))
    )


def _before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def held() -> Q:
    """Files under a hold: of a person, or of a work in which any artifact names them."""
    standing = Hold.objects.filter(lifted_at=None)
    works = standing.filter(work=OuterRef("submission__work"))
    return Exists(standing.filter(person=OuterRef("earner"))) | Exists(
        Artifact.objects.filter(Exists(works), file=OuterRef("pk"))
    )


def forecast(days: Mapping[str, int]) -> dict[str, Tally]:
    """What a purge would delete now, by kind, if evidence were kept for `days`."""
    found = due_files(days, clock.now()).exclude(held()).order_by()
    rows = found.values("kind").annotate(n=Count("id"), total=Sum("size"))
    tallies = {row["kind"]: Tally(row["n"], row["total"]) for row in rows}
    old = AuditEntry.objects.filter(at__lt=_before(clock.now(), days[Kind.AUDIT])).count()
    return {kind: tallies.get(kind, Tally()) for kind in DEFAULTS} | {Kind.AUDIT: Tally(old)}


def held_back(days: Mapping[str, int]) -> int:
    """How many files would be deleted now if they were not under a hold."""
    return due_files(days, clock.now()).filter(held()).count()


def waiting_for_store() -> int:
    """How many deleted files storage still has something of."""
    return StoredFile.objects.filter(state=StoredFile.State.GONE, dropped_at=None).count()


def every_hold() -> QuerySet[Hold]:
    """Holds that stand and holds that ended, newest first."""
    return Hold.objects.select_related("work__edition", "work__earner", "person", "set_by")


def holds() -> QuerySet[Hold]:
    """Holds that stand, newest first."""
    return every_hold().filter(lifted_at=None)


def reports() -> QuerySet[PurgeReport]:
    """What the last nights deleted, newest first."""
    return PurgeReport.objects.all()[:REPORTS_SHOWN]


def work_by_code(code: str) -> Work | None:
    """The work a submission with this code belongs to."""
    found = Submission.objects.filter(code=code.strip().upper()).select_related("work").first()
    return found.work if found else None
