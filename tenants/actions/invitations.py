"""Inviting people by mail, and what becomes of an invitation."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.ids import hash_secret, new_secret
from tenants import audit, mail
from tenants.models import Invitation, Membership, Role, Tenant, User
from tenants.roles import Member, require

LIFE = timedelta(days=14)
MOST_AT_ONCE = 200
DOUBLE_CLICK = timedelta(seconds=30)


@dataclass
class Invited:
    """What became of a list of addresses."""

    sent: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # had an open invitation, which got a new link
    members: list[str] = field(default_factory=list)  # are members already, so nothing was sent


class Unusable(RuleBroken):
    """The invitation cannot be accepted any more (410 Gone)."""

    status = 410


def invite(*, by: Member, emails: Iterable[str], roles: Collection[str]) -> Invited:
    """Mail a link to each address. Raises Invalid when one is not an address or there are too many."""
    require(by, "people.manage")
    wanted = [role.value for role in Role if role.value in roles]
    if not wanted:
        raise Invalid(_("Choose at least one role."), field="roles")
    addresses = list(dict.fromkeys(each.strip().lower() for each in emails if each.strip()))
    _check(addresses)
    Tenant.objects.select_for_update(no_key=True).get(id=by.tenant.id)  # two admins may invite the same person at once
    members = set(
        Membership.objects.filter(tenant=by.tenant, active=True, user__email__in=addresses).values_list(
            "user__email", flat=True
        )
    )
    waiting = {
        each.email: each
        for each in Invitation.objects.select_for_update().filter(
            email__in=addresses, accepted_at=None, withdrawn_at=None
        )
    }
    done = Invited()
    for address in addresses:
        if address in members:
            done.members.append(address)
        elif address in waiting:
            if _sent_just_now(waiting[address], wanted):
                done.sent.append(address)
                continue
            waiting[address].roles = wanted
            _send(by, waiting[address], "invitation.resent")
            done.again.append(address)
        else:
            _send(by, Invitation(tenant=by.tenant, email=address, roles=wanted), "invitation.sent")
            done.sent.append(address)
    return done


def _check(addresses: list[str]) -> None:
    if not addresses:
        raise Invalid(_("Write at least one email address."), field="emails")
    if len(addresses) > MOST_AT_ONCE:
        message = _("That is %(n)s addresses. Send at most %(most)s at once.")
        raise Invalid(message % {"n": len(addresses), "most": MOST_AT_ONCE}, field="emails")
    wrong = []
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            wrong.append(address[:80])
    if wrong:
        message = _("We cannot send to: %(list)s. Write addresses like name@school.org, one on each line.")
        raise Invalid(message % {"list": ", ".join(wrong[:5])}, field="emails")


def _sent_just_now(invitation: Invitation, roles: list[str]) -> bool:
    """Whether this is the second click of a double click: another link would only make the first one useless."""
    return invitation.roles == roles and invitation.expires_at > clock.now() + LIFE - DOUBLE_CLICK


def _send(by: Member, invitation: Invitation, verb: str) -> None:
    """Give the invitation a new secret and a new life, and mail the link. An older link stops working."""
    secret = new_secret()
    invitation.secret_hash = hash_secret(secret)
    invitation.invited_by = by.user
    invitation.expires_at = clock.now() + LIFE
    invitation.save()
    mail.invitation(invitation, path=reverse("invitation", args=[by.tenant.slug, secret]))
    audit.record(by, verb, invitation, email=invitation.email, roles=invitation.roles)


def _open(by: Member, invitation: Invitation) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(id=invitation.id)
    if invitation.accepted_at:
        raise RuleBroken(_("This invitation was accepted in the meantime."), code="invitation-accepted")
    if invitation.withdrawn_at:
        raise RuleBroken(_("This invitation was withdrawn in the meantime."), code="invitation-withdrawn")
    return invitation


def resend(*, by: Member, invitation: Invitation) -> Invitation:
    """Mail a fresh link, good for another 14 days. The link sent before stops working."""
    require(by, "people.manage")
    invitation = _open(by, invitation)
    _send(by, invitation, "invitation.resent")
    return invitation


def withdraw(*, by: Member, invitation: Invitation) -> Invitation:
    """Make the link useless."""
    require(by, "people.manage")
    invitation = _open(by, invitation)
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])
    audit.record(by, "invitation.withdrawn", invitation, email=invitation.email)
    return invitation


def check_usable(invitation: Invitation) -> None:
    """Raise Unusable, saying why, when the link does not work any more."""
    if invitation.withdrawn_at:
        raise Unusable(_("This invitation was taken back. Ask the person who invited you."), code="withdrawn")
    if invitation.accepted_at:
        raise Unusable(_("This invitation was used already. Sign in to go on."), code="used")
    if invitation.expires_at <= clock.now():
        message = _("This invitation was good until %(day)s. Ask the person who invited you for a new one.")
        day = invitation.tenant.local_date(invitation.expires_at)
        raise Unusable(message % {"day": day.strftime("%B %-d, %Y")}, code="expired")


def accept(*, user: User, invitation: Invitation) -> Membership:
    """Make the invited person a member. Doing it twice is fine: the second time nothing changes.

    Raises Unusable for a dead link and NotAllowed when the signed-in person is not the invited one.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("tenant").get(id=invitation.id)
    if user.email != invitation.email:
        raise NotAllowed(_("This invitation is for %(email)s.") % {"email": invitation.email}, code="not-yours")
    membership = Membership.objects.select_for_update().filter(tenant=invitation.tenant, user=user).first()
    if invitation.accepted_at and membership and membership.active:
        return membership
    check_usable(invitation)
    if membership is None:
        membership = Membership(tenant=invitation.tenant, user=user, roles=[])
    held = membership.roles if membership.active else []
    membership.roles = [role.value for role in Role if role.value in {*held, *invitation.roles}]
    membership.active = True
    membership.save()
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    by = Member(user=user, tenant=invitation.tenant, roles=frozenset(map(Role, membership.roles)))
    audit.record(by, "invitation.accepted", invitation, roles=membership.roles)
    return membership


def join(*, invitation: Invitation, name: str, password: str) -> Membership:
    """Make the account of an invited person, then accept. Raises RuleBroken when the address has an account."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("tenant").get(id=invitation.id)
    check_usable(invitation)
    if User.objects.filter(email=invitation.email).exists():
        raise RuleBroken(_("There is an account for this address. Sign in to accept."), code="account-exists")
    user = User.objects.create_user(invitation.email, password, name=name.strip())
    return accept(user=user, invitation=invitation)
