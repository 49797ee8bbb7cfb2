"""Our badges in their Open Badges 2.0 form: which documents there are, at which addresses, and what they say now."""

import json
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from badges.achievements import achievement_of
from badges.issuers import issuer_of, profile_of
from badges.models import Badge, Issuer
from badges.openbadges import hosted
from badges.openbadges.baking import HOSTED_KEYWORD, bake_png, bake_svg_hosted
from badges.openbadges.documents import serialize
from badges.pictures import artwork_of
from credentials.models import Edition, Stack
from tenants.mail import absolute


def assertion_address(badge: Badge) -> str:
    """The id of the Assertion, where it is hosted."""
    return absolute(reverse("ob2_assertion", args=[badge.id]))


def assertion_of(badge: Badge) -> dict[str, Any]:
    """The Assertion of a signed badge. Open Badges 2.0 knows no holds: while one lasts, the badge counts as revoked."""
    if badge.state == Badge.State.REVOKED:
        return hosted.revoked(assertion_address(badge), badge.get_revoked_reason_display())
    if badge.state == Badge.State.SUSPENDED:
        return hosted.revoked(assertion_address(badge), _("On hold while the issuer looks into it"))
    thing = badge.edition or badge.stack
    return hosted.assertion(
        json.loads(bytes(badge.document)),
        address=assertion_address(badge),
        badge_class=class_address(thing),
        picture=absolute(reverse("ob2_png", args=[badge.id])),
    )


def class_address(thing: Edition | Stack) -> str:
    """The id of the BadgeClass of an edition or a stack."""
    return absolute(reverse("ob2_class", args=["e" if isinstance(thing, Edition) else "s", thing.id]))


def class_of(thing: Edition | Stack) -> dict[str, Any]:
    """The BadgeClass of an edition or a stack that was published."""
    issuer = absolute(reverse("ob2_issuer", args=[issuer_of(thing.tenant).id]))
    return hosted.badge_class(achievement_of(thing), address=class_address(thing), issuer=issuer)


def issuer_document(issuer: Issuer) -> dict[str, Any]:
    """The Issuer. A tenant without a contact address has the one from which this installation sends mail."""
    address = absolute(reverse("ob2_issuer", args=[issuer.id]))
    return hosted.issuer(profile_of(issuer), address=address, email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def picture_of(badge: Badge, extension: str) -> bytes:
    """The picture of a badge in good standing with its Assertion inside, as "png" or "svg"."""
    art = artwork_of(badge.edition or badge.stack)
    text = serialize(assertion_of(badge)).decode()
    if extension == "svg":
        return bake_svg_hosted(art.svg.encode(), text, address=assertion_address(badge))
    return bake_png(bytes(art.png), text, keyword=HOSTED_KEYWORD)
