"""After a key was withdrawn: every badge that it signed is signed anew, chunk by chunk.

A chunk is one transaction that counts the revision of its badges up and writes their CHANGED events, for the minting
workers. How far it is stands on the key, so that a killed worker goes on where the last chunk ended.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F

from badges.models import Badge, BadgeEvent, Consumer, Delivery, SigningKey
from lib import clock
from tenants.models import Tenant

AT_ONCE = 500  # badges in a transaction
LATE = timedelta(hours=1)  # longer than any minting takes


def ask_a_chunk() -> int:
    """Ask that the next chunk of badges be signed anew; returns how many these are, 0 when there is nothing to do."""
    with transaction.atomic():
        withdrawn = SigningKey.objects.filter(compromised_at__isnull=False, asked_all_at=None)
        key = withdrawn.select_for_update(skip_locked=True).order_by("compromised_at").first()
        if key is None:
            return 0
        ids = _next(key)
        if ids:
            _ask(ids)
            key.asked_up_to = ids[-1]
        elif key.compromised_at < clock.now() - LATE:
            _ask(_stragglers(key))
            key.asked_all_at = clock.now()
        key.save(update_fields=["asked_up_to", "asked_all_at"])
        return len(ids)


def _next(key: SigningKey) -> list[UUID]:
    rows = Badge.objects.filter(key=key).exclude(state=Badge.State.AWARDED)
    if key.asked_up_to is not None:
        rows = rows.filter(id__gt=key.asked_up_to)
    return list(rows.order_by("id").values_list("id", flat=True)[:AT_ONCE])


def _stragglers(key: SigningKey) -> list[UUID]:
    """Badges that a worker was just minting with the key when it was withdrawn."""
    asked = Delivery.objects.filter(consumer=Consumer.MINT, done_at=None).values("event__badge")
    rows = Badge.objects.filter(key=key).exclude(state=Badge.State.AWARDED).exclude(id__in=asked)
    return list(rows.values_list("id", flat=True))


def _ask(ids: list[UUID]) -> None:
    Badge.objects.filter(id__in=ids).update(revision=F("revision") + 1)
    events = BadgeEvent.objects.bulk_create(BadgeEvent(badge_id=each, kind=BadgeEvent.Kind.CHANGED) for each in ids)
    Delivery.objects.bulk_create(Delivery(event=event, consumer=Consumer.MINT) for event in events)


@dataclass(frozen=True)
class Progress:
    """How many badges of a withdrawn key there were, and how many are signed anew."""

    total: int
    done: int

    @property
    def percent(self) -> int:
        """Whole percents, 100 only when all is done."""
        return 100 * self.done // self.total if self.total else 100


def progress_of(tenant: Tenant) -> dict[UUID, Progress]:
    """By the id of each withdrawn key of a tenant: how far its badges are."""
    withdrawn = SigningKey.objects.filter(issuer__tenant=tenant, compromised_at__isnull=False)
    left = Badge.objects.filter(key__in=withdrawn).order_by().values_list("key").annotate(Count("id"))
    waiting = dict(left)
    found = {}
    for key, total in withdrawn.values_list("id", "to_sign_anew"):
        open_ = waiting.get(key, 0)
        found[key] = Progress(total=max(total, open_), done=max(0, total - open_))
    return found
