"""Rows of the queue before they are saved: the first of a slot, and the one that follows when a claim ends."""

from datetime import datetime

from assessment.models import Review
from lib import clock
from lib.transitions import move
from submissions.models import Submission
from tenants.models import User


def first_of(submission: Submission, slot: int, *, reason: str = "") -> Review:
    """A waiting review for a slot that nobody has read. `reason`: why there is a second one, if not by the plan."""
    return Review(
        tenant_id=submission.tenant_id,
        submission=submission,
        edition_id=submission.edition_id,
        earner_id=submission.earner_id,
        slot=slot,
        reason=reason or (Review.Reason.PLAN if slot > 1 else ""),
        due_on=submission.due_on,
        sample=submission.state == Submission.State.SAMPLE,
    )


def leave(held: Review, left: str) -> None:
    """End a claim as `left`. Its draft stays with its writer."""
    move(held, left)
    held.left_at = clock.now()
    held.save(update_fields=["state", "left_at"])


def take_out(review: Review, left: str) -> None:
    """Nobody is to read this any more: what waits goes, and a claim ends as `left`."""
    if review.state == Review.State.WAITING:
        review.delete()
    elif review.state == Review.State.CLAIMED:
        leave(review, left)


def succeed(old: Review, left: str, *, keep_for: User | None = None, until: datetime | None = None) -> Review:
    """End the claim `old` as `left`, and return the waiting review that takes its slot, not yet saved."""
    leave(old, left)
    new = first_of(old.submission, old.slot, reason=old.reason)
    new.appeal_id = old.appeal_id
    new.due_on, new.rank, new.token = old.due_on, old.rank, old.token
    new.escalated, new.escalate_on = old.escalated, old.escalate_on
    new.kept_for, new.kept_until = keep_for, until
    return new
