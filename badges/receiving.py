"""Badges that an app hands in for a person who let it (Open Badges 3.0, section 6.2.3): checked first."""

from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from badges.actions.outside import confirmed_emails, keep
from badges.checking import Checked, check
from badges.elsewhere import Elsewhere
from badges.issuers import did_of
from badges.models import Badge
from badges.openbadges.report import Report
from badges.openbadges.verification import is_recipient
from lib.errors import Invalid, NotAllowed
from tenants.mail import absolute
from tenants.models import User

NOBODY = UUID(int=0)


def receive(*, user: User, data: bytes) -> bool:
    """Take a signed credential in: JSON or a compact JWS. True when it is new, False when it was here before.

    Raises Invalid for what does not hold, NotAllowed for a badge of somebody else. Not to be called inside a
    transaction: the issuer may have to be asked.
    """
    report = check(data, elsewhere=Elsewhere())
    _check(user, report)
    if _is_ours(user, report.credential or {}):
        return False
    if report.form == "ob2":
        raise Invalid(_("This is an Open Badges 2.0 badge. Hand in one of Open Badges 3.0."), code="schema-failed")
    _badge, is_new = keep(user=user, checked=Checked(data, "", report))
    return is_new


def _check(user: User, report: Report) -> None:
    """Refuse with the sentence of the first step that failed."""
    for step in report.steps:
        if step.name != "endorsement" and (step.state == "failed" or (step.state, step.name) == ("skipped", "proof")):
            raise Invalid(_(step.template) % step.params, code=f"{step.name}-failed")
    if not any(is_recipient(report, email) for email in confirmed_emails(user)):
        raise NotAllowed(_("This badge was not issued to the email address of the person who let your app in."))


def _is_ours(user: User, credential: dict[str, Any]) -> bool:
    """Whether this is a badge that this installation issued to this person: same issuer, same id (section 10)."""
    issuer = credential.get("issuer")
    issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
    prefix = absolute(reverse("badge", args=[NOBODY])).removesuffix(str(NOBODY))
    id = unquote(str(credential.get("id", "")).strip())
    try:
        number = UUID(id.removeprefix(prefix)) if id.startswith(prefix) else NOBODY
    except ValueError:
        return False
    held = Badge.objects.filter(earner=user, document__isnull=False).select_related("issuer").defer("document")
    badge = held.filter(id=number).first()
    return badge is not None and unquote(did_of(badge.issuer)) == unquote(str(issuer).strip())
