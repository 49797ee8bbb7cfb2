"""The row of a badge: of a first one, and of one that takes the place of another. In the caller's transaction."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext as _

from badges import places, terms
from badges.actions.standing import take_back
from badges.deliveries import announce
from badges.issuers import issuer_of
from badges.models import Badge, BadgeEvent, SharedEvidence
from badges.openbadges.content import hash_identity, normal_email
from lib import clock
from lib.bulk import insert_many
from lib.errors import RuleBroken
from lib.ids import uuid7
from tenants.audit import record, record_all
from tenants.models import Tenant, User
from tenants.roles import Member, system
from tenants.scope import inside

Succession = Badge.Succession
Signer = Callable[[Sequence[Badge]], None]
TURNS = 5  # at finding places that nobody else takes in the meantime


def hold_still(earner: User) -> None:
    """One award at a time for a person, so that two finished parts of a stack cannot both complete it."""
    User.objects.select_for_update(no_key=True).get(id=earner.id)


def write(badges: Sequence[Badge], *, sign: Signer | None = None) -> None:
    """Insert new badges for the same thing, each with a free place on a status list and a fresh hash of the address.

    `sign` gets badges that are complete but for their documents, and signs all of them or none. Someone else may take
    a place in the meantime: whoever lost theirs gets another. Rows are written in the order of their places, so that
    two who write at once wait for each other one way only.
    """
    if not badges:
        return
    issuer = issuer_of(badges[0].tenant)
    for badge in badges:
        badge.issuer, badge.recipient_salt = issuer, secrets.token_hex(8)
        badge.recipient_hash = hash_identity(normal_email(badge.earner.email), badge.recipient_salt)
    left = list(badges)
    for turn in range(TURNS):
        for badge, (listed, index) in zip(left, places.take(issuer, len(left)), strict=True):
            badge.status_list, badge.status_index = listed, index
        left.sort(key=lambda badge: (badge.status_list.number, badge.status_index))
        if sign is not None:
            sign(left)
        written = _insert(left, ignore_conflicts=turn + 1 < TURNS)  # the last time, whatever else is wrong is said
        left = [badge for badge in left if badge.id not in written]
        if not left:
            return


def _insert(badges: Sequence[Badge], *, ignore_conflicts: bool) -> set[UUID]:
    """Insert new badges, all of them signed or none; returns the ids of those that are written."""
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
    if badges[0].document is not None:
        columns["document"] = [badge.document.decode() for badge in badges]
        columns["document_sha256"] = [badge.document_sha256 for badge in badges]
    return {badge_id for (badge_id,) in insert_many(badges[0], columns, ignore_conflicts=ignore_conflicts)}


def record_signed(badges: Sequence[Badge]) -> None:
    """Note in the audit which documents were signed."""
    by_tenant: dict[Tenant, list[Badge]] = defaultdict(list)
    for badge in badges:
        by_tenant[badge.tenant].append(badge)
    for tenant, theirs in by_tenant.items():
        with inside(tenant):
            record_all(system(tenant), "badge.issued", [(each, {"sha256": each.document_sha256}) for each in theirs])


def _show_the_same(old: Badge, new: Badge) -> None:
    """The evidence beside the old badge is shown beside the new one: both are for the same work."""
    shown = list(SharedEvidence.objects.filter(badge=old, gone_at=None))
    for piece in shown:
        piece.pk, piece.badge = uuid7(), new
    SharedEvidence.objects.bulk_create(shown)


def succeed(*, by: Member, old: Badge, succession: Succession, note: str = "", **changes: Any) -> Badge:
    """Write the badge that takes the place of `old`, whose row the caller has locked, in the caller's transaction.

    It carries on what the earner chose for the old one. `changes` are fields that differ.
    """
    if not old.can_be_succeeded:
        message = _("Only a badge in good standing that no other has replaced can be followed by a new one.")
        raise RuleBroken(message, code="wrong-state", state=old.state)
    now = clock.now()
    edition = changes.pop("edition", old.edition)
    facts: dict[str, Any] = {
        "tenant": old.tenant,
        "earner": old.earner,
        "edition": edition,
        "stack": old.stack,
        "submission_id": old.submission_id,
        "results": old.results,
        "visibility": old.visibility,
        "show_name": old.show_name,
        "recipient_name": old.earner.get_full_name(),
        "awarded_at": now,
    }
    if edition is not None and succession == Succession.RENEWAL:
        facts["expires_at"] = terms.renewed_end(old, edition, now)
    old.superseded_at = now
    old.save(update_fields=["superseded_at"])
    if succession == Succession.CORRECTION:
        take_back(old, Badge.Reason.REPLACED, note)
    new = Badge(**(facts | changes), replaces=old, succession=succession)
    write([new])
    if new.submission_id == old.submission_id:
        _show_the_same(old, new)
    announce(new, BadgeEvent.Kind.AWARDED)
    verb = "badge.renewed" if succession == Succession.RENEWAL else "badge.corrected"
    record(by, verb, new, title=new.title, replaces=str(old.id), note=note)
    return new
