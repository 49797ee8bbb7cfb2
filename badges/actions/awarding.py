"""Awarding a badge, letting its earner share it, and having it signed anew. Minting is the worker's (minting.py)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from badges import terms
from badges.actions.many import Earned, award_many
from badges.actions.standing import locked
from badges.actions.writing import hold_still, succeed
from badges.deliveries import announce
from badges.models import Badge, BadgeEvent
from credentials.models import Edition, Stack
from lib.errors import Invalid
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
    expires_at: datetime | None = None,
) -> Badge:
    """Write the award row and its event in the caller's transaction: the decision's, or the stack engine's.

    Exactly one of `edition` and `stack`. `results` are `{"line": key, "level": position}` of each rubric line.
    Asking twice for the same submission, or for a stack the earner holds, gives the badge that is there. New work on
    an edition, or on a newer one, renews a badge that runs out soon or has run out. An edition says itself how long
    its badges are valid; for a stack `expires_at` does.
    """
    with transaction.atomic():
        hold_still(earner)
        there = Badge.objects.filter(earner=earner, edition=edition, stack=stack, superseded_at=None)
        there = there.exclude(state=Badge.State.REVOKED).first()
        facts = {"submission_id": submission_id, "results": results or []}
        if submission_id is not None and edition is not None:
            # Who holds the badge of this edition renews that one or none: they can hold only one of each.
            old = there or terms.due_for_renewal(earner, edition.micro_credential_id)
            old = old and locked(by, old)
            if old is not None and old.submission_id != submission_id and terms.is_due(old):
                return succeed(by=by, old=old, succession=Badge.Succession.RENEWAL, edition=edition, **facts)
        if there is not None:
            return there
        earned = Earned(earner=earner, expires_at=expires_at, **facts)
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
