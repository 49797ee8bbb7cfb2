"""Answering what a badge should give: honor, ask, decline, and the earner's reply."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from badges.models import Badge, OutsideBadge
from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.transitions import move
from recognition import mail
from recognition.actions.following import release, show
from recognition.actions.ledger import book
from recognition.models import Grant, GrantMessage
from tenants.audit import record
from tenants.roles import Member, require

LONGEST_REASON = 1000
LONGEST_MESSAGE = 2000
NOT_IN_FORCE = "badge-not-in-force"


@dataclass(frozen=True)
class Tally:
    """What came of answering many grants at once."""

    honoured: int
    own: int  # grants for the recognizer's own badges, which someone else has to answer
    answered: int  # were answered before, or were cancelled
    held: int = 0  # for badges that are not in good standing just now


def honour(*, by: Member, grant: Grant) -> Grant:
    """Say yes. What the grant gives is booked to the earner in the same transaction."""
    with transaction.atomic():
        grant = _locked(grant)
        require(by, "grant.decide", grant)
        move(grant, Grant.State.HONOURED)
        if not _stands(grant.earned):
            raise RuleBroken(_why_it_waits(grant.earned), code=NOT_IN_FORCE, state=grant.earned.state)
        _decide(grant, by)
        book(grant)
        record(by, "grant.honoured", grant, cents=grant.cents, ceu_hundredths=grant.ceu_hundredths)
        mail.grant_honoured(grant)
    return grant


def honour_all(*, by: Member, grant_ids: Iterable[UUID]) -> Tally:
    """Honor many grants of the active tenant in one transaction. Those that cannot be honored are only counted."""
    require(by, "grant.decide")
    honoured = own = answered = held = 0
    with transaction.atomic():
        chosen = Grant.objects.filter(id__in=set(grant_ids)).order_by("policy_id", "id")
        for grant in chosen:
            try:
                honour(by=by, grant=grant)
                honoured += 1
            except NotAllowed:
                own += 1
            except RuleBroken as refusal:
                held += refusal.code == NOT_IN_FORCE
                answered += refusal.code != NOT_IN_FORCE
    return Tally(honoured, own, answered, held)


def ask(*, by: Member, grant: Grant, text: str) -> Grant:
    """Ask the earner a question; the grant waits for the answer."""
    text = _words(text, "text", _("Write your question."), LONGEST_MESSAGE)
    with transaction.atomic():
        grant = _locked(grant)
        require(by, "grant.decide", grant)
        move(grant, Grant.State.ASKED)
        grant.save(update_fields=["state"])
        message = GrantMessage.objects.create(grant=grant, author=by.user, text=text)
        show(grant)
        record(by, "grant.asked", grant)
        mail.grant_asked(grant, message)
    return grant


def decline(*, by: Member, grant: Grant, reason: str) -> Grant:
    """Say that it is not eligible, and why. What it had used of the year's limit is free again."""
    reason = _words(reason, "reason", _("Say why it is not eligible. The educator reads this."), LONGEST_REASON)
    with transaction.atomic():
        grant = _locked(grant)
        require(by, "grant.decide", grant)
        move(grant, Grant.State.DECLINED)
        grant.reason = reason
        _decide(grant, by)
        release(grant)
        record(by, "grant.declined", grant)
        mail.grant_declined(grant)
    return grant


def reply(*, by: Member, grant: Grant, text: str) -> Grant:
    """The earner's answer to a question; the grant waits for the recognizer again."""
    text = _words(text, "text", _("Write your answer."), LONGEST_MESSAGE)
    with transaction.atomic():
        grant = _locked(grant)
        require(by, "grant.reply", grant)
        if grant.state != Grant.State.ASKED:
            message = _("There is no open question. Reload the page to see how this stands.")
            raise RuleBroken(message, code="wrong-state", state=grant.state)
        move(grant, Grant.State.PENDING)
        grant.save(update_fields=["state"])
        message = GrantMessage.objects.create(grant=grant, author=by.user, text=text)
        show(grant)
        record(by, "grant.replied", grant)
        mail.grant_replied(grant, message)
    return grant


def _locked(grant: Grant) -> Grant:
    rows = Grant.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("policy__tenant", "badge__edition", "badge__stack", "outside__earner", "earner")
    return rows.get(id=grant.id)


def _stands(badge: Badge | OutsideBadge) -> bool:
    if isinstance(badge, OutsideBadge):
        return badge.state in (*OutsideBadge.IN_FORCE, OutsideBadge.State.EXPIRED)
    return badge.state == Badge.State.ISSUED


def _why_it_waits(badge: Badge | OutsideBadge) -> str:
    if badge.state == Badge.State.SUSPENDED:  # the same word for both kinds
        return _("The issuer has put this badge on hold. You can honor it once the hold is lifted.")
    return _("This badge is not in good standing just now. Reload the page in a minute to see how it stands.")


def _decide(grant: Grant, by: Member) -> None:
    grant.decided_by, grant.decided_at = by.user, clock.now()
    grant.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    show(grant)


def _words(text: str, field: str, missing: str, most: int) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid(missing, field=field)
    if len(text) > most:
        raise Invalid(_("Use at most %(most)s characters.") % {"most": most}, field=field)
    return text
