"""Mails between author and vetters: one function a message."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credentials.models import Edition, VettingNote
from credentials.sections import SECTIONS
from tenants.mail import absolute, post
from tenants.models import Membership, Role, User


def edition_to_vet(edition: Edition) -> None:
    """To every vetter of the tenant but the author: a draft waits for you."""
    vetters = Membership.objects.filter(tenant=edition.tenant, active=True, roles__contains=[Role.VETTER])
    for each in vetters.exclude(user=edition.author_id).select_related("user"):
        _send(
            "edition_to_vet", edition, each.user, _("“%(title)s” is ready for vetting"), "vetting_edition", _("Read it")
        )


def edition_returned(edition: Edition, *, notes: list[VettingNote]) -> None:
    """To the author: what the vetter asks for."""
    lines = [
        {"section": SECTIONS[note.section].title, "kind": note.get_kind_display(), "text": note.text} for note in notes
    ]
    subject = _("“%(title)s” came back with notes")
    _send("edition_returned", edition, edition.author, subject, "edition_editor", _("See the notes"), notes=lines)


def edition_published(edition: Edition) -> None:
    """To the author: it is in the catalog."""
    subject = _("“%(title)s” is published")
    _send("edition_published", edition, edition.author, subject, "micro_credential", _("See it in the catalog"))


def _send(kind: str, edition: Edition, to: User, subject: str, page: str, label: str, **more: Any) -> None:
    slug = edition.tenant.slug
    last = edition.micro_credential.slug if page == "micro_credential" else edition.id
    post(
        kind,
        to=to.email,
        user=to,
        tenant=edition.tenant,
        subject=subject % {"title": edition.title},
        dedupe_key=f"{kind}:{edition.id}:{edition.round}:{to.id}",
        context={
            "edition": edition,
            "person": to,
            "heading": subject % {"title": edition.title},
            "tenant_name": edition.tenant.name,
            "button_label": label,
            "button_url": absolute(reverse(page, args=[slug, last])),
            "reason": _("You get this because of your work on micro-credentials at %(tenant)s.")
            % {"tenant": edition.tenant.name},
            **more,
        },
    )
