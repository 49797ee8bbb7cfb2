"""What admins decide about keeping evidence: for how long, and what nothing may delete."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions import retention
from submissions.models import Hold, RetentionRule, Work
from submissions.retention import DEFAULTS, Tally
from tenants import audit
from tenants.members import one_at_a_time
from tenants.models import Membership, User
from tenants.roles import Member, require


class Shortening(RuleBroken):
    """Evidence would be kept for less time. `more` says what the next purge then deletes besides, by kind."""

    def __init__(self, more: Mapping[str, Tally]) -> None:
        super().__init__(_("Some things would be kept for less time. Look at the numbers and confirm."), code="shorter")
        self.more = more


@transaction.atomic
def save_rules(*, by: Member, days: Mapping[str, int], confirmed: bool = False) -> dict[str, int]:
    """Keep each kind in `days` for so many days. Returns what holds now.

    Raises Invalid (400), and Shortening (409) when a time gets shorter and that was not `confirmed`.
    """
    require(by, "retention.manage")
    one_at_a_time(by)
    for kind, count in days.items():
        if not RetentionRule.LEAST <= count <= RetentionRule.MOST:
            message = _("Choose a number of days from %(least)s to %(most)s.")
            facts = {"least": RetentionRule.LEAST, "most": f"{RetentionRule.MOST:,}"}
            raise Invalid(message % facts, field=kind)
    before = retention.days_here()
    after = {**before, **{kind: days[kind] for kind in DEFAULTS if kind in days}}
    if not confirmed and any(after[kind] < before[kind] for kind in DEFAULTS):
        now, then = retention.forecast(before), retention.forecast(after)
        raise Shortening({kind: then[kind] - now[kind] for kind in DEFAULTS if after[kind] < before[kind]})
    changed = {kind: [before[kind], after[kind]] for kind in DEFAULTS if after[kind] != before[kind]}
    for kind in changed:
        if after[kind] == DEFAULTS[kind]:
            RetentionRule.objects.filter(kind=kind).delete()
        else:
            RetentionRule.objects.update_or_create(kind=kind, defaults={"days": after[kind]})
    if changed:
        audit.record(by, "retention.changed", by.tenant, days=changed)
    return after


@transaction.atomic
def set_hold(*, by: Member, reason: str, person: User | None = None, work: Work | None = None) -> Hold:
    """Let nothing delete the evidence of `person` in this tenant, or of `work`. A second hold on it is the first one.

    Raises Invalid (400).
    """
    require(by, "retention.manage")
    one_at_a_time(by)
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason:
        raise Invalid(_("Say why this has to be kept."), field="reason")
    if len(reason) > 300:
        raise Invalid(_("Use at most 300 characters."), field="reason")
    if (person is None) == (work is None):
        raise Invalid(_("Name one person or one piece of work."), field="what")
    there = Hold.objects.filter(person=person, work=work, lifted_at=None).first()
    if there is not None:
        return there
    hold = Hold.objects.create(person=person, work=work, reason=reason, set_by=by.user, set_at=clock.now())
    on = {"person": str(person.id)} if person else {"work": str(work.id)}
    audit.record(by, "hold.set", hold, reason=reason, **on)
    return hold


def hold_what(*, by: Member, what: str, reason: str) -> Hold:
    """`set_hold` on what someone typed: the email address of a person here, or the code of a submission."""
    require(by, "retention.manage")
    what = what.replace("\x00", "").strip()
    if "@" in what:
        found = Membership.objects.filter(tenant=by.tenant, user__email=what.lower()).select_related("user").first()
        if found is None:
            raise Invalid(_("Nobody here has this email address. Check how it is written."), field="what")
        return set_hold(by=by, reason=reason, person=found.user)
    work = retention.work_by_code(what)
    if work is None:
        raise Invalid(_("No work here has this code. Check how it is written."), field="what")
    return set_hold(by=by, reason=reason, work=work)


@transaction.atomic
def lift_hold(*, by: Member, hold: Hold, reason: str) -> Hold:
    """End a hold: its evidence follows the rules again, from the next purge on. Lifting twice is lifting once."""
    require(by, "retention.manage")
    fresh = Hold.objects.select_for_update().get(pk=hold.pk)
    if fresh.lifted_at is not None:
        return fresh
    reason = " ".join(reason.replace("\x00", "").split())[:300]
    if not reason:
        raise Invalid(_("Say why this can be deleted from now on."), field="reason")
    fresh.lifted_at, fresh.lifted_by = clock.now(), by.user
    fresh.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(by, "hold.lifted", fresh, reason=reason)
    return fresh


def keep_for_case(*, by: Member, work: Work) -> Hold | None:
    """A hold on `work` while a case about it is open, in the caller's transaction, who has checked who may.

    None when a hold is on it already: that one is not the case's to lift.
    """
    if Hold.objects.filter(work=work, lifted_at=None).exists():
        return None
    hold = Hold.objects.create(work=work, reason=_("A case is open"), set_by=by.user, set_at=clock.now())
    audit.record(by, "hold.set", hold, reason=hold.reason, work=str(work.id))
    return hold


def let_go_of_case(*, by: Member, hold: Hold) -> None:
    """End the hold of a case that was closed, in the name of who set it."""
    fresh = Hold.objects.select_for_update().get(pk=hold.pk)
    if fresh.lifted_at is None:
        fresh.lifted_at, fresh.lifted_by_id = clock.now(), fresh.set_by_id
        fresh.save(update_fields=["lifted_at", "lifted_by"])
        audit.record(by, "hold.lifted", fresh, reason="")
