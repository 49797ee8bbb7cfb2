"""What the passport keeps about a person, for the copy of their data. The secret addresses of links are not kept."""

from typing import Any

from badges.models import Passport, PassportLink
from submissions.portable import moment
from tenants.models import User


def passport_data(person: User) -> dict[str, Any]:
    """How they arranged it, and the links they made; call inside a transaction."""
    kept = Passport.objects.filter(person=person).first()
    links = PassportLink.objects.filter(earner=person).select_related("tenant")
    return {
        "passport": kept and {"order": list(map(str, kept.order)), "hidden": list(map(str, kept.hidden))},
        "passport_links": [_link(each) for each in links],
    }


def _link(link: PassportLink) -> dict[str, Any]:
    return {
        "for": link.label,
        "tenant": link.tenant.slug,
        "badges": None if link.chosen is None else list(map(str, link.chosen)),
        "show_name": link.show_name,
        "check_email": link.check_email,
        "made_at": moment(link.made_at),
        "expires_at": moment(link.expires_at),
        "switched_off_at": moment(link.revoked_at),
    }
