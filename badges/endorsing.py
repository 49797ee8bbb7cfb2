"""What recognizers do with endorsements: give one, withdraw it. Badges that are signed already follow in chunks.

After a key was withdrawn, workers sign the endorsements that it signed anew; then badges follow in the same way.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from badges.achievements import achievement_address
from badges.actions import sign_anew
from badges.endorsements import about
from badges.issuers import active_key, issuer_of, profile_of, public_half, unlock, verification_method
from badges.models import Badge, Endorsement, Issuer
from badges.openbadges import documents, proof
from badges.openbadges.errors import BadgeError
from credentials.models import Edition, Stack
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.ids import uuid7
from lib.nudge import nudge
from lib.transitions import move
from tenants.audit import record
from tenants.mail import absolute
from tenants.roles import Member, require, system
from tenants.scope import inside

log = structlog.get_logger(__name__)

LONGEST = 1000
CHUNK = 100  # badges that are signed anew in one transaction


def endorse(*, by: Member, thing: Edition | Stack | Badge, comment: str) -> Endorsement:
    """Vouch for a published edition or stack, or for one badge in good standing, in the name of the tenant.

    Signed with the tenant's own key at once. Raises RuleBroken for one's own, for what is not on offer, and for what
    this tenant has endorsed already.
    """
    comment = comment.strip()
    if not comment or len(comment) > LONGEST:
        raise Invalid(_("Say in a few sentences what you vouch for."), field="comment")
    with transaction.atomic():
        issuer = Issuer.objects.select_for_update(no_key=True).get(id=issuer_of(by.tenant).id)
        if isinstance(thing, Badge):
            thing = Badge.objects.select_for_update().get(id=thing.id)
        require(by, "badge.endorse", thing if isinstance(thing, Badge) else None)
        check_endorsable(by, thing)
        made = _signed(by, issuer, thing, comment)
        made.save(force_insert=True)
        if isinstance(thing, Badge):
            sign_anew(thing)
        record(by, "endorsement.given", made, title=thing.title, sha256=made.document_sha256)
    _nudge()
    return made


def withdraw(*, by: Member, endorsement: Endorsement) -> Endorsement:
    """Stop vouching: badges no longer carry it, and its own address says so."""
    require(by, "badge.endorse")
    with transaction.atomic():
        badge = Badge.objects.select_for_update().filter(id=endorsement.badge_id).first()
        found = Endorsement.objects.select_for_update().get(id=endorsement.id, tenant=by.tenant)
        move(found, Endorsement.State.WITHDRAWN)
        found.withdrawn_at = clock.now()
        if badge is not None:
            sign_anew(badge)
        else:
            found.spread_after = found.spread_at = None
        found.save(update_fields=["state", "withdrawn_at", "spread_after", "spread_at"])
        record(by, "endorsement.withdrawn", found, title=found.thing.title)
    _nudge()
    return found


def spread() -> bool:
    """Have the next chunk of badges signed anew for the oldest endorsement that is not spread yet. False: none is left.

    Badges are locked before they are looked at: one that is being signed right now may still have missed it.
    """
    with transaction.atomic():
        found = Endorsement.objects.select_for_update(skip_locked=True).filter(spread_at=None).order_by("at").first()
        if found is None:
            return False
        badges = Badge.objects.select_for_update().filter(**about(found.thing)).exclude(state=Badge.State.REVOKED)
        if found.spread_after is not None:
            badges = badges.filter(id__gt=found.spread_after)
        chunk = list(badges.defer("document").order_by("id")[:CHUNK])
        for badge in chunk:
            sign_anew(badge)
        if len(chunk) < CHUNK:
            found.spread_at = clock.now()
        else:
            found.spread_after = chunk[-1].id
        found.save(update_fields=["spread_at", "spread_after"])
        return True


def renew_signatures() -> int:
    """Sign the endorsements in force that a withdrawn key signed with the new key of their issuer; returns how many.

    Each is a transaction of its own, and none is asked for twice, since its key is what says that it is due. One that
    cannot be signed now does not hold up the others, and is tried again when this is called again.
    """
    due = Endorsement.objects.filter(state=Endorsement.State.GIVEN, key__compromised_at__isnull=False)
    done = 0
    for endorsement_id, badge_id in list(due.order_by("at", "id").values_list("id", "badge")):
        try:
            done += _renew_signature(endorsement_id, badge_id)
        except Exception as problem:  # a vault that is closed, say: it must not stop the rest
            log.error("endorsement_not_signed", endorsement=str(endorsement_id), exc_info=problem)
    return done


def _renew_signature(endorsement_id: UUID, badge_id: UUID | None) -> bool:
    """Sign one anew: same address, same words, same day. False: another worker did, or it was withdrawn meanwhile."""
    with transaction.atomic():
        badge = Badge.objects.select_for_update().filter(id=badge_id).first()  # first, as in `withdraw`
        rows = Endorsement.objects.select_for_update(of=("self",)).select_related("key", "issuer__tenant")
        found = rows.get(id=endorsement_id)
        if found.state != Endorsement.State.GIVEN or found.key.compromised_at is None:
            return False
        unsigned = json.loads(bytes(found.document))
        del unsigned["proof"]
        _sign(found, unsigned, found.issuer)
        if badge is None:
            found.spread_after = found.spread_at = None
        elif badge.state != Badge.State.REVOKED:
            sign_anew(badge)
        found.save(update_fields=["key", "document", "document_sha256", "spread_after", "spread_at"])
        by = system(found.issuer.tenant)
        with inside(by.tenant):
            record(by, "endorsement.signed_anew", found, title=found.thing.title, sha256=found.document_sha256)
    return True


def check_endorsable(by: Member, thing: Edition | Stack | Badge) -> None:
    """Raise RuleBroken, with the reason, for what the tenant of `by` cannot endorse."""
    if thing.tenant.id == by.tenant.id:
        raise RuleBroken(_("This is issued by your own organization. An endorsement has to come from another one."))
    if isinstance(thing, Badge):
        over = thing.expires_at is not None and thing.expires_at <= clock.now()
        if thing.state != Badge.State.ISSUED or over:
            raise RuleBroken(_("Only a badge in good standing can be endorsed."))
    elif thing.state != type(thing).State.PUBLISHED:
        raise RuleBroken(_("Only what is offered now can be endorsed. Look for its newest edition."))
    if Endorsement.objects.filter(tenant=by.tenant, state=Endorsement.State.GIVEN, **about(thing)).exists():
        raise RuleBroken(_("Your organization has endorsed this already. Withdraw that first to say something else."))


def _signed(by: Member, issuer: Issuer, thing: Edition | Stack | Badge, comment: str) -> Endorsement:
    """The row with its document, checked before it can leave."""
    at, id = clock.now(), uuid7()
    single = isinstance(thing, Badge)
    made = Endorsement(
        id=id,
        tenant=by.tenant,
        issuer=issuer,
        **about(thing),
        comment=comment,
        by=by.user,
        at=at,
        spread_at=at if single else None,
    )
    try:
        unsigned = documents.compose_endorsement(
            absolute(reverse("endorsement", args=[id])),
            issuer=profile_of(issuer),
            subject_id=absolute(reverse("badge", args=[thing.id])) if single else achievement_address(thing),
            name=_("Endorsement of “%(title)s”") % {"title": thing.title},
            comment=comment,
            valid_from=at,
        )
        _sign(made, unsigned, issuer)
    except BadgeError as problem:
        raise Invalid(problem.message, field="comment") from problem
    return made


def _sign(endorsement: Endorsement, unsigned: dict[str, Any], issuer: Issuer) -> None:
    """Put the signed document into the row, with the key that signs today, after checking it. Raises BadgeError."""
    key = active_key(issuer)
    signed = proof.sign(unsigned, unlock(key), verification_method=verification_method(key), created=clock.now())
    proof.verify(signed, public_half(key))
    document = documents.serialize(signed)
    endorsement.key, endorsement.document = key, document
    endorsement.document_sha256 = hashlib.sha256(document).hexdigest()


def _nudge() -> None:
    from badges.tasks import spread_endorsements  # the tasks need this module

    nudge(spread_endorsements)
