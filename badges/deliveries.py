"""The outbox of badge events. A consumer's work and the mark that it is done are one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction

from badges.models import Badge, BadgeEvent, Consumer, Delivery, OutsideDelivery
from lib import clock
from lib.bulk import among, insert_many
from lib.ids import uuid7

log = structlog.get_logger(__name__)

Work = Callable[[BadgeEvent], None]
WorkTogether = Callable[[list[BadgeEvent]], None]


def announce(badge: Badge, kind: BadgeEvent.Kind) -> None:
    """Write that something happened to a badge, with one open delivery for everyone who has to act on it."""
    announce_all([badge], kind)


def announce_all(badges: Sequence[Badge], kind: BadgeEvent.Kind) -> None:
    """`announce` for many badges at once."""
    from badges.tasks import nudge_followers  # the tasks need this module

    if not badges:
        return
    followers = BadgeEvent.FOLLOWERS[kind]
    events = [str(uuid7()) for _badge in badges]
    insert_many(BadgeEvent(kind=kind), {"id": events, "badge": [str(badge.id) for badge in badges]})
    for consumer in followers:
        ids = [str(uuid7()) for _event in events]
        insert_many(Delivery(consumer=consumer), {"id": ids, "event": events})
    nudge_followers(followers)


def handle(consumer: Consumer, work: Work, *, limit: int = 200) -> int:
    """Do up to `limit` open deliveries of `consumer`, each in a transaction of its own; returns how many were done.

    Any number of workers may run this at once: SKIP LOCKED keeps them apart. A delivery whose work raises is tried
    again later, ever more slowly, and never holds up the others.
    """
    return handle_together(
        consumer, lambda events: work(events[0]), limit=limit, size=1, related="event__badge__tenant"
    )


def handle_together(
    consumer: Consumer, work: WorkTogether, *, limit: int = 10_000, size: int = 250, related: str = "event"
) -> int:
    """Do up to `limit` open deliveries as `handle` does, but up to `size` of them in one transaction.

    Work that raises is undone and tried again in halves, down to the one that cannot be done. `related` is what is
    read along with each delivery.
    """
    done = tried = 0
    while tried < limit:
        outcome = _handle_some(consumer, work, min(size, limit - tried), related)
        if outcome is None:
            break
        tried += outcome.tried
        done += outcome.done
    return done


@dataclass(frozen=True)
class _Outcome:
    tried: int
    done: int


def _handle_some(consumer: Consumer, work: WorkTogether, size: int, related: str) -> _Outcome | None:
    with transaction.atomic():
        deliveries = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(consumer=consumer, done_at=None, next_try_at__lte=clock.now())
            .select_related(related)
            .order_by("next_try_at")[:size]
        )
        if not deliveries:
            return None
        done = _do(consumer, work, deliveries)
        ids = among([str(delivery.id) for delivery in done], "uuid")
        Delivery.objects.filter(id__in=ids).update(done_at=clock.now(), error="")
        return _Outcome(len(deliveries), len(done))


def _do(consumer: Consumer, work: WorkTogether, deliveries: list[Delivery]) -> list[Delivery]:
    """Do the work for all that it can be done for, and put the others off; returns those that are done."""
    try:
        with transaction.atomic():
            work([delivery.event for delivery in deliveries])
        return deliveries
    except Exception as problem:  # whatever is wrong with one badge must not stop the rest
        if len(deliveries) == 1:
            put_off(deliveries[0], problem)
            log.error("delivery_failed", consumer=consumer, badge=str(deliveries[0].event.badge_id), exc_info=problem)
            return []
    half = len(deliveries) // 2
    return [*_do(consumer, work, deliveries[:half]), *_do(consumer, work, deliveries[half:])]


def put_off(delivery: Delivery | OutsideDelivery, problem: Exception) -> None:
    """Note what went wrong, and try again later, ever more slowly, at least once an hour."""
    delivery.tries += 1
    delivery.next_try_at = clock.now() + timedelta(seconds=min(5 * 2**delivery.tries, 3600))
    delivery.error = f"{type(problem).__name__}: {problem}"[:2000]
    delivery.save(update_fields=["tries", "next_try_at", "error"])
