"""Mail about badges."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from badges.models import Badge, BadgeEvent, SigningKey
from badges.renewing import offers_of
from badges.terms import is_due, opening_of
from lib.colour import make_theme
from tenants.mail import absolute, post
from tenants.models import Membership, Role

Kind, State, Succession = BadgeEvent.Kind, Badge.State, Badge.Succession


def follow(event: BadgeEvent) -> None:
    """Tell the earner what happened to their badge, unless it is no longer so."""
    badge = event.badge
    if event.kind == Kind.ISSUED:
        tell = {Succession.RENEWAL: badge_renewed, Succession.CORRECTION: badge_corrected}
        tell.get(badge.succession, badge_issued)(badge)
    elif event.kind == Kind.REVOKED:
        if badge.revoked_reason != Badge.Reason.REPLACED:  # the new one brings its own mail
            badge_revoked(badge)
    elif event.kind == Kind.SUSPENDED and badge.state == State.SUSPENDED:
        badge_suspended(badge, event)
    elif event.kind == Kind.LIFTED and badge.state == State.ISSUED:
        badge_lifted(badge, event)
    elif event.kind == Kind.EXPIRED and badge.state == State.ISSUED and badge.superseded_at is None:
        badge_ran_out(badge)


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


def badge_suspended(badge: Badge, event: BadgeEvent) -> None:
    """Your badge is on hold, and why."""
    subject = _("Your badge “%(title)s” is on hold") % {"title": badge.title}
    _tell("badge_suspended", badge, subject, dedupe=event.id, note=badge.suspended_note)


def badge_lifted(badge: Badge, event: BadgeEvent) -> None:
    """Your badge is in good standing again."""
    subject = _("Your badge “%(title)s” is in good standing again") % {"title": badge.title}
    _tell("badge_lifted", badge, subject, dedupe=event.id)


def badge_renewed(badge: Badge) -> None:
    """Your renewed badge is ready."""
    _tell("badge_renewed", badge, _("Your badge “%(title)s” is renewed") % {"title": badge.title}, dedupe=badge.id)


def badge_corrected(badge: Badge) -> None:
    """Your corrected badge is ready, and takes the place of the one with the mistake."""
    subject = _("Your badge “%(title)s” is corrected") % {"title": badge.title}
    _tell("badge_corrected", badge, subject, dedupe=badge.id, note=badge.replaces.revoked_note)


def badge_runs_out(badge: Badge) -> None:
    """Your badge runs out soon, and how it is renewed."""
    subject = _("Your badge “%(title)s” runs out soon") % {"title": badge.title}
    _tell("badge_runs_out", badge, subject, dedupe=badge.id, **_renewal(badge))


def badge_ran_out(badge: Badge) -> None:
    """Your badge has run out, and how it is renewed."""
    subject = _("Your badge “%(title)s” has run out") % {"title": badge.title}
    _tell("badge_ran_out", badge, subject, dedupe=badge.id, **_renewal(badge))


def key_compromised(key: SigningKey, badges: int) -> None:
    """To every admin of the issuer: a key can no longer be trusted, and what happens now."""
    tenant = key.issuer.tenant
    colours = make_theme(tenant.accent)
    subject = _("A signing key of %(tenant)s is withdrawn") % {"tenant": tenant.name}
    admins = Membership.objects.filter(tenant=tenant, active=True, roles__contains=[Role.ADMIN]).select_related("user")
    for admin in admins:
        post(
            "key_compromised",
            to=admin.user.email,
            user=admin.user,
            tenant=tenant,
            subject=subject,
            dedupe_key=f"key_compromised:{key.id}:{admin.user_id}",
            context={
                "tenant_name": tenant.name,
                "heading": subject,
                "key": key.public_multibase,
                "count": badges,
                "button_url": absolute(reverse("manage_keys", args=[tenant.slug])),
                "button_label": _("See how far it is"),
                "accent": colours.accent,
                "on_accent": colours.on_accent,
                "reason": _("You get this because you are an admin there."),
            },
        )


def _tell(kind: str, badge: Badge, subject: str, *, dedupe: object, **more: Any) -> None:
    tenant = badge.tenant
    colours = make_theme(tenant.accent)
    post(
        kind,
        to=badge.earner.email,
        user=badge.earner,
        tenant=tenant,
        subject=subject,
        dedupe_key=f"{kind}:{dedupe}",
        context={
            "tenant_name": tenant.name,
            "heading": subject,
            "name": badge.recipient_name,
            "title": badge.title,
            "is_stack": badge.stack_id is not None,
            "starts": tenant.local_date(badge.awarded_at),
            "ends": badge.expires_at and tenant.local_date(badge.expires_at),
            "contact": tenant.contact_email,
            "button_url": absolute(reverse("badge", args=[badge.id])),
            "button_label": _("See your badge"),
            "accent": colours.accent,
            "on_accent": colours.on_accent,
            "reason": _("You get this because it is about your badge."),
            **more,
        },
    )


def _renewal(badge: Badge) -> dict[str, str]:
    """How its earner renews it, in a sentence before the address; nothing where it is not offered any more."""
    offer = offers_of([badge]).get(badge.id)
    if offer is None:
        return {}
    if offer.is_newer:
        how = _("There is a newer edition, and work on that renews it. You can begin here:")
    elif is_due(badge):
        how = _("To renew it, do the work once more, with new evidence. You can begin here:")
    else:
        day = date_format(badge.tenant.local_date(opening_of(badge)))
        how = _("To renew it, do the work once more, with new evidence. You can begin on %(day)s, here:") % {"day": day}
    return {"renew_url": absolute(offer.path), "renew_how": how}
