"""The row of a badge: of a first one, and of one that takes the place of another. In the caller's transaction."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badges import places, terms
from badges.actions.standing import take_back
from badges.deliveries import announce
from badges.issuers import issuer_of
from badges.models import Badge, BadgeEvent, Issuer
from badges.openbadges.content import hash_identity, normal_email
from lib import clock
from lib.errors import RuleBroken
from tenants.audit import record
from tenants.models import User
from tenants.roles import Member

Succession = Badge.Succession
TRIES_AT_A_PLACE = 5  # how often another transaction may take the very place that was drawn


def hold_still(earner: User) -> None:
    """One award at a time for a person, so that two finished parts of a stack cannot both complete it."""
    User.objects.select_for_update(no_key=True).get(id=earner.id)


def write(**facts: Any) -> Badge:
    """The row of a badge, with a place on a status list and a fresh hash of the earner's address of today."""
    issuer = issuer_of(facts["tenant"])
    salt = secrets.token_hex(8)
    identity = hash_identity(normal_email(facts["earner"].email), salt)
    facts |= {"issuer": issuer, "recipient_salt": salt, "recipient_hash": identity}
    for _try in range(TRIES_AT_A_PLACE):
        try:
            return _at_a_place(issuer, facts)
        except IntegrityError as refusal:
            if "one_badge_a_status_index" not in str(refusal):
                raise
    return _at_a_place(issuer, facts)


def _at_a_place(issuer: Issuer, facts: dict[str, Any]) -> Badge:
    [(listed, index)] = places.take(issuer)
    with transaction.atomic():
        return Badge.objects.create(**facts, status_list=listed, status_index=index)


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
    new = write(**(facts | changes), replaces=old, succession=succession)
    announce(new, BadgeEvent.Kind.AWARDED)
    verb = "badge.renewed" if succession == Succession.RENEWAL else "badge.corrected"
    record(by, verb, new, title=new.title, replaces=str(old.id), note=note)
    return new
