"""Coaches: who coaches whom, and what they say about drafts. A coach never decides, and never scores them."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from credentials.models import Criterion, RubricLine
from lib.errors import Invalid, RuleBroken
from submissions.coaching import draft_for
from submissions.models import Coaching, CoachNote, Submission
from tenants import audit
from tenants.members import member_of
from tenants.models import Role, User
from tenants.roles import Member, require

MOST_CHARACTERS = 2000


def assign(*, by: Member, coach: User, earner: User | None = None, building: str = "") -> Coaching:
    """Let `coach` see the drafts of one educator, or of everyone in a building. Doing it twice is doing it once.

    Raises Invalid (400) naming the field.
    """
    require(by, "coach.assign")
    building = building.strip()
    if bool(earner) == bool(building):
        raise Invalid(_("Enter an educator or a building, and not both."), field="earner")
    if not _holds(coach, by, Role.COACH):
        raise Invalid(_("This person is no coach here. Give them the role first."), field="coach")
    if earner is not None and not _holds(earner, by, Role.EARNER):
        raise Invalid(_("This person is no educator here. Check the address."), field="earner")
    if earner == coach:
        raise Invalid(_("Nobody coaches themselves. Choose someone else."), field="earner")
    try:
        with transaction.atomic():
            coaching = Coaching.objects.create(coach=coach, earner=earner, building=building)
            audit.record(by, "coach.assigned", coaching, coach=str(coach), of=str(earner or building))
    except IntegrityError:
        return Coaching.objects.get(coach=coach, earner=earner, building=building)
    return coaching


@transaction.atomic
def unassign(*, by: Member, coaching: Coaching) -> None:
    """End a coaching. Notes stay, and whoever wrote one still never scores that person."""
    require(by, "coach.assign")
    facts = {"coach": str(coaching.coach), "of": str(coaching.earner or coaching.building)}
    audit.record(by, "coach.unassigned", coaching, **facts)
    coaching.delete()


def look(*, by: Member, submission: Submission) -> None:
    """Note that a coach has looked at a draft: the educator and the admins can see who did, and when."""
    require(by, "coach.see")
    audit.record(by, "coach.looked", submission, number=submission.number)


def note(
    *, by: Member, submission: Submission, criterion: Criterion, text: str, line: RubricLine | None = None
) -> CoachNote:
    """Say something about one part of a draft, or one line of its scoring guide. The educator reads it on that part.

    Raises Invalid (400) for no text or a foreign part, Http404 for a draft of someone else, and RuleBroken (409) once
    it is sent.
    """
    require(by, "coach.see")
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid(_("Write your note first."), field="text")
    if len(text) > MOST_CHARACTERS:
        raise Invalid(_("Cut this to %(n)s characters.") % {"n": MOST_CHARACTERS}, field="text")
    draft = draft_for(by, submission.work_id)
    if criterion.edition_id != draft.edition_id or (line is not None and line.criterion_id != criterion.id):
        raise Invalid(_("This part belongs to something else. Reload the page."), field="text")
    with transaction.atomic():
        fresh = Submission.objects.select_for_update(of=("self",)).get(id=draft.id)
        if fresh.state != Submission.State.DRAFT:
            raise RuleBroken(_("This was sent in, so notes come too late. Wait for the result."), code="not-a-draft")
        made = CoachNote.objects.create(submission=fresh, criterion=criterion, line=line, author=by.user, text=text)
        audit.record(by, "coach.noted", fresh, part=criterion.key)
    return made


def _holds(user: User, by: Member, role: Role) -> bool:
    member = member_of(user, by.tenant)
    return member is not None and role in member.roles
