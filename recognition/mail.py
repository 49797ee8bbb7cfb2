"""Mail about grants: to recognizers when something waits for them, to earners when something was answered."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lib.colour import make_theme
from recognition import words
from recognition.models import Grant, GrantMessage
from tenants.mail import absolute, post
from tenants.models import Membership, Role, User


def grant_waiting(grant: Grant) -> None:
    """To every recognizer but the earner: a badge matches a rule. One mail a person and grant."""
    subject = _("%(name)s earned “%(title)s”: please honor it") % _facts(grant)
    for recognizer in recognizers(grant):
        _to_recognizer("grant_waiting", grant, recognizer, subject, dedupe=f"{grant.id}:{recognizer.id}")


def grant_replied(grant: Grant, message: GrantMessage) -> None:
    """To whoever asked (or to all recognizers): the earner answered."""
    subject = _("%(name)s answered your question about “%(title)s”") % _facts(grant)
    asked = grant.messages.exclude(author=grant.earner_id).order_by("-at", "-id").select_related("author").first()
    for recognizer in [asked.author] if asked else recognizers(grant):
        dedupe = f"{message.id}:{recognizer.id}"
        _to_recognizer("grant_replied", grant, recognizer, subject, dedupe=dedupe, text=message.text)


def grant_asked(grant: Grant, message: GrantMessage) -> None:
    """To the earner: there is a question."""
    subject = _("%(tenant)s has a question about “%(title)s”") % _facts(grant)
    _to_earner("grant_asked", grant, subject, dedupe=str(message.id), text=message.text)


def grant_honoured(grant: Grant) -> None:
    """To the earner: it was honored, and what that gives."""
    subject = _("%(tenant)s honored “%(title)s”") % _facts(grant)
    _to_earner("grant_honoured", grant, subject, dedupe=str(grant.id))


def grant_declined(grant: Grant) -> None:
    """To the earner: not eligible, and why."""
    subject = _("%(tenant)s did not count “%(title)s”") % _facts(grant)
    _to_earner("grant_declined", grant, subject, dedupe=str(grant.id))


def grant_cancelled(grant: Grant, *, was_honoured: bool) -> None:
    """To the earner: the badge was taken back, and so is what it gave."""
    subject = _("“%(title)s” no longer counts at %(tenant)s") % _facts(grant)
    _to_earner("grant_cancelled", grant, subject, dedupe=str(grant.id), was_honoured=was_honoured)


def recognizers(grant: Grant) -> list[User]:
    """The active recognizers of the grant's tenant, without the earner, who may not answer their own."""
    held = Membership.objects.filter(tenant=grant.tenant_id, active=True, roles__contains=[Role.RECOGNIZER])
    return [each.user for each in held.exclude(user=grant.earner_id).select_related("user")]


def _facts(grant: Grant) -> dict[str, Any]:
    return {
        "name": grant.earned.recipient_name,
        "title": grant.earned.title,
        "tenant": grant.policy.tenant.name,
        "amount": words.amount(grant),
    }


def _to_recognizer(kind: str, grant: Grant, to: User, subject: str, *, dedupe: str, text: str = "") -> None:
    url = absolute(reverse("grant", args=[grant.policy.tenant.slug, grant.id]))
    label, reason = _("Open it in your inbox"), _("You get this because you are a recognizer there.")
    _post(kind, grant, to, subject, dedupe=dedupe, button_url=url, button_label=label, reason=reason, text=text)


def _to_earner(kind: str, grant: Grant, subject: str, *, dedupe: str, **more: Any) -> None:
    url = absolute(reverse("reward", args=[grant.policy.tenant.slug, grant.id]))
    label = _("Answer the question") if kind == "grant_asked" else _("See your rewards")
    reason = _("You get this because it is about your badge.")
    _post(kind, grant, grant.earner, subject, dedupe=dedupe, button_url=url, button_label=label, reason=reason, **more)


def _post(kind: str, grant: Grant, to: User, subject: str, *, dedupe: str, **more: Any) -> None:
    tenant = grant.policy.tenant
    colours = make_theme(tenant.accent)
    post(
        kind,
        to=to.email,
        user=to,
        tenant=tenant,
        subject=subject,
        dedupe_key=f"{kind}:{dedupe}",
        context={
            **_facts(grant),
            "grant": grant,
            "policy": grant.policy,
            "tenant": tenant,
            "tenant_name": tenant.name,
            "heading": subject,
            "accent": colours.accent,
            "on_accent": colours.on_accent,
            **more,
        },
    )
