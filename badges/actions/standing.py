"""The standing of a badge: on hold, lifted, taken back. Its status list says so at once; others follow the event."""

from django.db import transaction
from django.utils.translation import gettext as _

from badges.deliveries import announce
from badges.models import OF_THE_SYSTEM, Badge, BadgeEvent
from badges.status import changed
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from tenants.audit import record
from tenants.roles import Member, require


def revoke(*, by: Member, badge: Badge, reason: str, note: str = "") -> Badge:
    """Take a badge back. This cannot be undone."""
    require(by, "badge.revoke")
    if reason not in Badge.Reason.values or (reason in OF_THE_SYSTEM and not by.is_system):
        raise Invalid(_("Choose why the badge is taken back."), field="reason")
    if reason == Badge.Reason.OTHER and not note.strip():
        raise Invalid(_("Say in a sentence why the badge is taken back."), field="note")
    with transaction.atomic():
        badge = locked(by, badge)
        take_back(badge, reason, note)
        record(by, "badge.revoked", badge, reason=reason)
    return badge


def suspend(*, by: Member, badge: Badge, note: str, for_part: bool = False) -> Badge:
    """Put a badge on hold, and say why in a sentence that its earner gets. `for_part`: a badge in the stack is."""
    require(by, "badge.revoke")
    note = note.replace("\x00", "").strip()
    if not note:
        raise Invalid(_("Say in a sentence why the badge is on hold. The earner gets it."), field="note")
    if len(note) > 500:
        raise Invalid(_("Use at most %(most)s characters.") % {"most": 500}, field="note")
    with transaction.atomic():
        badge = locked(by, badge)
        move(badge, Badge.State.SUSPENDED)
        badge.suspended_at, badge.suspended_note, badge.suspended_for_part = clock.now(), note, for_part
        badge.save(update_fields=["state", "suspended_at", "suspended_note", "suspended_for_part"])
        changed(badge.status_list_id)
        announce(badge, BadgeEvent.Kind.SUSPENDED)
        record(by, "badge.suspended", badge, note=note)
    return badge


def lift(*, by: Member, badge: Badge) -> Badge:
    """End the hold: the badge is in good standing again."""
    require(by, "badge.revoke")
    with transaction.atomic():
        badge = locked(by, badge)
        if badge.state != Badge.State.SUSPENDED:
            raise RuleBroken(_("This badge is not on hold."), code="wrong-state", state=badge.state)
        if badge.suspended_for_part and not by.is_system:
            message = _("This stack is on hold because a badge in it is. Lift that one, and the stack follows.")
            raise RuleBroken(message, code="part-on-hold")
        move(badge, Badge.State.ISSUED)
        badge.suspended_at, badge.suspended_note, badge.suspended_for_part = None, "", False
        badge.save(update_fields=["state", "suspended_at", "suspended_note", "suspended_for_part"])
        changed(badge.status_list_id)
        announce(badge, BadgeEvent.Kind.LIFTED)
        record(by, "badge.lifted", badge)
    return badge


def locked(by: Member, badge: Badge) -> Badge:
    """The row as it is now, and until the transaction ends. Only the tenant that awarded it can change it."""
    rows = Badge.objects.select_for_update(of=("self",)).select_related("edition", "stack", "earner", "tenant")
    return rows.get(id=badge.id, tenant=by.tenant)


def take_back(badge: Badge, reason: str, note: str = "") -> None:
    """The end of a badge, in the transaction that holds its row."""
    move(badge, Badge.State.REVOKED)
    badge.suspended_at, badge.suspended_note, badge.suspended_for_part = None, "", False
    badge.revoked_at, badge.revoked_reason, badge.revoked_note = clock.now(), reason, note.strip()
    fields = ["state", "suspended_at", "suspended_note", "suspended_for_part"]
    badge.save(update_fields=[*fields, "revoked_at", "revoked_reason", "revoked_note"])
    changed(badge.status_list_id)
    announce(badge, BadgeEvent.Kind.REVOKED)
