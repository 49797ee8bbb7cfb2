"""Looking whether all evidence is there and can be read, before a submission waits for a reader."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from assessment.conflicts import known_to
from assessment.models import Precheck
from credentials.models import Edition
from submissions.models import Artifact, Submission
from tenants.roles import Member


def wants_precheck(edition: Edition) -> bool:
    """Whether work on this edition is looked through before it waits for a reader."""
    return edition.precheck


def to_check(by: Member) -> QuerySet[Precheck]:
    """What `by` may look through, oldest first: not their own, and of nobody they know."""
    waiting = Precheck.objects.filter(state=Precheck.State.WAITING, submission__state=Submission.State.SUBMITTED)
    return (
        waiting.exclude(earner__in=known_to(by))
        .exclude(earner=by.user)
        .select_related("submission__edition")
        .defer("submission__edition__search")
        .order_by("created_at", "id")
    )


def check_for(by: Member, check_id: UUID) -> Precheck:
    """One that `by` may look through. Raises Http404 otherwise, also once it is done."""
    found = to_check(by).filter(id=check_id).first()
    if found is None:
        raise Http404
    return found


def unreadable(submission: Submission) -> list[Artifact]:
    """Evidence of which we know that reviewers cannot open it: closed links, and files that were refused."""
    pieces = Artifact.objects.filter(submission=submission).exclude(state=Artifact.State.REMOVED)
    return [
        each
        for each in pieces.select_related("criterion")
        if each.link_state == Artifact.LinkState.CLOSED or each.state == Artifact.State.REFUSED
    ]
