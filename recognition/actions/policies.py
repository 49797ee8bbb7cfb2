"""Writing rules. A rule is edited as a draft only; once switched on it is frozen and can only end."""

from datetime import datetime, time
from typing import Any, NoReturn
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from badges.models import Badge, OutsideBadge
from badges.outside import in_force
from lib.errors import Invalid, RuleBroken
from lib.ids import uuid7
from lib.transitions import move
from recognition.actions.following import grant_all
from recognition.actions.outside import grant_all as count_outside
from recognition.matching import homes
from recognition.models import Policy
from recognition.preview import badges_of_members
from recognition.terms import Terms, contradictions
from tenants.audit import record
from tenants.roles import Member, require


def create_policy(*, by: Member, id: UUID | None = None, **terms: Any) -> Policy:  # noqa: A002
    """A new draft. `terms` are the fields of `recognition.terms.Terms`.

    The same `id` again (a double click) gives the rule that is there. Raises Invalid with `facts["errors"]`.
    """
    require(by, "policy.manage")
    given = _checked(by, terms)
    policy = given.as_policy(by.tenant, id=id or uuid7(), created_by=by.user)
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
            record(by, "policy.created", policy, title=policy.title)
    except IntegrityError:
        there = Policy.objects.filter(id=policy.id, tenant=by.tenant).first()
        if there is None:
            raise RuleBroken(_("This form was sent before. Open a new one."), code="id-taken") from None
        return there
    return policy


def edit_policy(*, by: Member, policy: Policy, **terms: Any) -> Policy:
    """Change a draft. Raises RuleBroken (409) once the rule is active, Invalid when the terms contradict."""
    require(by, "policy.manage")
    given = _checked(by, terms)
    with transaction.atomic():
        policy = _locked(by, policy)
        if policy.state != Policy.State.DRAFT:
            message = _("This rule is active, so it cannot be changed. End it and start a new version.")
            raise RuleBroken(message, code="frozen")
        policy = given.as_policy(
            by.tenant, id=policy.id, state=policy.state, created_by=policy.created_by, created_at=policy.created_at
        )
        policy.save(force_update=True)
        record(by, "policy.edited", policy, title=policy.title)
    return policy


def activate(*, by: Member, policy: Policy) -> Policy:
    """Switch a draft on, and freeze it. Badges earned since its first day count too, if that day is today."""
    require(by, "policy.manage")
    with transaction.atomic():
        policy = _locked(by, policy)
        move(policy, Policy.State.ACTIVE)
        _checked(by, vars(Terms.of(policy)))
        if policy.starts_on < by.tenant.local_date():
            _refuse({"starts_on": _("The first day has passed. Choose today or a later day.")})
        policy.save(update_fields=["state"])
        record(by, "policy.activated", policy, title=policy.title)
        for badge in _earned_since_midnight(by):
            grant_all(badge, homes(badge.earner_id), only=policy)
        for outside in _earned_elsewhere_since_midnight(by):
            count_outside(outside)
    return policy


def end(*, by: Member, policy: Policy) -> Policy:
    """Stop an active rule: today is its last day. One that has not started yet becomes a draft again."""
    require(by, "policy.manage")
    with transaction.atomic():
        policy = _locked(by, policy)
        today = by.tenant.local_date()
        if policy.state == Policy.State.ACTIVE and policy.starts_on > today:
            move(policy, Policy.State.DRAFT)
            record(by, "policy.withdrawn", policy, title=policy.title)
        else:
            move(policy, Policy.State.ENDED)
            policy.ends_on = min(policy.ends_on, today) if policy.ends_on else today
            record(by, "policy.ended", policy, title=policy.title, last_day=policy.ends_on.isoformat())
        policy.save(update_fields=["state", "ends_on"])
    return policy


def delete_draft(*, by: Member, policy: Policy) -> None:
    """Throw a draft away. Rules that were ever active stay, since grants cite them."""
    require(by, "policy.manage")
    with transaction.atomic():
        policy = _locked(by, policy)
        if policy.state != Policy.State.DRAFT:
            raise RuleBroken(_("Only a draft can be deleted. This rule can be ended."), code="frozen")
        record(by, "policy.deleted", policy, title=policy.title)
        policy.delete()


def _checked(by: Member, terms: dict[str, Any]) -> Terms:
    given = Terms(**terms)
    wrong = contradictions(given, by.tenant)
    if wrong:
        _refuse(wrong)
    return given


def _refuse(wrong: dict[str, str]) -> NoReturn:
    field, message = next(iter(wrong.items()))
    raise Invalid(message, field=field, errors=wrong)


def _locked(by: Member, policy: Policy) -> Policy:
    rows = Policy.objects.select_for_update(of=("self",))
    return rows.select_related("tenant", "micro_credential", "stack", "issuer", "created_by").get(
        id=policy.id, tenant=by.tenant
    )


def _midnight(by: Member) -> datetime:
    return datetime.combine(by.tenant.local_date(), time.min, tzinfo=by.tenant.zone)


def _earned_elsewhere_since_midnight(by: Member) -> QuerySet[OutsideBadge]:
    accepted = by.tenant.accepted_issuers.values("issuer_id")
    return in_force().filter(issuer_id__in=accepted, awarded_at__gte=_midnight(by)).select_related("earner")


def _earned_since_midnight(by: Member) -> QuerySet[Badge]:
    issued = badges_of_members(by.tenant).filter(awarded_at__gte=_midnight(by))
    return issued.select_related("edition", "stack", "earner", "tenant")
