"""What assessors take on, when they are away, and posting what a period came to."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessment.models import Absence, AssessorProfile, StatementLine
from assessment.statements import work_of
from lib.errors import Invalid, RuleBroken
from tenants.audit import record
from tenants.members import member_of, one_at_a_time
from tenants.models import Role, User
from tenants.roles import Member, require

LONGEST_ABSENCE = timedelta(days=366)
OWN = ("at_once", "per_week", "languages")  # what assessors say of themselves; buildings and pay are for admins


def save_profile(*, by: Member, user: User, **fields: object) -> AssessorProfile:
    """Save what an assessor takes on: any of OWN by themselves; buildings and pay as well by an admin.

    Raises Invalid (400) for someone who is no assessor here, and NotAllowed (403) for what is not theirs to say.
    """
    if by.user == user and set(fields) <= set(OWN):
        require(by, "assessor.plan")
    else:
        require(by, "assessor.manage")
    member = member_of(user, by.tenant)
    if member is None or Role.ASSESSOR not in member.roles:
        raise Invalid(_("This person is no assessor here. Give them the role first."), field="user")
    with transaction.atomic():
        profile, _made = AssessorProfile.objects.select_for_update().get_or_create(user=user)
        for name, value in fields.items():
            setattr(profile, name, value)
        profile.save(update_fields=list(fields))
        record(by, "assessor.profile_saved", profile, person=str(user), fields=sorted(fields))
    return profile


def add_absence(*, by: Member, starts_on: date, ends_on: date) -> Absence:
    """Plan one's own time away. What one holds then stays claimed until its lease runs out.

    Raises Invalid (400) naming the field, also when it overlaps with other time away.
    """
    require(by, "assessor.plan")
    if ends_on < starts_on:
        raise Invalid(_("The last day is before the first. Change one of them."), field="ends_on")
    if ends_on < by.tenant.local_date():
        raise Invalid(_("These days are over. Choose days that are to come."), field="ends_on")
    if ends_on - starts_on > LONGEST_ABSENCE:
        raise Invalid(_("This is more than a year. Choose an earlier last day."), field="ends_on")
    try:
        with transaction.atomic():
            AssessorProfile.objects.get_or_create(user=by.user)
            absence = Absence.objects.create(user=by.user, starts_on=starts_on, ends_on=ends_on)
            record(by, "absence.added", absence, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat())
    except IntegrityError:
        same = Absence.objects.filter(user=by.user, starts_on__lte=ends_on, ends_on__gte=starts_on).first()
        if same is None:
            raise
        days = {"first": date_format(same.starts_on, "F j"), "last": date_format(same.ends_on, "F j, Y")}
        raise Invalid(
            _("You are away from %(first)s to %(last)s already. Choose other days, or remove those first.") % days,
            field="starts_on",
            code="overlap",
        ) from None
    return absence


def remove_absence(*, by: Member, absence: Absence) -> None:
    """End or cancel one's own time away: work can be taken again at once."""
    require(by, "assessor.plan")
    if absence.user_id != by.user.id:
        raise RuleBroken(_("This is someone else’s time away."), code="not-yours")
    record(by, "absence.removed", absence, starts_on=absence.starts_on.isoformat(), ends_on=absence.ends_on.isoformat())
    absence.delete()


def post_statement(*, by: Member, starts_on: date, ends_on: date) -> Sequence[StatementLine]:
    """Write down for good what every assessor did from one day to another, and what it comes to.

    Raises Invalid (400) for days that are not over, and RuleBroken (409) when nothing was done in them or some of
    them are in a statement that was posted.
    """
    require(by, "assessor.manage")
    if ends_on < starts_on:
        raise Invalid(_("The last day is before the first. Change one of them."), field="ends_on")
    if ends_on >= by.tenant.local_date():
        raise Invalid(_("Choose days that are over, so that nothing is missed."), field="ends_on")
    one_at_a_time(by)
    lines = [
        StatementLine(
            user=each.user,
            starts_on=starts_on,
            ends_on=ends_on,
            reviews=each.reviews,
            minutes=each.minutes,
            cents_per_review=each.cents_per_review,
            cents_per_period=each.cents_per_period,
            cents=each.cents,
            posted_by=by.user,
        )
        for each in work_of(by.tenant, starts_on, ends_on)
    ]
    if not lines:
        raise RuleBroken(_("Nobody sent a score in these days, so there is nothing to post."), code="nothing")
    try:
        with transaction.atomic():
            StatementLine.objects.bulk_create(lines)
            record(
                by,
                "statement.posted",
                lines[0],
                starts_on=starts_on.isoformat(),
                ends_on=ends_on.isoformat(),
                people=len(lines),
                cents=sum(line.cents for line in lines),
            )
    except IntegrityError:
        raise RuleBroken(
            _("Some of these days were posted before. Choose days that no statement has."), code="posted-before"
        ) from None
    return lines
