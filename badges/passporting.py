"""What a person does with their passport: arrange it, make and end links to it, have badges packed as files."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from badges.issuers import issuer_of
from badges.models import Passport, PassportLink
from badges.passport import entries_of
from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions.actions.exporting import ask_export
from submissions.models import DataExport
from tenants.audit import record
from tenants.models import Tenant, User
from tenants.roles import Member, require

LONGEST = timedelta(days=366)  # of a link
MOST_LINKS = 100  # open ones of a person


def arrange(*, by: Member, entry: UUID, how: str) -> Passport:
    """Change where one entry stands in the passport of `by`, or whether it is shown.

    `how`: "up", "down", "top", "hide" or "show". Moving what is at the end of the list already changes nothing.
    """
    if how not in ("up", "down", "top", "hide", "show"):
        raise Invalid(_("Choose what to do with this badge."), field="do")
    with transaction.atomic():
        passport = _locked(by)
        # Also of what is too old for the page: whatever is not in the order counts as newer.
        order = [each.id for each in entries_of(by.user, whole=True)]
        if entry not in order:
            raise Invalid(_("This badge is not in your passport."), field="entry")
        if how in ("hide", "show"):
            others = [each for each in passport.hidden if each != entry]
            passport.hidden = [*others, entry] if how == "hide" else others
        else:
            place = order.index(entry)
            order.pop(place)
            order.insert({"up": max(0, place - 1), "down": place + 1, "top": 0}[how], entry)
            passport.order = order
        passport.save(update_fields=["order", "hidden"])
        record(by, "passport.arranged", passport, how=how)
    return passport


def newest_first(*, by: Member) -> Passport:
    """Forget the chosen order. What is hidden stays hidden."""
    with transaction.atomic():
        passport = _locked(by)
        passport.order = []
        passport.save(update_fields=["order"])
        record(by, "passport.arranged", passport, how="newest")
    return passport


def make_link(
    *,
    by: Member,
    label: str,
    last_day: date,
    chosen: list[UUID] | None = None,
    show_name: bool = True,
    check_email: bool = True,
) -> PassportLink:
    """Make an address at which someone sees the passport of `by` up to and with `last_day` (in the tenant's zone).

    `chosen` are entry ids, or None for whatever the earner shows to others at the time.
    """
    expires_at = end_of(last_day, by.tenant)
    now = clock.now()
    if not label.strip():
        raise Invalid(_("Say who this link is for."), field="label")
    if expires_at <= now:
        raise Invalid(_("Choose a day that has not passed yet."), field="last_day")
    if expires_at > now + LONGEST:
        raise Invalid(_("A link can last a year at most. Choose an earlier day."), field="last_day")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(id=by.user.id)
        if chosen is not None and not set(chosen) <= {entry.id for entry in entries_of(by.user)}:
            raise Invalid(_("Choose badges from your passport."), field="chosen")
        if chosen == []:
            raise Invalid(_("Choose at least one badge."), field="chosen")
        if _open(by.user).count() >= MOST_LINKS:
            message = _("You have %(count)s open links. Switch off one that you no longer need.")
            raise RuleBroken(message % {"count": MOST_LINKS}, code="too-many-links")
        link = PassportLink(
            earner=by.user,
            tenant=by.tenant,
            label=label.strip(),
            chosen=chosen,
            show_name=show_name,
            check_email=check_email,
            made_at=now,
            expires_at=expires_at,
        )
        require(by, "passport.share", link)
        link.save(force_insert=True)
        record(by, "passport.linked", link, until=expires_at.isoformat(), chosen=len(chosen or []))
    return link


def end_link(*, by: Member, link: PassportLink) -> PassportLink:
    """Switch a link off for good. One that has ended stays as it is."""
    with transaction.atomic():
        link = PassportLink.objects.select_for_update().get(id=link.id)
        require(by, "passport.share", link)
        if link.is_open:
            link.revoked_at = clock.now()
            link.save(update_fields=["revoked_at"])
            record(by, "passport.unlinked", link)
    return link


def pack_badges(*, by: Member) -> DataExport:
    """Have a worker pack all badges of `by` as files."""
    return ask_export(user=by.user, kind=DataExport.Kind.BADGES, tenant=by.tenant)


def pack_issued(*, by: Member) -> DataExport:
    """Have a worker pack what the tenant has issued, as a static site that only `by` can download."""
    require(by, "issuer.archive")
    with transaction.atomic():
        export = ask_export(user=by.user, kind=DataExport.Kind.ISSUER, tenant=by.tenant)
        record(by, "issuer.archived", issuer_of(by.tenant), export=str(export.id))
    return export


def end_of(day: date, tenant: Tenant) -> datetime:
    """The moment at which `day` is over where `tenant` is."""
    return datetime.combine(day + timedelta(days=1), time(), tenant.zone)


def _locked(by: Member) -> Passport:
    Passport.objects.get_or_create(person=by.user)
    passport = Passport.objects.select_for_update().get(person=by.user)
    require(by, "passport.arrange", passport)
    return passport


def _open(person: User) -> QuerySet[PassportLink]:
    return PassportLink.objects.filter(earner=person, revoked_at=None, expires_at__gt=clock.now())
