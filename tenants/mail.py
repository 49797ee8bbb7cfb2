"""Writing mail into the outbox. Each message of the product is one function in its app's mail.py that calls `post`."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lib.nudge import nudge
from tenants.models import Invitation, OutgoingMail, Tenant, User


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
    """The link that lets someone in. `path` carries the secret, which is stored nowhere else."""
    post(
        "invitation",
        to=invite.email,
        tenant=invite.tenant,
        subject=_("You are invited to %(tenant)s") % {"tenant": invite.tenant.name},
        dedupe_key=f"invitation:{invite.id}:{invite.secret_hash[:12]}",
        context={"invite": invite, "url": absolute(path)},
    )
