"""Whose work an assessor never reads. The claim query leaves these people out, so no later check can be forgotten."""

from uuid import UUID

from django.db.models import Q, QuerySet

from assessment.models import Conflict
from submissions.models import Coaching, CoachNote
from tenants.models import StaffRecord
from tenants.roles import Member


def known_to(by: Member) -> QuerySet:
    """Earners that `by` knows, as one query for user ids, which the claim runs once and not for every row.

    They declared it, supervise them, coach them or their building, gave them a coach's note once, or work in the same
    building where the tenant says that this counts. One's own work is left out by the claim itself.
    """
    staff = StaffRecord.objects.all()
    coached = Coaching.objects.filter(coach=by.user, earner=None).order_by().values("building")
    lists = [
        Conflict.objects.filter(assessor=by.user).values("earner"),
        staff.filter(supervisor=by.user).values("user"),
        Coaching.objects.filter(coach=by.user, earner__isnull=False).order_by().values("earner"),
        staff.filter(building__in=coached).values("user"),
        CoachNote.objects.filter(author=by.user).order_by().values("submission__earner"),
    ]
    if by.tenant.other_buildings_only:
        own = staff.filter(user=by.user).exclude(building="").values("building")
        lists.append(staff.filter(building__in=own).values("user"))
    first, *others = lists
    return first.union(*others, all=True)


def who_know(earner_id: UUID) -> QuerySet:
    """The other way round: user ids of those who declared to know an earner, supervise or coach them, or did once."""
    staff = StaffRecord.objects.filter(user=earner_id)
    building = staff.exclude(building="").values("building")
    lists = [
        Conflict.objects.filter(earner=earner_id).values("assessor"),
        staff.filter(supervisor__isnull=False).values("supervisor"),
        Coaching.objects.filter(Q(earner=earner_id) | Q(earner=None, building__in=building)).order_by().values("coach"),
        CoachNote.objects.filter(submission__earner=earner_id).order_by().values("author"),
    ]
    first, *others = lists
    return first.union(*others, all=True)
