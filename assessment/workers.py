"""How much room an assessor has: limits, absences, and what they hold."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import Absence, AssessorProfile, Review
from lib.errors import RuleBroken
from tenants.models import Tenant
from tenants.roles import Member


class NoRoom(RuleBroken):
    """The assessor takes no more now: they are away, or have as much as they said they would take."""


@dataclass(frozen=True)
class Room:
    """What one assessor has taken, against what they said they would. `profile` None: no limits."""

    profile: AssessorProfile | None
    held: int = 0
    this_week: int = 0  # finished since Monday, and held
    away_until: date | None = None

    @property
    def refusal(self) -> str:
        """Why no more can be taken now, or ""."""
        if self.profile is None:
            return ""
        if self.away_until is not None:
            day = date_format(self.away_until, "l, F j")
            return _("You are away until %(day)s. End your time away first to take work again.") % {"day": day}
        if self.profile.at_once is not None and self.held >= self.profile.at_once:
            return ngettext(
                "You are scoring %(n)s already, as many as you take at once. Send it or give it back first.",
                "You are scoring %(n)s already, as many as you take at once. Send one or give one back first.",
                self.held,
            ) % {"n": self.held}
        if self.profile.per_week is not None and self.this_week >= self.profile.per_week:
            return ngettext(
                "You have taken %(n)s this week, as many as you take in a week. New work waits for you on Monday.",
                "You have taken %(n)s this week, as many as you take in a week. New work waits for you on Monday.",
                self.this_week,
            ) % {"n": self.this_week}
        return ""


def monday_of(tenant: Tenant) -> datetime:
    """When this week began there."""
    today = tenant.local_date()
    return datetime.combine(today - timedelta(days=today.weekday()), time(), tzinfo=tenant.zone)


def room_of(by: Member, *, lock: bool = False) -> Room:
    """The room of `by` now, in one query. `lock` makes claims of one person with limits pass one after the other."""
    mine = (
        Review.objects.filter(assessor=OuterRef("user"), practice=False)
        .order_by()
        .values("assessor")
        .annotate(n=Count("id"))
    )
    today = by.tenant.local_date()
    away = Absence.objects.filter(user=OuterRef("user"), starts_on__lte=today, ends_on__gte=today)
    profiles = AssessorProfile.objects.filter(user=by.user).annotate(
        held=Subquery(mine.filter(state=Review.State.CLAIMED).values("n")),
        done=Subquery(mine.filter(state=Review.State.FINAL, finished_at__gte=monday_of(by.tenant)).values("n")),
        away_until=Subquery(away.values("ends_on")[:1]),
    )
    profile = (profiles.select_for_update(of=("self",)) if lock else profiles).first()
    if profile is None:
        return Room(None)
    held = profile.held or 0
    return Room(profile, held=held, this_week=held + (profile.done or 0), away_until=profile.away_until)


def require_room(by: Member) -> Room:
    """The room of `by`. Raises NoRoom (409) unless they take more now. Call it inside the transaction of the claim."""
    room = room_of(by, lock=True)
    if room.refusal:
        raise NoRoom(room.refusal, code="no-room")
    return room
