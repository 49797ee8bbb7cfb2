"""The outbox of badge events. A consumer's work and the mark that it is done are one transaction."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import transaction

from badges.models import Badge, BadgeEvent, Consumer, Delivery
from lib import clock

log = structlog.get_logger(__name__)

Work = Callable[[BadgeEvent], None]


def announce(badge: Badge, kind: BadgeEvent.Kind) -> BadgeEvent:
    """Write that something happened to a badge, with one open delivery for everyone who has to act on it."""
    from badges.tasks import nudge_followers  # the tasks need this module

    event = BadgeEvent.objects.create(badge=badge, kind=kind)
    followers = BadgeEvent.FOLLOWERS[kind]
    Delivery.objects.bulk_create(Delivery(event=event, consumer=consumer) for consumer in followers)
    nudge_followers(followers)
    return event


def handle(consumer: Consumer, work: Work, *, limit: int = 200) -> int:
    """Do up to `limit` open deliveries of `consumer`, each in a transaction of its own; returns how many were done.

    Any number of workers may run this at once: SKIP LOCKED keeps them apart. A delivery whose work raises is tried
    again later, ever more slowly, and never holds up the others.
    """
    done = 0
    for _turn in range(limit):
        outcome = _handle_one(consumer, work)
        if outcome is None:
            break
        done += outcome
    return done


def _handle_one(consumer: Consumer, work: Work) -> bool | None:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(consumer=consumer, done_at=None, next_try_at__lte=clock.now())
            .select_related("event__badge__tenant")
            .order_by("next_try_at")
            .first()
        )
        if delivery is None:
            return None
        try:
            with transaction.atomic():
                work(delivery.event)
        except Exception as problem:  # whatever is wrong with one badge must not stop the rest
            delivery.tries += 1
            delivery.next_try_at = clock.now() + timedelta(seconds=min(5 * 2**delivery.tries, 3600))
            delivery.error = f"{type(problem).__name__}: {problem}"[:2000]
            delivery.save(update_fields=["tries", "next_try_at", "error"])
            log.exception("delivery_failed", consumer=consumer, badge=str(delivery.event.badge_id))
            return False
        delivery.done_at, delivery.error = clock.now(), ""
        delivery.save(update_fields=["done_at", "error"])
        return True
