"""The queue of outside badges: which are to be checked again, and who has to settle what follows (docs/adr/0022).

A delivery carries no event: whoever follows looks at the state that the badge is in now. So deliveries may come twice
and in any order.
"""

from collections.abc import Callable, Iterable

import structlog
from celery import current_app
from django.db import transaction

from badges.deliveries import put_off
from badges.models import Consumer, OutsideBadge, OutsideDelivery
from lib import clock
from lib.nudge import nudge

log = structlog.get_logger(__name__)

FOLLOWERS = {Consumer.STACKS: "badges.tasks.follow_outside", Consumer.RECOGNITION: "recognition.tasks.follow_outside"}


def announce(badge: OutsideBadge) -> None:
    """Say that something changed about an outside badge, in the transaction of the change."""
    OutsideDelivery.objects.bulk_create(OutsideDelivery(outside=badge, consumer=each) for each in FOLLOWERS)
    for task in FOLLOWERS.values():
        nudge(current_app.signature(task))


def announce_all(issuer_id: str, achievement_ids: Iterable[str]) -> None:
    """The same for every badge of some achievements: a tenant takes them for something else from now on."""
    found = OutsideBadge.objects.filter(issuer_id=issuer_id, achievement_id__in=list(achievement_ids))
    ids = list(found.exclude(state=OutsideBadge.State.REMOVED).values_list("id", flat=True))
    rows = [OutsideDelivery(outside_id=each, consumer=consumer) for each in ids for consumer in FOLLOWERS]
    OutsideDelivery.objects.bulk_create(rows, batch_size=1_000)
    for task in FOLLOWERS.values() if ids else ():
        nudge(current_app.signature(task))


def handle(consumer: Consumer, work: Callable[[OutsideBadge], None], *, limit: int = 200) -> int:
    """Do up to `limit` open deliveries, each in a transaction of its own; returns how many were done.

    Any number of workers may run this at once. One that raises is tried again later, ever more slowly.
    """
    done = 0
    for _turn in range(limit):
        outcome = _handle_one(consumer, work)
        if outcome is None:
            break
        done += outcome
    return done


def _handle_one(consumer: Consumer, work: Callable[[OutsideBadge], None]) -> bool | None:
    with transaction.atomic():
        open_ones = OutsideDelivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            consumer=consumer, done_at=None, next_try_at__lte=clock.now()
        )
        delivery = open_ones.order_by("next_try_at").first()
        if delivery is None:
            return None
        try:
            with transaction.atomic():
                # Locked, so that what follows from a state is settled before there is another state.
                work(OutsideBadge.objects.select_for_update(no_key=True).defer("data").get(id=delivery.outside_id))
        except Exception as problem:  # whatever is wrong with one badge must not stop the rest
            put_off(delivery, problem)
            log.exception("outside_delivery_failed", consumer=consumer, outside=str(delivery.outside_id))
            return False
        delivery.done_at, delivery.error = clock.now(), ""
        delivery.save(update_fields=["done_at", "error"])
        return True
