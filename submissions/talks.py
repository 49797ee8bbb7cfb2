"""Who waits for a conversation with a coach, and whom they can ask. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from credentials.models import Criterion
from submissions.models import Coaching, Conversation, QuizTry, Submission, Work
from submissions.quizbook import standing_of
from tenants.models import Membership, Role, StaffRecord, Tenant, User
from tenants.roles import Member

_MOST_NAMES = 3  # people named on a page; nobody writes to more


@dataclass(frozen=True)
class Wait:
    """A draft that cannot go on before a conversation. `criterion`: the quiz whose tries are used up, or None."""

    submission: Submission
    criterion: Criterion | None
    used: int  # tries

    @property
    def opens(self) -> int:
        """The number of the try that a conversation opens."""
        return self.used + 1


def tries_are_used_up(submission: Submission) -> bool:
    """Whether this draft is one more than the edition allows, and no conversation has opened it."""
    return (
        submission.state == Submission.State.DRAFT
        and submission.number > submission.edition.tries
        and not Conversation.objects.filter(submission=submission, criterion=None).exists()
    )


def waits() -> QuerySet[Submission]:
    """Drafts here whose tries are used up, the one that waits longest first."""
    talked = Conversation.objects.filter(submission=OuterRef("pk"), criterion=None)
    return (
        _open_drafts()
        .filter(~Exists(talked), number__gt=F("edition__tries"))
        .select_related("edition", "earner", "work")
        .defer("edition__search")
        .order_by("created_at", "id")
    )


def quiz_waits() -> list[Wait]:
    """Quizzes in drafts here whose tries are used up. Two queries a quiz that may be one, and few are."""
    over = {QuizTry.State.FAILED}
    rows = (
        QuizTry.objects.filter(submission__in=_open_drafts(), criterion__optional=False)
        .values("submission", "criterion", "criterion__quiz_tries")
        .annotate(n=Count("id"), lost=Count("id", filter=Q(state__in=over)))
        .filter(n=F("lost"), n__gte=F("criterion__quiz_tries"))
        .order_by("submission", "criterion")
    )
    drafts = (
        Submission.objects.select_related("edition", "earner", "work")
        .defer("edition__search")
        .in_bulk({row["submission"] for row in rows})
    )
    quizzes = Criterion.objects.in_bulk({row["criterion"] for row in rows})
    found = ((drafts[row["submission"]], quizzes[row["criterion"]]) for row in rows)
    standings = [(draft, quiz, standing_of(draft, quiz)) for draft, quiz in found]
    return [Wait(draft, quiz, len(one.tries)) for draft, quiz, one in standings if one.is_used_up]


def wait_of(submission_id: UUID, key: str = "") -> Wait:
    """What one draft waits for: another try, or with `key` another try at that quiz. Raises Http404 when nothing."""
    draft = _open_drafts().filter(id=submission_id).select_related("edition", "earner", "work").first()
    if draft is None:
        raise Http404
    found = wait_for(draft, key)
    if found is None:
        raise Http404
    return found


def wait_for(draft: Submission, key: str = "") -> Wait | None:
    """`wait_of` for a draft at hand; None when it waits for nothing."""
    if not key:
        return Wait(draft, None, draft.number - 1) if tries_are_used_up(draft) else None
    quiz = Criterion.objects.filter(edition=draft.edition_id, key=key, part=Criterion.Kind.QUIZ).first()
    standing = standing_of(draft, quiz) if quiz else None
    return Wait(draft, quiz, len(standing.tries)) if standing and standing.is_used_up else None


def conversations_of(work: Work) -> QuerySet[Conversation]:
    """What was agreed about one work, newest first."""
    return Conversation.objects.filter(submission__work=work).select_related("coach", "criterion", "submission")


def conversations() -> QuerySet[Conversation]:
    """All that were recorded here, newest first."""
    return Conversation.objects.select_related("coach", "earner", "criterion", "submission__edition").defer(
        "submission__edition__search"
    )


def whom_to_ask(tenant: Tenant, earner: User) -> Sequence[User]:
    """The coaches the earner was given, else those of the tenant, else its admins; never the earner themselves."""
    building = StaffRecord.objects.filter(user=earner).exclude(building="").values("building")
    given = Coaching.objects.filter(Q(earner=earner) | Q(earner=None, building__in=building)).values("coach")
    for who in (Q(user__in=given), Q(roles__contains=[Role.COACH.value]), Q(roles__contains=[Role.ADMIN.value])):
        found = Membership.objects.filter(who, tenant=tenant, active=True).exclude(user=earner)
        people = [each.user for each in found.select_related("user").order_by("since", "id")[:_MOST_NAMES]]
        if people:
            return people
    return []


def may_talk(by: Member, submission: Submission) -> bool:
    """Whether this is someone else's work: nobody has the conversation with themselves."""
    return by.is_system or submission.earner_id != by.user.id


def _open_drafts() -> QuerySet[Submission]:
    return Submission.objects.filter(state=Submission.State.DRAFT).exclude(work__state=Work.State.WITHDRAWN)
