"""Writing mail into the outbox. Each message of the product is one function in its app's mail.py that calls `post`."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from lib.colour import make_theme
from lib.ids import uuid7
from lib.nudge import nudge
from tenants.models import Invitation, OutgoingMail, Role, Tenant, User


def absolute(path: str) -> str:
    """The whole address of a path of this installation."""
    return settings.BASE_URL + path


def post(
    kind: str,
    *,
    to: str,
    subject: str,
    dedupe_key: str,
    context: dict[str, Any],
    tenant: Tenant | None = None,
    user: User | None = None,
) -> None:
    """Put a message in the outbox, in the caller's transaction. The same `dedupe_key` is only ever posted once.

    Renders emails/<kind>.txt and emails/<kind>.html with `context`, plus tenant and subject.
    """
    from tenants.tasks import send_mail  # the task module needs this one

    context = {"tenant": tenant, "subject": subject, "base_url": settings.BASE_URL, **context}
    mail = OutgoingMail(
        tenant=tenant,
        user=user,
        kind=kind,
        dedupe_key=dedupe_key,
        to=to,
        subject=" ".join(subject.split())[:250],
        text=render_to_string(f"emails/{kind}.txt", context).strip() + "\n",
        html=render_to_string(f"emails/{kind}.html", context),
    )
    OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
    nudge(send_mail, str(mail.id))


def invitation(invite: Invitation, *, path: str) -> None:
    """The link that lets someone in. `path` carries the secret, which is stored nowhere else once this is sent."""
    tenant = invite.tenant
    colours = make_theme(tenant.accent)
    post(
        "invitation",
        to=invite.email,
        tenant=tenant,
        subject=_("You are invited to %(tenant)s") % {"tenant": tenant.name},
        dedupe_key=f"invitation:{invite.id}:{invite.secret_hash[:12]}",
        context={
            "invite": invite,
            "roles": ", ".join(str(role.label) for role in Role if role.value in invite.roles),
            "expires": tenant.local_date(invite.expires_at),
            "tenant_name": tenant.name,
            "heading": _("You are invited to %(tenant)s") % {"tenant": tenant.name},
            "button_url": absolute(path),
            "button_label": _("Accept the invitation"),
            "accent": colours.accent,
            "on_accent": colours.on_accent,
            "reason": _("You get this email because %(tenant)s invited you.") % {"tenant": tenant.name},
        },
    )


def password_reset(user: User, *, path: str) -> None:
    """The link to a new password, for the person who asked for it."""
    post(
        "password_reset",
        to=user.email,
        user=user,
        subject=_("Choose a new password"),
        dedupe_key=f"password_reset:{uuid7()}",
        context={
            "user": user,
            "heading": _("Choose a new password"),
            "button_url": absolute(path),
            "button_label": _("Choose a new password"),
            "reason": _("You get this email because someone asked for a new password for this address."),
        },
    )


def unknown_account(email: str) -> None:
    """An answer for someone who asked for a new password with an address that has no account."""
    post(
        "unknown_account",
        to=email,
        subject=_("There is no account for this address"),
        dedupe_key=f"unknown_account:{uuid7()}",
        context={
            "email": email,
            "heading": _("There is no account for this address"),
            "button_url": absolute(reverse("account_reset_password")),
            "button_label": _("Try another address"),
            "reason": _("You get this email because someone asked for a new password for this address."),
        },
    )
