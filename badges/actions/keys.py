"""What admins do with signing keys: exchange one for a new one, or withdraw one that somebody else may know."""

from django.db import transaction
from django.utils.translation import gettext as _

from badges import mail
from badges.issuers import issuer_of, new_key
from badges.models import Badge, SigningKey
from badges.tasks import ask_to_sign_anew, spread_endorsements
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.nudge import nudge
from tenants.audit import record
from tenants.roles import Member, require

Algorithm = SigningKey.Algorithm


def rotate(*, by: Member, algorithm: str = Algorithm.EDDSA) -> SigningKey:
    """A new key signs from now on. The one before stays listed, so that what it signed verifies as before."""
    require(by, "key.manage")
    if algorithm not in Algorithm.values:
        raise Invalid(_("Choose which key."), field="algorithm")
    issuer = issuer_of(by.tenant)
    with transaction.atomic():
        active = issuer.keys.select_for_update().filter(algorithm=algorithm, retired_at=None).first()
        if active is not None:
            _retire(active)
        key = new_key(issuer, algorithm)
        record(by, "key.rotated", key, retired=active.public_multibase if active else "")
    return key


def withdraw(*, by: Member, key: SigningKey) -> SigningKey:
    """Somebody else may sign with `key`: it is listed no more, and all of it is signed anew in the background.

    That is every badge, and every endorsement in force. Addresses, dates and places on status lists stay; copies that
    people have saved do not verify any more. Raises RuleBroken (409) when it was withdrawn before.
    """
    require(by, "key.manage")
    with transaction.atomic():
        key = (
            SigningKey.objects.select_for_update(of=("self",))
            .select_related("issuer__tenant")
            .get(id=key.id, issuer__tenant=by.tenant)
        )
        if key.compromised_at is not None:
            raise RuleBroken(_("This key was withdrawn before."), code="withdrawn")
        was_active = key.retired_at is None
        if was_active:
            _retire(key)
            new_key(key.issuer, key.algorithm)
        key.compromised_at = clock.now()
        key.to_sign_anew = Badge.objects.filter(key=key).count()
        key.save(update_fields=["compromised_at", "to_sign_anew"])
        record(by, "key.withdrawn", key, badges=key.to_sign_anew, was_active=was_active)
        mail.key_compromised(key, key.to_sign_anew)
        nudge(ask_to_sign_anew)
        nudge(spread_endorsements)
    return key


def _retire(key: SigningKey) -> None:
    key.retired_at = clock.now()
    key.save(update_fields=["retired_at"])
