"""Who may read for an edition, by its mode. One Q for the claim query, so that nothing else is ever offered."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from assessment.calibration import practice_first
from credentials.models import Edition
from lib.errors import NotAllowed, RuleBroken
from submissions.models import Submission
from tenants.roles import Member, can

Mode = Edition.Mode


def may_read_where(by: Member) -> Q:
    """What `by` may read, for a filter on editions: what is theirs to read and asks for no practice they lack."""
    return theirs(by) & ~practice_first(by.user) if by.user else Q(pk__in=[])


def theirs(by: Member) -> Q:
    """Of editions whose work is for `by` to read and to practice on: all for assessors, what they earned for peers."""
    if can(by, "review.any"):
        return Q(pk__isnull=False)
    passed = Submission.objects.filter(edition=OuterRef("pk"), earner=by.user, state=Submission.State.PASSED)
    return Q(Exists(passed), mode=Mode.PEER)


def closed_to(by: Member) -> QuerySet[Edition]:
    """Ids of the editions of the active tenant that `by` may not read, for a query that runs once for a whole claim."""
    ours = Edition.objects.filter(micro_credential__tenant=by.tenant)
    return ours.exclude(may_read_where(by)).order_by().values("id")


def require_reader(by: Member, edition: Edition) -> None:
    """Raise unless `by` may read submissions of `edition`, saying who can or what they have to do first.

    NotAllowed (403) when it is not theirs to read; RuleBroken (409) when they have to practice on it before.
    """
    if may_read(by, edition):
        return
    if by.user and Edition.objects.filter(theirs(by), pk=edition.pk).exists():
        message = _("Practice on this first. Open Practice, choose “%(title)s”, and score the samples.")
        raise RuleBroken(message % {"title": edition.title}, code="practice-first")
    if edition.mode == Mode.PEER:
        sentence = _("Only people who have earned this micro-credential, and assessors, can score it.")
    else:
        sentence = _("Only assessors can score this micro-credential.")
    raise NotAllowed(sentence, code="no-reader")


def may_read_as_peer(by: Member, edition: Edition) -> bool:
    """Whether `by` may read submissions of `edition` because they have earned it. No query in other modes."""
    return edition.mode == Mode.PEER and may_read(by, edition)


def may_read(by: Member, edition: Edition) -> bool:
    """Whether `by` may read submissions of `edition` at all."""
    return Edition.objects.filter(may_read_where(by), pk=edition.pk).exists()
