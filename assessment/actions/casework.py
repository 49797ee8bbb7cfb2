"""Integrity cases: opened, put before a panel, answered, voted on, appealed once, closed. Every step is on record."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment import mail
from assessment.actions.case_closing import carry_out
from assessment.cases import Table, candidates, case_about, file_for_panel, table_of
from assessment.models import Case, Finding, Seat, Vote
from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.transitions import move
from submissions.actions.keeping import keep_for_case, let_go_of_case
from submissions.models import Artifact, Submission
from tenants.audit import record
from tenants.members import one_at_a_time
from tenants.models import User
from tenants.roles import Member, require

State = Case.State
MOST_CHARACTERS = 3000


@transaction.atomic
def open_case(*, by: Member, submission: Submission, concern: str) -> Case:
    """Ask for a case about a submission. Whoever opens it learns that it runs, and no more.

    Nothing is decided on the work from now on, and nothing of it is deleted. Raises Invalid (400) when nothing is
    said, and RuleBroken (409) while another case about the same work is open; opening it twice is opening it once.
    """
    require(by, "case.open", submission)
    concern = _text(concern, "concern", _("Say what you noticed, and where."))
    one_at_a_time(by)
    # Every try is locked, so that no decision on one of them passes this by.
    list(Submission.objects.select_for_update().filter(work=submission.work_id).order_by("number"))
    there = Case.objects.filter(work=submission.work_id).exclude(state=State.CLOSED).first()
    if there is not None:
        if there.opener_id == by.user.id:
            return there
        raise RuleBroken(_("A case about this work runs already. You do not need to do more."), code="case-open")
    case = Case.objects.create(
        work_id=submission.work_id,
        submission=submission,
        earner_id=submission.earner_id,
        hold=keep_for_case(by=by, work=submission.work),
        opener=by.user,
        concern=concern,
    )
    record(by, "case.opened", case)
    mail.case_needs_panel(case, tenant=by.tenant)
    return case


@transaction.atomic
def name_panel(*, by: Member, case: Case, users: Collection[UUID]) -> Case:
    """Name who decides. The first panel starts the case, with a notice to the earner; the second hears the appeal.

    Raises Invalid (400) for too few, or someone who has a part in it or sat on it before.
    """
    require(by, "case.manage", case)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state not in (State.OPENED, State.APPEALED):
        raise RuleBroken(_("This case has its panel already."), code="has-panel")
    wanted = set(users)
    if len(wanted) < settings.CASE_PANEL_SIZE:
        least = settings.CASE_PANEL_SIZE
        raise Invalid(
            ngettext("Choose at least %(n)s person.", "Choose at least %(n)s people.", least) % {"n": least},
            field="users",
        )
    people = list(candidates(case).filter(id__in=wanted))
    if len(people) != len(wanted):
        raise Invalid(
            _("Someone you chose has a part in this, sat on it before, or is no longer here. Choose from the list."),
            field="users",
        )
    for user in people:
        Seat.objects.create(case=case, round=case.round, user=user)
    if case.state == State.OPENED:
        move(case, State.NOTICED)
        case.noticed_at = clock.now()
        case.reply_until = by.tenant.due_date(settings.CASE_REPLY_BUSINESS_DAYS)
        mail.case_notice(case, tenant=by.tenant)
    else:
        move(case, State.VOTING_AGAIN)
        mail.case_vote(case, people, tenant=by.tenant)
    case.save(update_fields=["state", "noticed_at", "reply_until"])
    record(by, "case.panel_named", case, round=case.round, members=[str(user.id) for user in people])
    return case


@transaction.atomic
def reply(*, by: Member, case: Case, text: str) -> Case:
    """The earner answers the notice; the panel can vote from then on. Raises RuleBroken (409) after the last day."""
    require(by, "case.answer", case)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state != State.NOTICED or by.tenant.local_date() > case.reply_until:
        raise RuleBroken(_("The time to reply has passed, or you have replied already."), code="too-late")
    case.reply = _text(text, "text", _("Write your reply."), most=2 * MOST_CHARACTERS)
    case.replied_at = clock.now()
    move(case, State.VOTING)
    case.save(update_fields=["state", "reply", "replied_at"])
    record(by, "case.replied", case)
    mail.case_vote(case, _people(case), tenant=by.tenant)
    return case


@transaction.atomic
def vote(*, by: Member, case: Case, upheld: bool, reason: str) -> Finding | None:
    """Cast one's vote, once and for good. Returns what the panel found when this was the last one, else None.

    A tie is not upheld. Raises NotAllowed (403) for who does not sit on it, and RuleBroken (409) out of time.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    seat = Seat.objects.filter(case=case, user=by.user, round=case.round).first()
    if seat is None:
        raise NotAllowed(_("You are not on the panel of this case."))
    require(by, "case.vote", seat)
    if Vote.objects.filter(seat=seat).exists():
        raise RuleBroken(_("You have voted on this. A vote stays as it was cast."), code="voted")
    if case.state not in (State.VOTING, State.VOTING_AGAIN):
        raise RuleBroken(_("There is nothing to vote on now. Wait for the educator’s reply."), code="no-vote")
    Vote.objects.create(seat=seat, upheld=upheld, reason=_text(reason, "reason", _("Give your reason.")))
    record(by, "case.voted", case, round=case.round)
    votes = list(Vote.objects.filter(seat__case=case, seat__round=case.round).order_by("seat__named_at", "seat__id"))
    if len(votes) < Seat.objects.filter(case=case, round=case.round).count():
        return None
    return _find(by, case, votes)


def _find(by: Member, case: Case, votes: list[Vote]) -> Finding:
    yes = sum(each.upheld for each in votes)
    upheld = yes > len(votes) - yes
    finding = Finding.objects.create(
        case=case,
        round=case.round,
        upheld=upheld,
        votes_for=yes,
        votes_against=len(votes) - yes,
        reason="\n\n".join(each.reason for each in votes if each.upheld == upheld),
    )
    case.upheld = upheld
    record(by, "case.found", case, round=case.round, upheld=upheld)
    if case.state == State.VOTING and upheld:
        move(case, State.TOLD)
        case.appeal_until = by.tenant.due_date(settings.CASE_APPEAL_BUSINESS_DAYS)
        case.save(update_fields=["state", "upheld", "appeal_until"])
        mail.case_told(case, tenant=by.tenant)
    else:
        close(by=by, case=case)
    return finding


@transaction.atomic
def appeal_case(*, by: Member, case: Case, text: str) -> Case:
    """The earner asks for a new panel, once. Raises RuleBroken (409) after the last day."""
    require(by, "case.answer", case)
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state != State.TOLD or by.tenant.local_date() > case.appeal_until:
        raise RuleBroken(_("The time to appeal has passed, or you have appealed already."), code="too-late")
    case.appeal = _text(text, "text", _("Say why a new panel should look at it."), most=2 * MOST_CHARACTERS)
    case.appealed_at = clock.now()
    move(case, State.APPEALED)
    case.save(update_fields=["state", "appeal", "appealed_at"])
    record(by, "case.appealed", case)
    mail.case_needs_panel(case, tenant=by.tenant)
    return case


@transaction.atomic
def close(*, by: Member, case: Case) -> Case:
    """Close a case that has an outcome, and carry that out: a badge is taken back only here."""
    case.closed_at = clock.now()
    move(case, State.CLOSED)
    case.save(update_fields=["state", "upheld", "closed_at"])
    record(by, "case.closed", case, upheld=case.upheld)
    if case.hold is not None:
        let_go_of_case(by=by, hold=case.hold)
    if case.upheld:
        carry_out(by=by, case=case)
    mail.case_closed(case, tenant=by.tenant)
    return case


@transaction.atomic
def move_on(*, by: Member, case: Case) -> Case:
    """Time has run out: no reply came, so the panel votes; or no appeal came, so it is closed. For the sweeper."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    today = by.tenant.local_date()
    if case.state == State.NOTICED and case.reply_until < today:
        move(case, State.VOTING)
        case.save(update_fields=["state"])
        record(by, "case.no_reply", case)
        mail.case_vote(case, _people(case), tenant=by.tenant)
    elif case.state == State.TOLD and case.appeal_until < today:
        close(by=by, case=case)
    return case


@transaction.atomic
def look_as_panel(*, by: Member, case_id: UUID) -> Table:
    """What a member of the panel sees; that they looked is on record. Raises Http404 for everyone else."""
    table = table_of(by, case_id)
    record(by, "case.viewed", table.case, seen_by="panel")
    return table


@transaction.atomic
def open_evidence(*, by: Member, case_id: UUID, artifact_id: UUID) -> Artifact:
    """A file for a member of the panel to download; that they did is on record. Raises Http404."""
    file = file_for_panel(by, case_id, artifact_id)
    record(by, "case.evidence_viewed", file, case=str(case_id))
    return file


@transaction.atomic
def look_as_earner(*, by: Member, case_id: UUID) -> Case:
    """The notice of a case about one's own work; that they looked is on record. Raises Http404."""
    case = case_about(by, case_id)
    record(by, "case.viewed", case, seen_by="earner")
    return case


def _people(case: Case) -> list[User]:
    return [seat.user for seat in Seat.objects.filter(case=case, round=case.round).select_related("user")]


def _text(text: str, field: str, missing: str, *, most: int = MOST_CHARACTERS) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid(missing, field=field)
    if len(text) > most:
        message = _("Cut this to %(limit)s characters. It has %(n)s.") % {"limit": most, "n": len(text)}
        raise Invalid(message, field=field)
    return text
