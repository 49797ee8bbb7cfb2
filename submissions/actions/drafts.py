"""What every change of a try shares: the locked row, and the rule that only a draft changes."""

from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib.errors import RuleBroken
from submissions.models import Submission, SubmissionLine, Work
from tenants.roles import Member, require


def lock(submission: Submission) -> Submission:
    """The row as it is now, locked until the transaction ends, with its work and edition."""
    return (
        Submission.objects.select_for_update(of=("self", "work"))
        .select_related("work", "edition__micro_credential")
        .get(pk=submission.pk)
    )


def lock_draft(by: Member, submission: Submission, verb: str = "work.edit") -> Submission:
    """`lock`, after checking that `by` may do `verb` and that the try is still theirs to change.

    Raises NotAllowed (403), and RuleBroken (409) when it is sent in, scored or stopped.
    """
    require(by, verb, submission)
    fresh = lock(submission)
    if fresh.state != Submission.State.DRAFT:
        raise RuleBroken(
            _("You have sent this in, so it cannot be changed now. Open My work to see how it stands."),
            code="not-a-draft",
        )
    if fresh.work.state == Work.State.WITHDRAWN:
        raise RuleBroken(_("You stopped this work. Take it up again first. Nothing in it is lost."), code="stopped")
    return fresh


def require_open(submission: Submission, criterion: Criterion) -> None:
    """Raise RuleBroken (409) when all lines about `criterion` were met earlier, or it is another edition's."""
    if criterion.edition_id != submission.edition_id:
        raise RuleBroken(_("This part belongs to something else."), code="foreign-part")
    carried = list(
        SubmissionLine.objects.filter(submission=submission, line__criterion=criterion).values_list(
            "carried_level_id", flat=True
        )
    )
    if carried and all(carried):
        raise RuleBroken(
            _("This part was met in an earlier try. It is kept as it was, so there is nothing to do."), code="carried"
        )
