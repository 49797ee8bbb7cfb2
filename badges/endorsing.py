"""What recognizers do with endorsements: give one, withdraw it. Badges that are signed already follow in chunks."""

import hashlib

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
from tenants.roles import Member, require

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
    key, at, id = active_key(issuer), clock.now(), uuid7()
    single = isinstance(thing, Badge)
    try:
        signed = proof.sign(
            documents.compose_endorsement(
                absolute(reverse("endorsement", args=[id])),
                issuer=profile_of(issuer),
                subject_id=absolute(reverse("badge", args=[thing.id])) if single else achievement_address(thing),
                name=_("Endorsement of “%(title)s”") % {"title": thing.title},
                comment=comment,
                valid_from=at,
            ),
            unlock(key),
            verification_method=verification_method(key),
            created=at,
        )
        proof.verify(signed, public_half(key))
    except BadgeError as problem:
        raise Invalid(problem.message, field="comment") from problem
    document = documents.serialize(signed)
    return Endorsement(
        id=id,
        tenant=by.tenant,
        issuer=issuer,
        **about(thing),
        comment=comment,
        by=by.user,
        at=at,
        key=key,
        document=document,
        document_sha256=hashlib.sha256(document).hexdigest(),
        spread_at=at if single else None,
    )


def _nudge() -> None:
    from badges.tasks import spread_endorsements  # the tasks need this module

    nudge(spread_endorsements)
