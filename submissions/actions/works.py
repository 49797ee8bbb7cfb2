"""Beginning and stopping: start a work, join the issuer as an earner, set a goal, stop."""

from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credentials.models import Edition, RubricLine
from lib import clock
from lib.errors import NotAllowed, RuleBroken
from lib.ids import short_code
from lib.transitions import move
from submissions import cards
from submissions.actions.drafts import lock
from submissions.models import Submission, SubmissionLine, Work
from submissions.renewals import renewal_of
from tenants import audit
from tenants.members import ancestors
from tenants.models import Membership, Partnership, Role, Tenant
from tenants.roles import Member, require
from tenants.scope import inside


@transaction.atomic
def join_as_earner(*, by: Member, issuer: Tenant) -> Member:
    """Make an earner of `by`'s tenant an earner of `issuer` too, whose micro-credentials that tenant lists.

    Returns who they are there. Harmless when they already are. Raises NotAllowed (403) when the tenant does not list
    the issuer, or when the issuer has closed this person's membership.
    """
    require(by, "work.start")
    above = {tenant.id for tenant in ancestors(by.tenant)}
    if issuer.id not in above and not Partnership.objects.filter(tenant=by.tenant, issuer=issuer).exists():
        raise NotAllowed(
            _("%(tenant)s does not offer micro-credentials from %(issuer)s.")
            % {"tenant": by.tenant.name, "issuer": issuer.name}
        )
    membership, is_new = Membership.objects.select_for_update().get_or_create(
        tenant=issuer, user=by.user, defaults={"roles": [Role.EARNER]}
    )
    if not membership.active:
        raise NotAllowed(_("%(issuer)s has closed your membership. Ask them to open it again.") % {"issuer": issuer})
    if Role.EARNER not in membership.roles:
        membership.roles = [*membership.roles, Role.EARNER]
        membership.save(update_fields=["roles"])
        is_new = True
    there = Member(user=by.user, tenant=issuer, roles=frozenset(Role(role) for role in membership.roles))
    if is_new:
        with inside(issuer):
            audit.record(there, "membership.joined_as_earner", membership, via=by.tenant.slug)
    return there


@transaction.atomic
def start_work(*, by: Member, edition: Edition, via: Tenant | None = None, renew: bool = False) -> Work:
    """The work of `by` on this micro-credential: a new one, or the one they have. `via`: whose catalog was used.

    A work that was begun on an older edition goes on with it. One that passed on this edition is given back, unless
    they ask to `renew` the badge: then a new one begins, without anything of the last. Raises RuleBroken (409) when
    the edition is not published, or is not this tenant's, and when the badge is not due for renewal.
    """
    require(by, "work.start")
    if edition.micro_credential.tenant_id != by.tenant.id:
        raise RuleBroken(_("This micro-credential belongs to another group."), code="wrong-tenant")
    mine = Work.objects.filter(earner=by.user, edition__micro_credential=edition.micro_credential_id)
    unfinished = mine.exclude(state=Work.State.PASSED).first()
    if unfinished is not None:
        return _take_up(by, unfinished)
    passed = mine.filter(edition=edition).order_by("-created_at", "-id").first()
    if passed is not None and not renew:
        return passed
    if edition.state != Edition.State.PUBLISHED:
        raise RuleBroken(_("This edition cannot be started. Look in the catalog for the newest one."), code="not-open")
    if passed is not None:
        _require_due(by, edition)
    work, is_new = Work.objects.exclude(state=Work.State.PASSED).get_or_create(
        earner=by.user,
        edition=edition,
        tenant=by.tenant,
        defaults={"via": via if via and via.id != by.tenant.id else None, "renews": passed},
    )
    if not is_new:  # a double click: the other request made it a moment ago
        return _take_up(by, work)
    cards.write(work, new_try(work, number=1))
    facts = {"edition": str(edition.id), "via": via.slug if via else "", "renews": str(passed.id) if passed else ""}
    audit.record(by, "work.started", work, **facts)
    return work


def _require_due(by: Member, edition: Edition) -> None:
    """Raise RuleBroken (409), with the reason, unless new work on `edition` would renew a badge of `by` now."""
    renewal = renewal_of(by.user, edition.id)
    if renewal is None:
        raise RuleBroken(
            _("You have earned this, and there is no badge that new work would renew."), code="nothing-to-renew"
        )
    if not renewal.is_open:
        facts = {"last": date_format(renewal.ends_on), "first": date_format(renewal.opens_on)}
        raise RuleBroken(
            _("Your badge is valid until %(last)s. You can begin to renew it on %(first)s.") % facts, code="not-due"
        )


def _take_up(by: Member, work: Work) -> Work:
    """A stopped work goes on where it stood; any other is returned as it is."""
    if work.state != Work.State.WITHDRAWN:
        return work
    submission = lock(newest_try(work))
    work = submission.work
    if work.state == Work.State.WITHDRAWN:
        move(work, Work.State.ACTIVE if submission.number == 1 else Work.State.RETURNED)
        cards.touch(work, submission)
        audit.record(by, "work.taken_up", work)
    return work


def new_try(work: Work, *, number: int) -> Submission:
    """An empty draft with every rubric line open and a code no other submission here has."""
    submission = Submission.objects.create(
        work=work,
        earner_id=work.earner_id,
        edition_id=work.edition_id,
        tenant_id=work.tenant_id,
        number=number,
        code=unused_code(),
    )
    open_lines(submission)
    return submission


def unused_code() -> str:
    """A code that stands for no other submission here, samples included."""
    code = short_code()
    while Submission.objects.filter(code=code).exists() or Submission.samples.filter(code=code).exists():
        code = short_code()
    return code


def open_lines(submission: Submission) -> None:
    """Let every line of the scoring guide be open in a try that was just made."""
    SubmissionLine.objects.bulk_create(
        SubmissionLine(tenant_id=submission.tenant_id, submission=submission, line=line)
        for line in RubricLine.objects.filter(edition=submission.edition_id)
    )


def newest_try(work: Work) -> Submission:
    """The try that counts now."""
    return Submission.objects.filter(work=work).select_related("edition", "work").order_by("-number")[0]


@transaction.atomic
def withdraw_work(*, by: Member, work: Work) -> Work:
    """Stop. Everything in it stays, and starting again takes it up. Raises RuleBroken (409) in review or appeal."""
    require(by, "work.edit", work)
    submission = lock(newest_try(work))
    work = submission.work
    if submission.appeal_open:
        raise RuleBroken(
            _("Your appeal is open. Wait for its result, or take it back, and then stop."), code="appeal-open"
        )
    move(work, Work.State.WITHDRAWN)
    cards.touch(work, submission)
    audit.record(by, "work.withdrawn", work)
    return work


@transaction.atomic
def set_goal(*, by: Member, work: Work, goal_date: date | None) -> Work:
    """The earner's own date to be done by; None takes it away."""
    require(by, "work.edit", work)
    if goal_date and goal_date < by.tenant.local_date(clock.now()):
        raise RuleBroken(_("This date has passed. Choose today or a later date."), code="past-goal")
    submission = lock(newest_try(work))
    work = submission.work
    work.goal_date = goal_date
    cards.touch(work, submission)
    audit.record(by, "work.goal_set", work, goal_date=goal_date and goal_date.isoformat())
    return work
