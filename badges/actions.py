"""What can be done to a badge: award, share, revoke. Minting is the worker's (badges/minting.py)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from badges.awarding import Earned, award_many
from badges.deliveries import announce
from badges.models import Badge, BadgeEvent
from credentials.models import Edition, Stack
from lib import clock
from lib.errors import Invalid
from lib.transitions import move
from tenants.audit import record
from tenants.models import User
from tenants.roles import Member, require


def award(
    *,
    by: Member,
    earner: User,
    edition: Edition | None = None,
    stack: Stack | None = None,
    submission_id: UUID | None = None,
    results: list[dict[str, str]] | None = None,
) -> Badge:
    """Write the award row and its event in the caller's transaction: the decision's, or the stack engine's.

    Exactly one of `edition` and `stack`. `results` are `{"line": key, "level": position}` of each rubric line.
    Asking twice for the same submission, or for a stack the earner holds, gives the badge that is there.
    """
    earned = Earned(earner=earner, submission_id=submission_id, results=results or [])
    return award_many(by=by, earned=[earned], edition=edition, stack=stack)[0]


def share(*, by: Member, badge: Badge, visibility: str, show_name: bool) -> Badge:
    """Let the earner say who may see the badge page and whether it names them."""
    if visibility not in Badge.Visibility.values:
        raise Invalid(_("Choose who may see this badge."), field="visibility")
    with transaction.atomic():
        badge = Badge.objects.select_for_update().get(id=badge.id)
        require(by, "badge.share", badge)
        badge.visibility, badge.show_name = visibility, show_name
        badge.save(update_fields=["visibility", "show_name"])
        record(by, "badge.shared", badge, visibility=visibility, show_name=show_name)
    return badge


def revoke(*, by: Member, badge: Badge, reason: str, note: str = "") -> Badge:
    """Take a badge back. The status list says so at once; stacks and grants follow the event."""
    require(by, "badge.revoke")
    if reason not in Badge.Reason.values:
        raise Invalid(_("Choose why the badge is taken back."), field="reason")
    if reason == Badge.Reason.OTHER and not note.strip():
        raise Invalid(_("Say in a sentence why the badge is taken back."), field="note")
    with transaction.atomic():
        badge = Badge.objects.select_for_update().get(id=badge.id, tenant=by.tenant)
        move(badge, Badge.State.REVOKED)
        badge.revoked_at, badge.revoked_reason, badge.revoked_note = clock.now(), reason, note.strip()
        badge.save(update_fields=["state", "revoked_at", "revoked_reason", "revoked_note"])
        announce(badge, BadgeEvent.Kind.REVOKED)
        record(by, "badge.revoked", badge, reason=reason)
    return badge


def sign_anew(badge: Badge) -> None:
    """Have a worker compose and sign the document once more, as the next revision, under the same address.

    For actions that change what the document carries; they hold the lock of the row and record what they did. A badge
    that was not signed yet gets everything at once.
    """
    if badge.state == Badge.State.AWARDED:
        return
    badge.revision += 1
    badge.save(update_fields=["revision"])
    announce(badge, BadgeEvent.Kind.CHANGED)
