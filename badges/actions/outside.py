"""Outside badges: brought into a passport, shown or hidden, checked again, taken out; and whose badges are accepted."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from badges import outside
from badges.checking import Checked
from badges.models import AcceptedIssuer, Equivalence, OutsideBadge
from badges.openbadges.report import Report
from badges.openbadges.said import Said, said
from badges.openbadges.verification import is_recipient
from badges.outside_queue import announce, announce_all
from credentials.models import MicroCredential
from credentials.queries.listing import issuers_seen_by
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from tenants.audit import record
from tenants.models import Tenant, User
from tenants.roles import Member, require

State = OutsideBadge.State
MOST = 200  # outside badges of one person


def confirmed_emails(user: User) -> list[str]:
    """The e-mail addresses that are known to be this person's."""
    others = EmailAddress.objects.filter(user=user, verified=True).exclude(email=user.email)
    return [user.email, *others.values_list("email", flat=True)]  # an account starts from a link mailed to its address


def import_badge(*, by: Member, checked: Checked) -> OutsideBadge:
    """`keep`, by the person on a page of a tenant, whose record it goes into."""
    with transaction.atomic():
        badge, _is_new = keep(user=by.user, checked=checked)
        record(by, "outside.added", badge, title=badge.title, issuer=badge.issuer_id)
    return badge


def keep(*, user: User, checked: Checked) -> tuple[OutsideBadge, bool]:
    """Keep a badge that was just checked, if it is real, in good standing, and this person's; and whether it is new.

    Raises Invalid with what is wrong. Bringing the same badge again brings its copy up to date.
    """
    told = said(checked.report)
    _require_good(checked.report, told)
    if not any(is_recipient(checked.report, email) for email in confirmed_emails(user)):
        raise Invalid(_("This badge was not issued to an email address of yours. We can only add your own badges."))
    now = clock.now()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(id=user.id)  # one import at a time for a person
        mine = OutsideBadge.objects.filter(earner=user).exclude(state=State.REMOVED)
        there = mine.filter(credential_id=told.id).first()
        if there is None and mine.count() >= MOST:
            raise RuleBroken(_("Your passport holds %(most)s badges from elsewhere, and no more.") % {"most": MOST})
        badge = there or OutsideBadge(earner=user, credential_id=told.id)
        if badge.state != State.GOOD:
            move(badge, State.GOOD)
        badge.form, badge.data, badge.address = checked.report.form, checked.data, checked.address
        badge.issuer_id, badge.issuer_name = told.issuer_id, told.issuer_name or told.site or told.issuer_id[:200]
        badge.achievement_id, badge.title, badge.description = told.achievement_id, told.name, told.description
        badge.awarded_at, badge.expires_at = told.awarded or now, told.expires
        badge.report = outside.steps_as_rows(checked.report)
        badge.checked_at = badge.verified_at = now
        badge.next_check_at = _next_check(badge)
        badge.save()
        announce(badge)
    return badge, there is None


def show(*, by: Member, badge: OutsideBadge, visibility: str) -> OutsideBadge:
    """Let the earner say who may see it in their passport."""
    if visibility not in OutsideBadge.Visibility.values:
        raise Invalid(_("Choose who may see this badge."), field="visibility")
    with transaction.atomic():
        badge = OutsideBadge.objects.select_for_update().get(id=badge.id)
        require(by, "outside.own", badge)
        badge.visibility = visibility
        badge.save(update_fields=["visibility"])
        record(by, "outside.shared", badge, visibility=visibility)
    return badge


def remove(*, by: Member, badge: OutsideBadge) -> OutsideBadge:
    """Take a badge out of one's passport. Its file is dropped; what it gave before stays given."""
    with transaction.atomic():
        badge = OutsideBadge.objects.select_for_update().get(id=badge.id)
        require(by, "outside.own", badge)
        drop(badge)
        record(by, "outside.removed", badge)
    return badge


def drop(badge: OutsideBadge) -> None:
    """The end of an outside badge, in the transaction that holds its row: name and issuer stay, all else goes."""
    move(badge, State.REMOVED)
    badge.data, badge.address, badge.description, badge.report, badge.next_check_at = b"", "", "", [], None
    badge.save(update_fields=["state", "data", "address", "description", "report", "next_check_at"])
    announce(badge)


def take_result(badge: OutsideBadge, report: Report) -> None:
    """Write down what checking again found, in the transaction that holds the row; others follow when it changed."""
    found = outside.state_of(report)
    now = clock.now()
    if found == State.UNREACHABLE and badge.state not in OutsideBadge.IN_FORCE:
        found = badge.state  # no answer is no better news than the last answer
    badge.report, badge.checked_at = outside.steps_as_rows(report), now
    if found == State.GOOD:
        badge.verified_at = now
    if found != badge.state:
        move(badge, found)
        announce(badge)
    badge.next_check_at = _next_check(badge)
    badge.save(update_fields=["report", "checked_at", "verified_at", "state", "next_check_at"])


def accept_issuer(*, by: Member, issuer_id: str, name: str, note: str = "") -> AcceptedIssuer:
    """List an issuer elsewhere whose badges count in this tenant. `issuer_id` is a DID or a web address."""
    require(by, "issuer.accept")
    issuer_id, name = issuer_id.strip(), name.strip()
    if not issuer_id.startswith(("did:web:", "did:key:", "https://", "http://")) or " " in issuer_id:
        message = _("Enter the identity of the issuer: it starts with did:web:, did:key: or https://")
        raise Invalid(message, field="issuer_id")
    if not name:
        raise Invalid(_("Give the issuer a name."), field="name")
    with transaction.atomic():
        accepted, made = AcceptedIssuer.objects.get_or_create(
            tenant=by.tenant,
            issuer_id=issuer_id,
            defaults={"name": name[:200], "note": note.strip()[:500], "added_by": by.user},
        )
        if not made:
            raise RuleBroken(_("This issuer is on your list already."), code="already-accepted")
        record(by, "issuer.accepted", accepted, issuer=issuer_id)
    return accepted


def stop_accepting(*, by: Member, accepted: AcceptedIssuer) -> None:
    """Take an issuer off the list. What its badges gave stays; stacks that stood on them are settled anew."""
    require(by, "issuer.accept")
    with transaction.atomic():
        accepted = AcceptedIssuer.objects.select_for_update().get(id=accepted.id, tenant=by.tenant)
        record(by, "issuer.no_longer_accepted", accepted, issuer=accepted.issuer_id)
        pairs = list(accepted.equivalences.values_list("achievement_id", flat=True))
        announce_all(accepted.issuer_id, pairs)
        accepted.delete()


def add_equivalence(
    *,
    by: Member,
    accepted: AcceptedIssuer,
    achievement_id: str,
    achievement_name: str,
    micro_credential: MicroCredential,
) -> Equivalence:
    """Say which micro-credential of this catalog an achievement of an accepted issuer counts as."""
    require(by, "issuer.accept")
    achievement_id = achievement_id.strip()
    if not achievement_id:
        raise Invalid(_("Enter the address of what was earned, as the badge names it."), field="achievement_id")
    if not Tenant.objects.filter(issuers_seen_by(by.tenant), id=micro_credential.tenant_id).exists():
        raise Invalid(_("Choose a micro-credential from your catalog."), field="micro_credential")
    with transaction.atomic():
        accepted = AcceptedIssuer.objects.select_for_update().get(id=accepted.id, tenant=by.tenant)
        equivalence, made = Equivalence.objects.get_or_create(
            accepted=accepted,
            achievement_id=achievement_id,
            defaults={
                "achievement_name": achievement_name.strip()[:200] or achievement_id[:200],
                "micro_credential": micro_credential,
            },
        )
        if not made:
            raise RuleBroken(_("This counts as something already. Take that out first."), code="already-counts")
        announce_all(accepted.issuer_id, [achievement_id])
        record(by, "issuer.equivalence_added", accepted, achievement=achievement_id, counts_as=micro_credential.slug)
    return equivalence


def remove_equivalence(*, by: Member, equivalence: Equivalence) -> None:
    """An achievement counts as nothing here from now on."""
    require(by, "issuer.accept")
    with transaction.atomic():
        found = Equivalence.objects.select_related("accepted").get(id=equivalence.id, accepted__tenant=by.tenant)
        record(by, "issuer.equivalence_removed", found.accepted, achievement=found.achievement_id)
        announce_all(found.accepted.issuer_id, [found.achievement_id])
        found.delete()


def _require_good(report: Report, told: Said | None) -> None:
    if told is None or not report.verified:
        raise Invalid(_("We could not confirm this badge, so it cannot be added. The steps below say why."))
    if not report.in_force:
        raise Invalid(_("This badge is real, but it is not in good standing. The steps below say why."))
    if not (told.id and told.issuer_id and told.name):
        raise Invalid(_("This badge has no number or no name, so we cannot keep it apart from others."))


def _next_check(badge: OutsideBadge) -> datetime:
    soon = clock.now() + outside.RECHECK
    if badge.expires_at is not None and badge.expires_at > clock.now():
        return min(soon, badge.expires_at + timedelta(seconds=1))
    return soon
