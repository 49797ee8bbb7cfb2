"""Evidence that can be used again: one's own from any work of this tenant, and what was removed from a part."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credentials.models import Criterion
from submissions.models import Artifact, StoredFile, Submission
from submissions.shown import Row, rows_of
from tenants.models import Tenant
from tenants.roles import Member

MOST_SHOWN = 50  # pieces to pick from
_MOST_READ = 400  # rows looked at for them: the same content may be in many
_MOST_REMOVED = 20  # pieces in the history of a part


@dataclass(frozen=True)
class Piece:
    """One line of a list. `is_here`: the part has the same content already; `is_gone`: the file was deleted."""

    row: Row
    is_here: bool
    is_gone: bool

    @property
    def artifact(self) -> Artifact:
        return self.row.artifact


@dataclass(frozen=True)
class Group:
    """What was added for one micro-credential, newest first."""

    title: str
    pieces: list[Piece]


def earlier_evidence(by: Member, submission: Submission, criterion: Criterion, wanted: str = "") -> list[Group]:
    """Up to 50 pieces that `criterion` takes, newest first, grouped by micro-credential. `wanted`: part of a name.

    Four queries, however many there are.
    """
    found = _reusable(by, submission, criterion).select_related("file", "submission__edition")
    found = found.defer("submission__edition__search").order_by("-created_at", "-id")
    for word in wanted.split():
        found = found.filter(
            Q(name__icontains=word) | Q(link_title__icontains=word) | Q(url__icontains=word) | Q(text__icontains=word)
        )
    # A copy that a later try carries is not a piece of its own.
    artifacts = _each_once(found.filter(carried_from=None)[:_MOST_READ])[:MOST_SHOWN]
    here = {_content(each) for each in _here(submission, criterion)}
    groups: dict[UUID, Group] = {}
    for row in rows_of(artifacts, by.user, by.tenant):
        edition = row.artifact.submission.edition
        group = groups.setdefault(edition.micro_credential_id, Group(edition.title, []))
        group.pieces.append(_piece(row, here, _added_note(row.artifact)))
    return list(groups.values())


def reusable(by: Member, submission: Submission, criterion: Criterion, artifact: str) -> Artifact:
    """One piece that may be picked for `criterion`, by its id as it was sent. Raises Http404 for any other."""
    try:
        wanted = UUID(artifact)
    except ValueError as problem:
        raise Http404 from problem
    found = _reusable(by, submission, criterion).filter(id=wanted).select_related("file").first()
    if found is None:
        raise Http404
    return found


def history_of(submission: Submission, criterion: Criterion, tenant: Tenant, shown: Iterable[Artifact]) -> list[Piece]:
    """What was removed from a part of this try and is not in it now, the latest first. `shown`: what is in it.

    Uploads that were never finished are not in it. Three queries, however much was removed.
    """
    here = {_content(each) for each in shown}
    removed = (
        Artifact.objects.filter(submission=submission, criterion=criterion, state=Artifact.State.REMOVED)
        .exclude(kind=Artifact.Kind.FILE, file=None)
        .select_related("file")
        .order_by("-removed_at", "-id")
    )
    pieces = [each for each in _each_once(removed) if _content(each) not in here][:_MOST_REMOVED]
    rows = rows_of(pieces, submission.earner, tenant)
    return [_piece(row, here, _removed_note(row.artifact)) for row in rows]


def _reusable(by: Member, submission: Submission, criterion: Criterion) -> QuerySet[Artifact]:
    removed_here = Q(state=Artifact.State.REMOVED, submission__work=submission.work_id)
    return (
        Artifact.objects.filter(earner=by.user, kind__in=criterion.artifact_kinds or [Artifact.Kind.FILE])
        .filter(Q(state=Artifact.State.READY) | removed_here)
        .exclude(kind=Artifact.Kind.FILE, file=None)
        .exclude(submission__state=Submission.State.SAMPLE)
    )


def _here(submission: Submission, criterion: Criterion) -> QuerySet[Artifact]:
    return Artifact.objects.filter(
        submission=submission, criterion=criterion, state=Artifact.State.READY
    ).select_related("file")


def _each_once(artifacts: Iterable[Artifact]) -> list[Artifact]:
    """The first of each content."""
    found: dict[tuple[str, str], Artifact] = {}
    for each in artifacts:
        found.setdefault(_content(each), each)
    return list(found.values())


def _content(artifact: Artifact) -> tuple[str, str]:
    return artifact.kind, artifact.sha256 or artifact.url or artifact.text


def _piece(row: Row, here: set[tuple[str, str]], note: str) -> Piece:
    artifact = row.artifact
    is_gone = artifact.file is not None and artifact.file.state != StoredFile.State.KEPT
    if artifact.state == Artifact.State.REMOVED:
        row = replace(row, url="", thumb="")  # what was removed cannot be opened before it is back
    return Piece(replace(row, note=note, is_moving=False), _content(artifact) in here, is_gone)


def _added_note(artifact: Artifact) -> str:
    return _("%(what)s Added %(date)s.") % {"what": _what(artifact), "date": _day(artifact.created_at)}


def _removed_note(artifact: Artifact) -> str:
    return _("%(what)s Removed %(date)s.") % {"what": _what(artifact), "date": _day(artifact.removed_at)}


def _day(moment: object) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _what(artifact: Artifact) -> str:
    """The size of a file, the address of a link, nothing for a text."""
    if artifact.kind == Artifact.Kind.FILE:
        return f"{filesizeformat(artifact.size)}."
    return f"{artifact.url} " if artifact.kind == Artifact.Kind.LINK and artifact.name else ""
