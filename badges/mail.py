"""Mail about badges."""

from django.urls import reverse
from django.utils.translation import gettext as _

from badges.models import Badge, BadgeEvent
from tenants.mail import absolute, post


def follow(event: BadgeEvent) -> None:
    """Tell the earner what happened to their badge."""
    if event.kind == BadgeEvent.Kind.ISSUED:
        badge_issued(event.badge)
    elif event.kind == BadgeEvent.Kind.REVOKED:
        badge_revoked(event.badge)


def badge_issued(badge: Badge) -> None:
    """Your badge is ready."""
    post(
        "badge_issued",
        to=badge.earner.email,
        user=badge.earner,
        tenant=badge.tenant,
        subject=_("You earned “%(title)s”") % {"title": badge.title},
        dedupe_key=f"badge_issued:{badge.id}",
        context={
            "name": badge.recipient_name,
            "title": badge.title,
            "is_stack": badge.stack_id is not None,
            "url": absolute(reverse("badge", args=[badge.id])),
            "passport_url": absolute(reverse("passport", args=[badge.tenant.slug])),
        },
    )


def badge_revoked(badge: Badge) -> None:
    """Your badge is no longer valid, and why."""
    post(
        "badge_revoked",
        to=badge.earner.email,
        user=badge.earner,
        tenant=badge.tenant,
        subject=_("Your badge “%(title)s” is no longer valid") % {"title": badge.title},
        dedupe_key=f"badge_revoked:{badge.id}",
        context={
            "name": badge.recipient_name,
            "title": badge.title,
            "reason": badge.get_revoked_reason_display(),
            "note": badge.revoked_note,
            "contact": badge.tenant.contact_email,
            "url": absolute(reverse("badge", args=[badge.id])),
        },
    )
