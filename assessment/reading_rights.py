"""Who may read for an edition, by its mode. One Q for the claim query, so that nothing else is ever offered."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from credentials.models import Edition
from lib.errors import NotAllowed
from submissions.models import Submission
from tenants.roles import Member, can

Mode = Edition.Mode


def may_read_where(by: Member) -> Q:
    """What `by` may read, for a filter on editions.

    Assessors read everything but what is for calibrated ones only; peers read what they have earned.
    """
    if by.user is None:
        return Q(pk__in=[])
    passed = Submission.objects.filter(edition=OuterRef("pk"), earner=by.user, state=Submission.State.PASSED)
    readable = Q(mode=Mode.PEER) & Exists(passed) & calibrated(by)
    if can(by, "review.any"):
        readable |= Q(mode__in=[Mode.FREE, Mode.PAID, Mode.PEER])
        readable |= Q(mode=Mode.CERTIFIED) & calibrated(by)
    return readable


def calibrated(by: Member) -> Q:
    """Editions on which `by` is calibrated."""
    return Q()


def closed_to(by: Member) -> QuerySet[Edition]:
    """Ids of the editions of the active tenant that `by` may not read, for a query that runs once for a whole claim."""
    ours = Edition.objects.filter(micro_credential__tenant=by.tenant)
    return ours.exclude(may_read_where(by)).order_by().values("id")


def require_reader(by: Member, edition: Edition) -> None:
    """Raise NotAllowed (403), saying who can, unless `by` may read submissions of `edition`."""
    if may_read(by, edition):
        return
    who = {
        Mode.PEER: _("Only people who have earned this micro-credential, and assessors, can score it."),
        Mode.CERTIFIED: _("Only assessors who are calibrated on this micro-credential can score it."),
    }
    raise NotAllowed(
        who.get(Mode(edition.mode), _("Only assessors can score this micro-credential.")), code="no-reader"
    )


def may_read_as_peer(by: Member, edition: Edition) -> bool:
    """Whether `by` may read submissions of `edition` because they have earned it. No query in other modes."""
    return edition.mode == Mode.PEER and may_read(by, edition)


def may_read(by: Member, edition: Edition) -> bool:
    """Whether `by` may read submissions of `edition` at all."""
    return Edition.objects.filter(may_read_where(by), pk=edition.pk).exists()
