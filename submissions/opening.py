"""Opening a link from outside, as reviewers would. No transaction is open meanwhile."""

from submissions.actions.links import note_opening
from submissions.linkcheck import check
from submissions.models import Artifact
from tenants.models import Tenant


def open_link(tenant: Tenant, artifact: Artifact) -> None:
    """Open the link of `artifact`, and note whether reviewers can, its title, and when that was."""
    if artifact.kind != Artifact.Kind.LINK:
        return
    verdict = check(artifact.url)
    note_opening(tenant=tenant, artifact=artifact, state=verdict.state, reason=str(verdict.reason), title=verdict.title)
