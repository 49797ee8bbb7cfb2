"""A badge that takes the place of another: a renewal of one that runs out, or a correction of one with a mistake."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from badges import terms
from badges.actions.standing import locked
from badges.actions.writing import hold_still, succeed
from badges.models import Badge
from lib.errors import Invalid, RuleBroken
from tenants.roles import Member, require

Succession = Badge.Succession


@dataclass(frozen=True)
class Tally:
    """What came of renewing many badges at once."""

    renewed: int
    left: int  # do not run out, were renewed before, or are not in good standing


def renew(*, by: Member, badge: Badge, note: str) -> Badge:
    """Award the same once more, with a new end. The old badge stays as it is, and both pages show the other."""
    require(by, "badge.renew")
    note = _sentence(note, _("Say in a sentence what the renewal rests on, such as a course or a talk."))
    with transaction.atomic():
        hold_still(badge.earner)
        old = locked(by, badge)
        if old.expires_at is None:
            raise RuleBroken(_("This badge does not run out, so there is nothing to renew."), code="no-end")
        if old.stack_id is not None:
            message = _("A stack is renewed when the badges in it are. Renew those that run out.")
            raise RuleBroken(message, code="stack")
        return succeed(by=by, old=old, succession=Succession.RENEWAL, note=note)


def renew_many(*, by: Member, badge_ids: Iterable[UUID], note: str) -> Tally:
    """Renew many badges of the active tenant in one transaction. Those that cannot be renewed are only counted."""
    require(by, "badge.renew")
    _sentence(note, _("Say in a sentence what the renewals rest on."))
    renewed = left = 0
    with transaction.atomic():
        chosen = Badge.objects.filter(id__in=set(badge_ids), tenant=by.tenant).select_related("earner")
        for badge in chosen.order_by("earner_id", "id"):
            try:
                renew(by=by, badge=badge, note=note)
                renewed += 1
            except RuleBroken:
                left += 1
    return Tally(renewed, left)


def correct(*, by: Member, badge: Badge, name: str, awarded_on: date, note: str) -> Badge:
    """Award it once more with the right name, the earner's address of today, and the right day. The old is taken back.

    `awarded_on` is a day in the issuer's zone. An end is counted from it.
    """
    require(by, "badge.correct")
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > 120:
        raise Invalid(_("Write the name as it should stand on the badge, at most 120 characters."), field="name")
    note = _sentence(note, _("Say in a sentence what was wrong. The earner gets it."))
    with transaction.atomic():
        hold_still(badge.earner)
        old = locked(by, badge)
        if awarded_on > by.tenant.local_date():
            raise Invalid(_("Choose today or an earlier day."), field="awarded_on")
        awarded_at = old.awarded_at
        if awarded_on != by.tenant.local_date(awarded_at):
            awarded_at = datetime.combine(awarded_on, time(12), tzinfo=by.tenant.zone)
        expires_at = old.expires_at
        if awarded_at != old.awarded_at and old.edition is not None and old.expires_at is not None:
            expires_at = terms.end_of(old.edition, awarded_at, by.tenant)
        facts = {"recipient_name": name, "awarded_at": awarded_at, "expires_at": expires_at}
        return succeed(by=by, old=old, succession=Succession.CORRECTION, note=note, **facts)


def _sentence(text: str, missing: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid(missing, field="note")
    if len(text) > 500:
        raise Invalid(_("Use at most %(most)s characters.") % {"most": 500}, field="note")
    return text
