"""Links that were handed in: opened again when asked, and what was found noted on them."""

from datetime import timedelta

from django.db import transaction

from lib import clock
from submissions import mail
from submissions.models import Artifact, Submission
from submissions.wake import wake
from tenants import audit
from tenants.models import Tenant
from tenants.roles import Member, require

STALE = timedelta(hours=1)  # a link opened longer ago than that is opened again before it is sent and before it is read


@transaction.atomic
def recheck_link(*, by: Member, artifact: Artifact) -> Artifact:
    """Have one's own link opened again, for example after its sharing was changed. Harmless to repeat."""
    require(by, "work.edit", artifact)
    fresh = Artifact.objects.select_for_update(of=("self",)).get(pk=artifact.pk)
    if fresh.kind == Artifact.Kind.LINK and fresh.state == Artifact.State.READY:
        fresh.link_state = Artifact.LinkState.UNCHECKED
        fresh.save(update_fields=["link_state"])
        wake("check_link", fresh)
        audit.record(by, "link.rechecked", fresh)
    return fresh


def refresh_links(submission: Submission, *, older_than: timedelta = STALE) -> None:
    """Ask the workers to open the links of a try that were not opened for `older_than`. Writes nothing itself."""
    links = Artifact.objects.filter(submission=submission, kind=Artifact.Kind.LINK, state=Artifact.State.READY)
    limit = clock.now() - older_than
    for each in links:
        if each.link_checked_at is None or each.link_checked_at < limit:
            wake("check_link", each)


@transaction.atomic
def note_opening(*, tenant: Tenant, artifact: Artifact, state: str, reason: str, title: str) -> None:
    """What was found when a link was opened. Its earner is told when reviewers who have it cannot open it."""
    fresh = (
        Artifact.objects.select_for_update(of=("self",))
        .select_related("submission__earner", "submission__edition")
        .get(pk=artifact.pk)
    )
    was_closed = fresh.link_state == Artifact.LinkState.CLOSED
    fresh.link_state, fresh.link_reason, fresh.link_checked_at = state, reason[:300], clock.now()
    fresh.link_title = title[:200] or fresh.link_title
    fresh.save(update_fields=["link_state", "link_reason", "link_title", "link_checked_at"])
    is_sent = fresh.submission.state == Submission.State.SUBMITTED
    if state == Artifact.LinkState.CLOSED and is_sent and not was_closed:
        mail.link_closed(fresh, tenant=tenant)
