"""Writing award rows: one for a decision, which a worker mints (badges/minting.py), or thousands for a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from badges import terms
from badges.actions.writing import Signer, record_signed, write
from badges.deliveries import announce_all
from badges.models import Badge, BadgeEvent
from credentials.models import Edition, Stack
from lib import clock
from lib.bulk import among
from tenants.audit import record_all
from tenants.models import User
from tenants.roles import Member


@dataclass(frozen=True, kw_only=True)
class Earned:
    """Who is to get a badge. `results` are `{"line": key, "level": position}` of each rubric line."""

    earner: User
    submission_id: UUID | None = None
    results: list[dict[str, str]] = field(default_factory=list)
    awarded_at: datetime | None = None  # now, if not given
    expires_at: datetime | None = None  # of a stack; an edition says itself how long its badges are valid


def award_many(
    *,
    by: Member,
    earned: Sequence[Earned],
    edition: Edition | None = None,
    stack: Stack | None = None,
    sign: Signer | None = None,
) -> list[Badge]:
    """Write award rows and their events in the caller's transaction; returns the badge of each, in order.

    Exactly one of `edition` and `stack`. Who holds the badge already gets the one that is there; `earned` names nobody
    twice. With `sign` the rows are written signed, which saves writing them twice: for workers, since nobody who waits
    for a page should wait for a key. Takes about a dozen queries for any number, and those of `sign`.
    """
    with transaction.atomic():
        earners = [each.earner.id for each in earned]
        ids = among([str(earner) for earner in earners], "uuid")
        # One award at a time for a person, so that two finished parts of a stack cannot both complete it.
        list(User.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id"))
        held = Badge.objects.filter(earner__in=ids, edition=edition, stack=stack, superseded_at=None)
        badges = {badge.earner_id: badge for badge in held.exclude(state=Badge.State.REVOKED)}
        made = [_award(by, each, edition, stack) for each in earned if each.earner.id not in badges]
        write(made, sign=sign)
        record_all(by, "badge.awarded", [(badge, {"title": badge.title}) for badge in made])
        signed = [badge for badge in made if badge.document is not None]
        announce_all(signed, BadgeEvent.Kind.ISSUED)
        record_signed(signed)
        announce_all([badge for badge in made if badge.document is None], BadgeEvent.Kind.AWARDED)
    badges |= {badge.earner_id: badge for badge in made}
    return [badges[earner] for earner in earners]


def _award(by: Member, each: Earned, edition: Edition | None, stack: Stack | None) -> Badge:
    awarded_at = each.awarded_at or clock.now()
    return Badge(
        tenant=by.tenant,
        earner=each.earner,
        edition=edition,
        stack=stack,
        submission_id=each.submission_id,
        recipient_name=each.earner.get_full_name(),
        results=each.results,
        awarded_at=awarded_at,
        expires_at=terms.end_of(edition, awarded_at, by.tenant) if edition else each.expires_at,
    )
