"""What can be read of integrity cases, by each of those who may. Every reading of their content is an action."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from assessment.conflicts import who_know
from assessment.models import Case, Finding, Review, Seat, Vote
from badges.models import Badge
from submissions.models import Artifact, Captions, Preview, StoredFile, Submission
from submissions.queries import captions_of
from tenants.models import Membership, Role, User
from tenants.roles import Member

PANEL_ROLES = (Role.ASSESSOR, Role.AUTHOR, Role.VETTER, Role.COACH, Role.ADMIN)
BEFORE_A_PANEL = (Case.State.OPENED, Case.State.APPEALED)


def pauses_decision(submission: Submission) -> bool:
    """Whether an open case keeps this from being decided. The database refuses the decision as well."""
    return Case.objects.filter(work=submission.work_id).exclude(state=Case.State.CLOSED).exists()


def is_not_counted(submission: Submission) -> bool:
    """Whether a panel found that what was handed in here cannot be counted; only a new panel could change that."""
    return Case.objects.filter(submission=submission, state=Case.State.CLOSED, upheld=True).exists()


def cases() -> QuerySet[Case]:
    """Every case of this tenant, newest first, for admins: that it runs, never what it says."""
    return _bare().order_by("-opened_at", "-id")


def opened_by(by: Member) -> QuerySet[Case]:
    """The cases `by` opened: that they run, no more."""
    return _bare().filter(opener=by.user).order_by("-opened_at", "-id")


def on_panel(by: Member) -> QuerySet[Case]:
    """Cases on whose panel `by` sits, those that wait for their vote first."""
    owed = Seat.objects.filter(
        case=OuterRef("pk"), user=by.user, vote=None, case__state__in=[Case.State.VOTING, Case.State.VOTING_AGAIN]
    )
    mine = Seat.objects.filter(case=OuterRef("pk"), user=by.user)
    return _bare().filter(Exists(mine)).annotate(owes=Exists(owed)).order_by("-owes", "-opened_at", "-id")


def about(by: Member) -> QuerySet[Case]:
    """Cases about one's own work of which one has been told."""
    return _bare().filter(earner=by.user).exclude(state=Case.State.OPENED).order_by("-opened_at", "-id")


def case_for_admin(case_id: UUID) -> Case:
    """One case, without what it says. Raises Http404."""
    found = _bare().filter(id=case_id).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Table:
    """A case as a member of its panel sees it. `findings`: of panels that have all voted."""

    case: Case
    seat: Seat
    vote: Vote | None  # one's own
    voted: int
    seats: int
    findings: list[Finding]

    @property
    def can_vote(self) -> bool:
        """Whether one's own vote is asked for now."""
        return (
            self.vote is None
            and self.seat.round == self.case.round
            and self.case.state in (Case.State.VOTING, Case.State.VOTING_AGAIN)
        )


def table_of(by: Member, case_id: UUID) -> Table:
    """The case for a member of its panel. Raises Http404 for everyone else, admins too."""
    seat = Seat.objects.filter(case=case_id, user=by.user).select_related("case__submission__edition").first()
    if seat is None:
        raise Http404
    of_round = Seat.objects.filter(case=case_id, round=seat.round)
    counts = of_round.aggregate(seats=Count("id"), voted=Count("vote"))
    return Table(
        case=seat.case,
        seat=seat,
        vote=Vote.objects.filter(seat=seat).first(),
        findings=list(seat.case.findings.all()),
        **counts,
    )


def case_about(by: Member, case_id: UUID) -> Case:
    """A case about one's own work, once its notice was sent. Raises Http404."""
    found = (
        Case.objects.filter(id=case_id, earner=by.user)
        .exclude(state=Case.State.OPENED)
        .select_related("submission__edition")
        .first()
    )
    if found is None:
        raise Http404
    return found


def findings_of(case: Case) -> list[Finding]:
    """What panels found, oldest first: counts and reasons, no names."""
    return list(Finding.objects.filter(case=case))


def candidates(case: Case) -> QuerySet[User]:
    """Who can sit on the next panel: active members in a role of judgement, without a part in it, and not before."""
    roles = Q()
    for role in PANEL_ROLES:
        roles |= Q(roles__contains=[role.value])
    members = Membership.objects.filter(roles, tenant=case.tenant_id, active=True, user=OuterRef("pk"))
    read = Review.objects.filter(submission__work=case.work_id, assessor=OuterRef("pk"))
    sat = Seat.objects.filter(case=case, user=OuterRef("pk"))
    return (
        User.objects.filter(Exists(members), ~Exists(read), ~Exists(sat), is_active=True)
        .exclude(id__in=[case.earner_id, case.opener_id])
        .exclude(id__in=who_know(case.earner_id))
        .order_by("name", "email")
    )


def panel_of(case: Case, round: int) -> QuerySet[User]:
    """The people on one panel."""
    return User.objects.filter(id__in=Seat.objects.filter(case=case, round=round).values("user")).order_by("name")


def review_to_ask_about(by: Member, review_id: UUID) -> Submission:
    """The submission of a reading one has or had. Raises Http404 for others."""
    review = Review.objects.filter(id=review_id, assessor=by.user).select_related("submission__edition").first()
    if review is None:
        raise Http404
    return review.submission


def badge_to_ask_about(by: Member, badge_id: UUID) -> Submission:
    """What was sent in for a badge that this tenant awarded. Raises Http404, also for a badge of a stack."""
    badge = Badge.objects.filter(id=badge_id, tenant=by.tenant).exclude(state=Badge.State.REVOKED).first()
    submission = badge and Submission.objects.filter(id=badge.submission_id).select_related("edition").first()
    if not submission:
        raise Http404
    return submission


def to_move_on(today: date) -> QuerySet[Case]:
    """Cases whose time has run out: for a reply, or for an appeal."""
    return Case.objects.filter(
        Q(state=Case.State.NOTICED, reply_until__lt=today) | Q(state=Case.State.TOLD, appeal_until__lt=today)
    )


def _bare() -> QuerySet[Case]:
    return Case.objects.select_related("submission__edition").defer(
        "concern", "reply", "appeal", "submission__edition__search"
    )


def file_for_panel(by: Member, case_id: UUID, artifact_id: UUID) -> Artifact:
    """A file of the submission a case is about, for a member of its panel. Raises Http404."""
    seat = Seat.objects.filter(case=case_id, user=by.user).select_related("case").first()
    found = seat and Artifact.objects.filter(
        id=artifact_id, submission=seat.case.submission_id, kind=Artifact.Kind.FILE, state=Artifact.State.READY
    ).select_related("criterion", "file")
    file = found.first() if found is not None else None
    if file is None:
        raise Http404
    return file


def preview_of(file: Artifact, kind: str, number: int) -> Preview:
    """A preview of a file. Raises Http404."""
    kept = Preview.objects.filter(file__state=StoredFile.State.KEPT)
    found = kept.filter(file=file.file_id, kind=kind, position=number).first()
    if found is None:
        raise Http404
    return found


def captions_for_panel(by: Member, case_id: UUID, artifact_id: UUID, language: str) -> Captions | None:
    """The captions of a film, for a member of the panel."""
    return captions_of(file_for_panel(by, case_id, artifact_id), language)
