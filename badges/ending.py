"""Badges that run out: their earners are told ahead, and those who follow badges hear of it when it is so."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from badges import mail
from badges.deliveries import announce
from badges.models import Badge, BadgeEvent
from lib import clock

AT_ONCE = 200  # badges in a transaction
State = Badge.State


def announce_ends() -> int:
    """Announce, once, every badge whose last day has passed; returns how many. Renewed ones too: stacks look again."""
    return _in_turn(_announce)


def remind() -> int:
    """Tell earners, once, of badges that run out within EXPIRY_NOTICE_DAYS; returns how many were looked at."""
    return _in_turn(_remind)


def _in_turn(work: Callable[[], int]) -> int:
    total = 0
    while done := work():
        total += done
    return total


@transaction.atomic
def _announce() -> int:
    open_ = Badge.objects.filter(expires_at__lte=clock.now(), run_out_at=None).exclude(state=State.AWARDED)
    badges = list(open_.select_for_update(skip_locked=True).order_by("expires_at").defer("document")[:AT_ONCE])
    for badge in badges:
        announce(badge, BadgeEvent.Kind.EXPIRED)
        badge.run_out_at = clock.now()
        badge.save(update_fields=["run_out_at"])
    return len(badges)


@transaction.atomic
def _remind() -> int:
    soon = clock.now() + timedelta(days=settings.EXPIRY_NOTICE_DAYS)
    open_ = Badge.objects.filter(expires_at__lte=soon, run_out_at=None, reminded_at=None).exclude(state=State.AWARDED)
    rows = open_.select_for_update(skip_locked=True, of=("self",)).order_by("expires_at").defer("document")
    badges = list(rows.select_related("edition__micro_credential", "stack", "tenant", "earner")[:AT_ONCE])
    for badge in badges:
        if badge.state == State.ISSUED and badge.superseded_at is None and not badge.has_run_out:
            mail.badge_runs_out(badge)
        badge.reminded_at = clock.now()
        badge.save(update_fields=["reminded_at"])
    return len(badges)
