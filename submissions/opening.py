"""Opening links as reviewers would, and keeping what was found on the artifact."""

from datetime import timedelta

from django.db import transaction

from lib import clock
from submissions.linkcheck import check
from submissions.models import Artifact, Submission
from submissions.wake import wake
from tenants.models import Tenant

STALE = timedelta(hours=1)  # a link checked longer ago is opened again before it is sent, and before it is scored


def open_link(tenant: Tenant, artifact: Artifact) -> None:
    """Open the link of `artifact` from outside, and note whether reviewers can, its title, and when that was."""
    if artifact.kind != Artifact.Kind.LINK:
        return
    verdict = check(artifact.url)
    with transaction.atomic():
        Artifact.objects.filter(id=artifact.id).update(
            link_state=verdict.state,
            link_reason=verdict.reason[:300],
            link_title=verdict.title[:200] or artifact.link_title,
            link_checked_at=clock.now(),
        )


def refresh_links(submission: Submission) -> int:
    """Ask the workers to open every link of a try that was not opened lately. Returns how many; harmless to repeat."""
    links = Artifact.objects.filter(submission=submission, kind=Artifact.Kind.LINK, state=Artifact.State.READY)
    old = [each for each in links if each.link_checked_at is None or each.link_checked_at < clock.now() - STALE]
    for each in old:
        wake("check_link", each)
    return len(old)
