"""The projection of a work that its earner sees from any tenant. Every action that changes a work calls `write`."""

from lib import clock
from submissions.models import Submission, Work, WorkCard
from submissions.outline import outline_of


def write(work: Work, submission: Submission) -> WorkCard:
    """Write the card of `work` as `submission`, its newest try, stands now, in the caller's transaction."""
    outline = outline_of(submission)
    return WorkCard.objects.update_or_create(
        work_id=work.id,
        defaults={
            "tenant_id": work.tenant_id,
            "earner_id": work.earner_id,
            "edition_id": work.edition_id,
            "state": work.state,
            "is_renewal": work.renews_id is not None,
            "try_number": submission.number,
            "parts_done": outline.done,
            "parts": outline.total,
            "next_step": outline.next_step if submission.state == Submission.State.DRAFT else "",
            "goal_date": work.goal_date,
            "due_on": submission.due_on if submission.state == Submission.State.SUBMITTED else None,
            "changed_at": clock.now(),
        },
    )[0]


def touch(work: Work, submission: Submission) -> None:
    """`write`, and note on the work itself that something changed."""
    work.changed_at = clock.now()
    work.save(update_fields=["state", "goal_date", "changed_at"])
    write(work, submission)
