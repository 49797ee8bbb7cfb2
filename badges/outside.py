"""Outside badges: reading them, what a check means for them, and what tenants take them for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from badges.models import Equivalence, OutsideBadge
from badges.openbadges.report import Report, Step
from badges.openbadges.statuses import STATUS_SUSPENDED
from lib import clock
from tenants.models import User

State = OutsideBadge.State
RECHECK = timedelta(days=1)


def outside_badges_of(user: User) -> QuerySet[OutsideBadge]:
    """The outside badges in someone's passport, newest first, without their files."""
    return OutsideBadge.objects.filter(earner=user).exclude(state=State.REMOVED).defer("data")


def state_of(report: Report) -> OutsideBadge.State:
    """What a check means for a badge that was found good before."""
    if report.in_force:
        return State.GOOD
    steps = {step.name: step for step in report.steps}
    status = steps.get("status")
    if status is not None and status.state == "failed" and not status.unreachable:
        return State.SUSPENDED if status.template == STATUS_SUSPENDED else State.REVOKED
    if any(step.unreachable for step in report.steps):
        return State.UNREACHABLE
    if not report.verified:
        return State.BROKEN
    return State.EXPIRED if steps["dates"].state == "failed" else State.UNREACHABLE


def steps_as_rows(report: Report) -> list[dict[str, Any]]:
    """The steps of a report, to be kept and shown later in the reader's language."""
    return [
        {
            "name": step.name,
            "state": step.state,
            "template": step.template,
            "params": {name: str(value)[:500] for name, value in step.params.items()},
        }
        for step in report.steps
    ]


def steps_of(badge: OutsideBadge) -> list[Step]:
    """The steps of the last check."""
    return [Step(each["name"], each["state"], each["template"], each["params"]) for each in badge.report]


def in_force() -> QuerySet[OutsideBadge]:
    """Outside badges that count now."""
    found = OutsideBadge.objects.filter(state__in=OutsideBadge.IN_FORCE)
    return found.exclude(expires_at__lte=clock.now())


def equivalences_of(badge: OutsideBadge) -> QuerySet[Equivalence]:
    """What each tenant that accepts the issuer takes this badge for."""
    if not badge.achievement_id:
        return Equivalence.objects.none()
    found = Equivalence.objects.filter(accepted__issuer_id=badge.issuer_id, achievement_id=badge.achievement_id)
    return found.select_related("accepted__tenant", "micro_credential")


def held_elsewhere(earner: User) -> list[tuple[UUID, UUID, OutsideBadge]]:
    """Tenant, micro-credential and badge, for all that the person's outside badges count as somewhere now."""
    badges = {(each.issuer_id, each.achievement_id): each for each in in_force().filter(earner=earner).defer("data")}
    if not badges:
        return []
    mine = OutsideBadge.objects.filter(
        earner=earner, issuer_id=OuterRef("accepted__issuer_id"), achievement_id=OuterRef("achievement_id")
    )
    found = Equivalence.objects.filter(Exists(mine)).values_list(
        "accepted__tenant", "micro_credential", "accepted__issuer_id", "achievement_id"
    )
    return [(tenant, thing, badges[pair]) for tenant, thing, *key in found if (pair := tuple(key)) in badges]
