"""Evidence as the earner's own pages show it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from submissions import files
from submissions.filetypes.names import extension_of
from submissions.models import Artifact, Preview, Rendering, StoredFile
from tenants.models import Tenant, User


@dataclass(frozen=True)
class Row:
    """One line of the list of evidence."""

    artifact: Artifact
    name: str
    kind: str  # a few letters in place of a picture
    note: str
    url: str  # of the original
    thumb: str
    is_file: bool
    is_problem: bool
    is_moving: bool  # something is under way: the line asks for itself again


def rows_of(artifacts: Iterable[Artifact], viewer: User, tenant: Tenant) -> list[Row]:
    """Rows for `artifacts` of `tenant`, with addresses that only `viewer` can use. Two queries, however many."""
    artifacts = list(artifacts)
    files_here = [each.file_id for each in artifacts if each.file_id]
    renderings = {each.file_id: each for each in Rendering.objects.filter(file__in=files_here).defer("texts")}
    small = [Preview.Kind.THUMB, Preview.Kind.POSTER]
    thumbs = {each.file_id: each for each in Preview.objects.filter(file__in=files_here, kind__in=small, position=0)}
    return [_row(each, viewer, tenant, renderings.get(each.file_id), thumbs.get(each.file_id)) for each in artifacts]


def row_of(artifact: Artifact, viewer: User, tenant: Tenant) -> Row:
    """One row."""
    return rows_of([artifact], viewer, tenant)[0]


def _row(artifact: Artifact, viewer: User, tenant: Tenant, rendering: Rendering | None, thumb: Preview | None) -> Row:
    url, kind = artifact.url, str(artifact.get_kind_display())
    is_kept = artifact.file is not None and artifact.file.state == StoredFile.State.KEPT
    if artifact.kind == Artifact.Kind.FILE:
        found = files.type_of(artifact)
        kind = found.extensions[0].upper() if found else extension_of(artifact.name)[:4].upper() or kind
        url = files.address_of(artifact, viewer, tenant=tenant) if is_kept else ""
    waits = rendering is not None and rendering.state == Rendering.State.WAITING
    return Row(
        artifact=artifact,
        name=artifact.name or artifact.link_title or str(artifact),
        kind=kind,
        note=" ".join(_notes(artifact, rendering)),
        url=url,
        thumb=files.address_of(artifact, viewer, tenant=tenant, preview=thumb) if thumb and is_kept else "",
        is_file=artifact.kind == Artifact.Kind.FILE,
        is_problem=artifact.state in (Artifact.State.REFUSED, Artifact.State.UPLOADING)
        or artifact.link_state == Artifact.LinkState.CLOSED,
        is_moving=artifact.state == Artifact.State.CHECKING
        or (artifact.state == Artifact.State.READY and (waits or artifact.link_state == Artifact.LinkState.UNCHECKED)),
    )


def _notes(artifact: Artifact, rendering: Rendering | None) -> Iterator[str]:
    if artifact.erased_at is not None:
        yield _("You had this erased.")
    elif artifact.state == Artifact.State.REFUSED:
        yield artifact.refusal
    elif artifact.state == Artifact.State.UPLOADING:
        yield _("The upload is not finished. Choose the same file again: it goes on where it stopped.")
    elif artifact.state == Artifact.State.CHECKING:
        yield _("Being checked. This takes a moment.")
    elif artifact.kind == Artifact.Kind.TEXT:
        yield _("Text added.")
    elif artifact.kind == Artifact.Kind.LINK:
        yield from _link_notes(artifact)
    else:
        yield _("%(size)s. Uploaded and checked.") % {"size": filesizeformat(artifact.size)}
        if artifact.file.state == StoredFile.State.GONE:
            yield _("Deleted, as the rules on keeping evidence say.")
        elif rendering is not None and rendering.state == Rendering.State.WAITING:
            yield _("The preview is being made.")
        elif rendering is not None:
            yield rendering.note


def _link_notes(artifact: Artifact) -> Iterator[str]:
    if artifact.link_title or artifact.name:
        yield artifact.url
    if artifact.link_state == Artifact.LinkState.UNCHECKED:
        yield _("We are checking if reviewers can open it.")
    else:
        yield artifact.link_reason


def limit_text(size: int) -> str:
    """A limit in bytes as people say it: 2 GB, 500 MB."""
    if size % 1_000_000_000 == 0:
        return _("%(n)s GB") % {"n": size // 1_000_000_000}
    return _("%(n)s MB") % {"n": f"{size // 1_000_000:,}"}
