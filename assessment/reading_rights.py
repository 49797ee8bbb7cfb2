"""Who may read for an edition, by its mode. One Q for the claim query, so that nothing else is ever offered."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from credentials.models import Edition
from lib.errors import NotAllowed
from submissions.models import Submission
from tenants.roles import Member, can

Mode = Edition.Mode


def readable_by(by: Member, at: str = "edition") -> Q:
    """What `by` may read, for a filter on rows whose edition is at the path `at` ("" for editions themselves).

    Assessors read everything but what is for calibrated ones only; peers read what they have earned.
    """
    if by.user is None:
        return Q(pk__in=[])
    to = f"{at}__" if at else ""
    passed = Submission.objects.filter(edition=OuterRef(at or "pk"), earner=by.user, state=Submission.State.PASSED)
    readable = Q(**{f"{to}mode": Mode.PEER}) & Exists(passed) & calibrated(by, at)
    if can(by, "review.any"):
        readable |= Q(**{f"{to}mode__in": [Mode.FREE, Mode.PAID, Mode.PEER]})
        readable |= Q(**{f"{to}mode": Mode.CERTIFIED}) & calibrated(by, at)
    return readable


def calibrated(by: Member, at: str) -> Q:
    """Editions, at the path `at`, on which `by` is calibrated."""
    return Q()


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
    return Edition.objects.filter(readable_by(by, at=""), pk=edition.pk).exists()
