"""Everything the public page of a badge shows, gathered in one place."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from badges.achievements import picture_address, stack_item_titles
from badges.checking import check
from badges.issuers import profile_of
from badges.models import Badge
from badges.openbadges.verification import Report
from credentials.models import RubricLine
from lib import clock
from tenants.mail import absolute
from tenants.models import User


def page_of(badge: Badge, viewer: User) -> dict[str, Any]:
    """The context of templates/badges/badge.html. The check is made now, on the stored bytes."""
    thing = badge.edition or badge.stack
    report = check(bytes(badge.document)) if badge.document else None
    name = badge.recipient_name if badge.show_name else _("An educator")
    url = absolute(f"/b/{badge.id}")
    awarded_on = badge.tenant.local_date(badge.awarded_at)
    return {
        "badge": badge,
        "thing": thing,
        "name": name,
        "first_name": name.split()[0] if badge.show_name else _("this educator"),
        "state": state_of(badge, report),
        "report": report,
        "lines": _lines(badge),
        "items": stack_item_titles(list(badge.stack.items.select_related("substack"))) if badge.stack_id else [],
        "is_mine": viewer.is_authenticated and viewer.id == badge.earner_id,
        "url": url,
        "share_picture": picture_address(thing, "png"),
        "issuer_profile": profile_of(badge.issuer),
        "linkedin": "https://www.linkedin.com/profile/add?"
        + urlencode(
            {
                "startTask": "CERTIFICATION_NAME",
                "name": thing.title,
                "organizationName": badge.tenant.name,
                "issueYear": awarded_on.year,
                "issueMonth": awarded_on.month,
                "certUrl": url,
                "certId": badge.id,
            }
        ),
    }


def state_of(badge: Badge, report: Report | None) -> str:
    """Which of the page's states a badge is in: making, good, revoked, expired or broken."""
    if badge.state == Badge.State.REVOKED:
        return "revoked"
    if report is None:
        return "making"
    if badge.expires_at is not None and badge.expires_at <= clock.now():
        return "expired"
    return "good" if report.in_force else "broken"


def _lines(badge: Badge) -> list[tuple[str, str]]:
    if badge.edition_id is None:
        return []
    rubric = {line.key: line for line in RubricLine.objects.filter(edition=badge.edition_id).prefetch_related("levels")}
    shown = []
    for each in badge.results:
        line = rubric[each["line"]]
        level = next(level for level in line.levels.all() if level.position == each["level"])
        shown.append((line.title, level.name))
    return shown
