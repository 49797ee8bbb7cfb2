"""Writing award rows: one for a decision, or thousands for an import. Minting is the worker's (badges/minting.py)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
from django.db import transaction

from badges.deliveries import announce_all
from badges.issuers import issuer_of
from badges.models import Badge, BadgeEvent, Issuer, StatusList
from badges.openbadges.content import hash_identity, normal_email
from credentials.models import Edition, Stack
from lib import clock
from lib.bulk import among, insert_many
from tenants.audit import record_all
from tenants.models import User
from tenants.roles import Member

FEWEST_TRIES = 4  # random places on a status list that are looked at together
FULL = 0.75  # when more of them than this are taken, the next list is begun
TURNS = 5  # at finding places that nobody else takes in the meantime


@dataclass(frozen=True, kw_only=True)
class Earned:
    """Who is to get a badge. `results` are `{"line": key, "level": position}` of each rubric line."""

    earner: User
    submission_id: UUID | None = None
    results: list[dict[str, str]] = field(default_factory=list)
    awarded_at: datetime | None = None  # now, if not given


def award_many(
    *, by: Member, earned: Sequence[Earned], edition: Edition | None = None, stack: Stack | None = None
) -> list[Badge]:
    """Write award rows and their events in the caller's transaction; returns the badge of each, in order.

    Exactly one of `edition` and `stack`. Who holds the badge already gets the one that is there; `earned` names nobody
    twice. Takes about a dozen queries for any number.
    """
    with transaction.atomic():
        earners = [each.earner.id for each in earned]
        ids = among([str(earner) for earner in earners], "uuid")
        # One award at a time for a person, so that two finished parts of a stack cannot both complete it.
        list(User.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id"))
        held = Badge.objects.filter(earner__in=ids, edition=edition, stack=stack).order_by("awarded_at", "id")
        badges = {badge.earner_id: badge for badge in held.exclude(state=Badge.State.REVOKED)}
        issuer = issuer_of(by.tenant)
        made = [_award(by, issuer, each, edition, stack) for each in earned if each.earner.id not in badges]
        if made:
            _place_and_write(issuer, made)
        announce_all(made, BadgeEvent.Kind.AWARDED)
        record_all(by, "badge.awarded", [(badge, {"title": badge.title}) for badge in made])
    badges |= {badge.earner_id: badge for badge in made}
    return [badges[earner] for earner in earners]


def _award(by: Member, issuer: Issuer, each: Earned, edition: Edition | None, stack: Stack | None) -> Badge:
    salt = secrets.token_hex(8)
    return Badge(
        tenant=by.tenant,
        issuer=issuer,
        earner=each.earner,
        edition=edition,
        stack=stack,
        submission_id=each.submission_id,
        recipient_name=each.earner.get_full_name(),
        recipient_salt=salt,
        recipient_hash=hash_identity(normal_email(each.earner.email), salt),
        results=each.results,
        awarded_at=each.awarded_at or clock.now(),
    )


def _place_and_write(issuer: Issuer, badges: Sequence[Badge]) -> None:
    """Write new badges, each with a free place on a status list.

    Someone else may take a place in the meantime: whoever lost theirs gets another. Rows are written in the order of
    their places, so that two who write at once wait for each other one way only.
    """
    left = list(badges)
    for turn in range(TURNS):
        for badge, (listed, index) in zip(left, _free_places(issuer, len(left)), strict=True):
            badge.status_list, badge.status_index = listed, index
        left.sort(key=lambda badge: (badge.status_list.number, badge.status_index))
        written = _write(left, ignore_conflicts=turn + 1 < TURNS)  # the last time, whatever else is wrong is said
        left = [badge for badge in left if badge.id not in written]
        if not left:
            return


def _write(badges: Sequence[Badge], *, ignore_conflicts: bool) -> set[UUID]:
    """Insert new badges; returns the ids of those that are written. They are for the same thing."""
    first = badges[0]
    like = Badge(tenant=first.tenant, issuer=first.issuer, edition=first.edition, stack=first.stack)
    columns = {
        "id": [str(badge.id) for badge in badges],
        "earner": [str(badge.earner_id) for badge in badges],
        "submission_id": [badge.submission_id and str(badge.submission_id) for badge in badges],
        "recipient_name": [badge.recipient_name for badge in badges],
        "recipient_salt": [badge.recipient_salt for badge in badges],
        "recipient_hash": [badge.recipient_hash for badge in badges],
        "results": [orjson.dumps(badge.results).decode() for badge in badges],
        "awarded_at": [badge.awarded_at for badge in badges],
        "expires_at": [badge.expires_at for badge in badges],
        "status_list": [str(badge.status_list_id) for badge in badges],
        "status_index": [badge.status_index for badge in badges],
    }
    return {badge_id for (badge_id,) in insert_many(like, columns, ignore_conflicts=ignore_conflicts)}


def _free_places(issuer: Issuer, count: int) -> list[tuple[StatusList, int]]:
    """Free places at random, so that they tell nothing (Bitstring Status List 1.0, section 3.3).

    They are on the newest list, and on a new one from when most of what is tried on it is taken.
    """
    newest = issuer.status_lists.order_by("-number").first()
    number = newest.number if newest else 1
    free: dict[tuple[StatusList, int], None] = {}
    while len(free) < count:
        listed, _made = StatusList.objects.get_or_create(issuer=issuer, number=number)
        tries = [secrets.randbelow(listed.size) for _try in range(max(count - len(free), FEWEST_TRIES))]
        taken = Badge.objects.filter(status_list=listed, status_index__in=among(tries, "integer"))
        taken = set(taken.values_list("status_index", flat=True))
        free |= {(listed, index): None for index in tries if index not in taken}
        if sum(index in taken for index in tries) > FULL * len(tries):
            number += 1
    return list(free)[:count]
