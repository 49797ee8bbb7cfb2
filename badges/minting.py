"""From an award row to a signed badge. All it says was fixed when it was awarded, so minting again is harmless."""

import hashlib

from django.urls import reverse

from badges.achievements import achievement_of, credits_of, level_address, line_address
from badges.deliveries import announce
from badges.endorsements import carried
from badges.issuers import active_key, profile_of, public_half, unlock, verification_method
from badges.models import Badge, BadgeEvent
from badges.openbadges import documents, proof
from badges.openbadges.content import Award, Recipient, Result, StatusEntry
from badges.pictures import artwork_of
from badges.showing import evidence_in
from lib import clock
from lib.transitions import move
from tenants.audit import record
from tenants.mail import absolute
from tenants.roles import system
from tenants.scope import inside


def mint(event: BadgeEvent) -> None:
    """Compose, sign, check and store the badge of an AWARDED event, and announce it as issued.

    A CHANGED event signs it anew; the date in the proof is that of the event.
    """
    badge = (
        Badge.objects.select_for_update(of=("self",))
        .select_related("edition", "stack", "issuer__tenant")
        .get(id=event.badge_id)
    )
    anew = event.kind == BadgeEvent.Kind.CHANGED
    if anew == (badge.state == Badge.State.AWARDED):
        return
    key = active_key(badge.issuer)
    signed = proof.sign(
        documents.compose(award_of(badge)),
        unlock(key),
        verification_method=verification_method(key),
        created=event.at if anew else badge.awarded_at,
    )
    proof.verify(signed, public_half(key))  # a badge that does not verify must never leave
    artwork_of(badge.edition or badge.stack)  # drawn here, so that no visitor has to wait for it
    badge.document = documents.serialize(signed)
    badge.document_sha256 = hashlib.sha256(badge.document).hexdigest()
    badge.key, badge.minted_at = key, clock.now()
    if not anew:
        move(badge, Badge.State.ISSUED)
        announce(badge, BadgeEvent.Kind.ISSUED)
    badge.save(update_fields=["document", "document_sha256", "key", "minted_at", "state"])
    with inside(badge.tenant):
        record(system(badge.tenant), "badge.issued", badge, sha256=badge.document_sha256)


def award_of(badge: Badge) -> Award:
    """What the document of a badge says (Open Badges 3.0, AchievementCredential)."""
    results = ()
    if badge.edition is not None:
        results = tuple(
            Result(
                line=line_address(badge.edition, each["line"]),
                level=level_address(badge.edition, each["line"], each["level"]),
            )
            for each in badge.results
        )
    return Award(
        id=absolute(reverse("badge", args=[badge.id])),
        issuer=profile_of(badge.issuer),
        achievement=achievement_of(badge.edition or badge.stack),
        recipient=Recipient(identity_hash=badge.recipient_hash, salt=badge.recipient_salt),
        valid_from=badge.awarded_at,
        valid_until=badge.expires_at,
        results=results,
        credits_earned=credits_of(badge.edition) if badge.edition else None,
        evidence=evidence_in(badge),
        status=StatusEntry(
            list_url=absolute(reverse("status_list", args=[badge.issuer_id, badge.status_list.number])),
            index=badge.status_index,
        ),
        endorsements=carried(badge) if badge.revision > 1 else (),  # nobody can endorse what is not signed yet
    )
