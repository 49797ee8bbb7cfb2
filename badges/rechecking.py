"""Checking outside badges again, so that one that was taken back is noticed. The row says when its turn is."""

from datetime import timedelta

import structlog
from django.db import transaction

from badges.actions.outside import take_result
from badges.checking import check
from badges.elsewhere import Elsewhere
from badges.models import OutsideBadge
from lib import clock

log = structlog.get_logger(__name__)

AGAIN = timedelta(hours=2)  # when a worker that took a badge is never heard of again


def recheck_due(*, limit: int = 50) -> int:
    """Check up to `limit` badges whose turn it is; returns how many. Nothing is locked while others are asked."""
    done = 0
    for _turn in range(limit):
        badge = _take()
        if badge is None:
            break
        report = check(bytes(badge.data), elsewhere=Elsewhere())
        with transaction.atomic():
            fresh = OutsideBadge.objects.select_for_update().get(id=badge.id)
            if fresh.state != OutsideBadge.State.REMOVED:
                take_result(fresh, report)
        done += 1
    return done


def _take() -> OutsideBadge | None:
    """The badge that waits longest, put off so that no other worker takes it meanwhile."""
    with transaction.atomic():
        due = OutsideBadge.objects.select_for_update(skip_locked=True).filter(next_check_at__lte=clock.now())
        badge = due.order_by("next_check_at").first()
        if badge is not None:
            badge.next_check_at = clock.now() + AGAIN
            badge.save(update_fields=["next_check_at"])
        return badge
