"""Evidence as the earner's own pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from submissions import files
from submissions.models import Artifact
from tenants.models import Tenant, User


@dataclass(frozen=True)
class Row:
    """One line of the list of evidence."""

    artifact: Artifact
    name: str
    kind: str  # a few letters in place of a picture
    note: str
    url: str
    thumb: str
    is_problem: bool


def rows_of(artifacts: Iterable[Artifact], viewer: User, tenant: Tenant) -> list[Row]:
    """Rows for `artifacts` of `tenant`, with addresses that only `viewer` can use."""
    return [row_of(each, viewer, tenant) for each in artifacts]


def row_of(artifact: Artifact, viewer: User, tenant: Tenant) -> Row:
    """One row."""
    ready = artifact.state == Artifact.State.READY
    url, thumb, kind = artifact.url, "", str(artifact.get_kind_display())
    if artifact.kind == Artifact.Kind.FILE:
        found = files.type_of(artifact)
        kind = found.extensions[0].upper() if found else kind
        url = files.address_of(artifact, viewer, tenant=tenant) if ready else ""
        thumb = url if ready and files.kind_of(artifact) == "image" and artifact.size < 3_000_000 else ""
    return Row(
        artifact=artifact,
        name=str(artifact),
        kind=kind,
        note=_note(artifact),
        url=url,
        thumb=thumb,
        is_problem=artifact.state == Artifact.State.REFUSED,
    )


def _note(artifact: Artifact) -> str:
    if artifact.state == Artifact.State.REFUSED:
        return artifact.refusal
    if artifact.state == Artifact.State.CHECKING:
        return _("Being checked. This takes a minute.")
    if artifact.kind == Artifact.Kind.FILE:
        return _("%(size)s. Uploaded and checked.") % {"size": filesizeformat(artifact.size)}
    if artifact.kind == Artifact.Kind.LINK:
        return artifact.url if artifact.name else _("Link added.")
    return _("Text added.")


def limit_text(size: int) -> str:
    """A limit in bytes as people say it: 2 GB, 500 MB."""
    if size % 1_000_000_000 == 0:
        return _("%(n)s GB") % {"n": size // 1_000_000_000}
    return _("%(n)s MB") % {"n": f"{size // 1_000_000:,}"}
