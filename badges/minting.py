"""From award rows to signed badges. All they say was fixed when they were awarded, so minting again is harmless."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.urls import reverse

from badges.achievements import achievement_of, credits_of, level_address, line_address
from badges.actions.writing import record_signed
from badges.deliveries import announce_all
from badges.endorsements import carried_by
from badges.issuers import active_key, profile_of, public_half, unlock, verification_method
from badges.models import Badge, BadgeEvent, Issuer
from badges.openbadges.content import Award, Evidence, Recipient, Result, StatusEntry
from badges.openbadges.signing import Press
from badges.pictures import artwork_of
from badges.showing import evidence_in
from badges.status import address_of
from credentials.models import Edition
from lib import clock
from lib.bulk import among
from lib.transitions import move
from tenants.mail import absolute

log = structlog.get_logger(__name__)

NOBODY = UUID(int=0)


def mint(event: BadgeEvent) -> None:
    """`mint_all` for one event."""
    mint_all([event])


def mint_all(events: Sequence[BadgeEvent]) -> None:
    """Compose, sign and store the badges of AWARDED events, and announce them as issued: all of them, or none.

    A CHANGED event signs its badge anew; the date in the proof is that of the event. Costs about 20 queries for any
    number of badges of one issuer, and a few for every other thing that they are for.
    """
    by_badge = {event.badge_id: event for event in events}
    ids = among([str(badge_id) for badge_id in by_badge], "uuid")
    locked = Badge.objects.select_for_update().filter(id__in=ids).order_by("id")
    if len(by_badge) < len(events):  # a badge that changes twice is signed once, as it is now
        by_badge = {event.badge_id: event for event in sorted(events, key=lambda event: event.at)}
    due = [badge for badge in locked if _is_due(badge, by_badge[badge.id])]
    if not due:
        return
    new = [badge for badge in due if badge.state == Badge.State.AWARDED]
    sign(due, dates={badge.id: by_badge[badge.id].at for badge in due if badge.state != Badge.State.AWARDED})
    _store(due)
    announce_all(new, BadgeEvent.Kind.ISSUED)
    record_signed(due)


def sign(badges: Sequence[Badge], *, dates: Mapping[UUID, datetime]) -> None:
    """Compose and sign the documents of badges, in memory: of all of them, or of none. Awards become issued badges.

    The date in a proof is that of `dates`, by the id of the badge, or else the one of the award.
    """
    keys: dict[UUID, _Key] = {}
    signed = []
    for badge, award in awards_of(badges):
        key = keys.get(badge.issuer_id) or keys.setdefault(badge.issuer_id, _Key(badge.issuer))
        signed.append((badge, key.row, key.press.sign(award, dates.get(badge.id, badge.awarded_at))))
    for thing in {badge.edition or badge.stack for badge in badges}:
        artwork_of(thing)  # drawn here, so that no visitor has to wait for it
    now = clock.now()
    for badge, key, document in signed:
        badge.document, badge.document_sha256 = document, hashlib.sha256(document).hexdigest()
        badge.key, badge.minted_at = key, now
        if badge.state == Badge.State.AWARDED:
            move(badge, Badge.State.ISSUED)


def sign_if_possible(badges: Sequence[Badge]) -> None:
    """`sign` for badges that are about to be written. If one cannot be signed, or the key is out of reach, all are left
    as awards: `mint_all` takes those up one by one, and again and again.
    """
    try:
        with transaction.atomic():
            sign(badges, dates={})
    except Exception as problem:
        if badges[0].document is not None:  # it names a place that someone else took in the meantime
            raise
        log.error("signing_left_to_minting", badges=len(badges), exc_info=problem)


def _is_due(badge: Badge, event: BadgeEvent) -> bool:
    return (event.kind == BadgeEvent.Kind.CHANGED) != (badge.state == Badge.State.AWARDED)


class _Key:
    """The key of an issuer, unlocked for as long as a batch takes."""

    def __init__(self, issuer: Issuer) -> None:
        self.row = active_key(issuer)
        private = unlock(self.row)
        if private.public_key() != public_half(self.row):
            raise ValueError(f"The halves of key {self.row} do not belong together.")
        self.press = Press(private, verification_method(self.row))


def _store(badges: Sequence[Badge]) -> None:
    columns = [
        [str(badge.id) for badge in badges],
        [badge.document.decode() for badge in badges],  # as text it is half as long on the way as in hex
        [badge.document_sha256 for badge in badges],
        [str(badge.key_id) for badge in badges],
        [badge.minted_at for badge in badges],
        [badge.state for badge in badges],
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns)


STORE = """
    UPDATE badges_badge SET document = convert_to(new.document, 'UTF8'), document_sha256 = new.sha256,
        key_id = new.key_id, minted_at = new.minted_at, state = new.state
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::timestamptz[], %s::text[])
        AS new (id, document, sha256, key_id, minted_at, state)
    WHERE badges_badge.id = new.id
"""


class Shared:
    """What many badges have in common, looked up once each."""

    def __init__(self) -> None:
        self.address = absolute(reverse("badge", args=[NOBODY]))  # the router takes longer than all else about a badge
        self._kept: dict[Any, Any] = {}

    def __call__(self, make: Callable[..., Any], *about: Any) -> Any:
        """What `make` gives for these rows or values. The same arguments give the same object."""
        key = (make, *about)
        if key not in self._kept:
            self._kept[key] = make(*about)
        return self._kept[key]


def awards_of(badges: Sequence[Badge]) -> list[tuple[Badge, Award]]:
    """What the documents of badges say. Takes as many queries for a thousand badges as for one of each thing."""
    _attach(badges)
    shared = Shared()
    endorsed = carried_by([badge for badge in badges if badge.revision > 1])  # none can be before it is signed
    evidence = evidence_in(badges)
    return [
        (badge, _award_of(badge, shared, evidence.get(badge.id, ()), endorsed.get(badge.id, ()))) for badge in badges
    ]


def award_of(badge: Badge) -> Award:
    """What the document of a badge says (Open Badges 3.0, AchievementCredential)."""
    [(_badge, award)] = awards_of([badge])
    return award


def _award_of(
    badge: Badge, shared: Shared, evidence: tuple[Evidence, ...], endorsements: tuple[dict[str, Any], ...]
) -> Award:
    results = ()
    if badge.edition is not None:
        results = tuple([shared(_result, badge.edition, each["line"], each["level"]) for each in badge.results])
    return Award(
        id=shared.address.replace(str(NOBODY), str(badge.id)),
        issuer=shared(profile_of, badge.issuer),
        achievement=shared(achievement_of, badge.edition or badge.stack),
        recipient=Recipient(identity_hash=badge.recipient_hash, salt=badge.recipient_salt),
        valid_from=badge.awarded_at,
        valid_until=badge.expires_at,
        results=results,
        credits_earned=shared(credits_of, badge.edition) if badge.edition else None,
        evidence=evidence,
        status=StatusEntry(list_url=shared(address_of, badge.status_list), index=badge.status_index),
        endorsements=endorsements,
    )


def _result(edition: Edition, line: str, level: int) -> Result:
    return Result(line=line_address(edition, line), level=level_address(edition, line, level))


def _attach(badges: Sequence[Badge]) -> None:
    """Give badges the rows that they point to, one object for each row."""
    prefetch_related_objects(
        badges,
        "edition__micro_credential__tenant",
        "stack__tenant",
        "issuer__tenant",
        "tenant",
        "status_list",
    )
