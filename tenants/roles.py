"""What each role may do: the one list. Actions ask `require`, templates ask `can`; both read this table."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lib.errors import NotAllowed
from tenants.models import Role, Tenant, User


@dataclass(frozen=True)
class Rule:
    """Who may do a verb: any of `roles`; `own`/`not_own` name the attribute that must (not) be the person's id."""

    roles: frozenset[Role]
    own: str = ""
    not_own: str = ""


def _may(*roles: Role, own: str = "", not_own: str = "") -> Rule:
    return Rule(frozenset(roles), own, not_own)


VERBS: dict[str, Rule] = {
    # earning
    "work.start": _may(Role.EARNER),
    "work.see": _may(Role.EARNER, own="earner_id"),
    "work.edit": _may(Role.EARNER, own="earner_id"),
    "work.submit": _may(Role.EARNER, own="earner_id"),
    "badge.share": _may(*Role, own="earner_id"),
    "passport.arrange": _may(*Role, own="person_id"),
    "passport.share": _may(*Role, own="earner_id"),
    "outside.own": _may(*Role, own="earner_id"),
    "grant.reply": _may(*Role, own="earner_id"),
    "decision.appeal": _may(Role.EARNER, own="earner_id"),
    "feedback.react": _may(Role.EARNER, own="earner_id"),
    "fee.see": _may(Role.EARNER, own="earner_id"),
    "fee.manage": _may(Role.ADMIN, not_own="earner_id"),
    # assessing; earners too, where an edition is read by peers: assessment.reading_rights says which work that is
    "review.any": _may(Role.ASSESSOR),
    "review.queue": _may(Role.ASSESSOR, Role.EARNER),
    "review.claim": _may(Role.ASSESSOR, Role.EARNER, not_own="earner_id"),
    "review.score": _may(Role.ASSESSOR, Role.EARNER, own="assessor_id"),
    "review.release": _may(Role.ASSESSOR, Role.EARNER, own="assessor_id"),
    "review.undo": _may(Role.ASSESSOR, Role.EARNER, own="assessor_id"),
    "review.decide": _may(Role.ASSESSOR, Role.EARNER, Role.SENIOR),
    "comment.keep": _may(Role.ASSESSOR, Role.AUTHOR, Role.ADMIN),
    "comment.change": _may(Role.ASSESSOR, Role.AUTHOR, Role.ADMIN, own="owner_id"),
    "comment.publish": _may(Role.AUTHOR, Role.ADMIN),
    "settling.queue": _may(Role.SENIOR),
    "settling.claim": _may(Role.SENIOR, not_own="earner_id"),
    "settling.settle": _may(Role.SENIOR, own="settler_id"),
    "review.assign": _may(Role.ADMIN),
    "precheck.do": _may(Role.ASSESSOR, not_own="earner_id"),
    "assessor.plan": _may(Role.ASSESSOR),
    "assessor.manage": _may(Role.ADMIN),
    # coaching
    "coach.see": _may(Role.COACH),
    "coach.assign": _may(Role.ADMIN),
    "conversation.record": _may(Role.COACH, Role.ADMIN, not_own="earner_id"),
    # looking after trust
    "appeal.see": _may(Role.ADMIN),
    "flag.answer": _may(Role.ADMIN, not_own="earner_id"),
    "case.open": _may(Role.ASSESSOR, Role.ADMIN, Role.RECOGNIZER, not_own="earner_id"),
    "case.manage": _may(Role.ADMIN, not_own="earner_id"),
    "case.answer": _may(*Role, own="earner_id"),
    "case.vote": _may(*Role, own="user_id"),
    # writing
    "edition.write": _may(Role.AUTHOR, own="author_id"),
    "edition.see_drafts": _may(Role.AUTHOR, Role.VETTER),
    "edition.vet": _may(Role.VETTER, not_own="author_id"),
    "edition.retire": _may(Role.ADMIN),
    "agreement.see": _may(Role.ADMIN),
    "anchor.manage": _may(Role.AUTHOR, Role.ADMIN),
    # recognizing
    "grant.see": _may(Role.RECOGNIZER, Role.ADMIN),
    "grant.decide": _may(Role.RECOGNIZER, not_own="earner_id"),
    "badge.endorse": _may(Role.RECOGNIZER, not_own="earner_id"),
    # running the tenant
    "tenant.manage": _may(Role.ADMIN),
    "tenant.brand": _may(Role.ADMIN),
    "people.manage": _may(Role.ADMIN),
    "partner.manage": _may(Role.ADMIN),
    "stack.manage": _may(Role.ADMIN),
    "policy.manage": _may(Role.ADMIN),
    "badge.revoke": _may(Role.ADMIN),
    "issuer.accept": _may(Role.ADMIN),
    "badge.renew": _may(Role.ADMIN),
    "badge.correct": _may(Role.ADMIN),
    "key.manage": _may(Role.ADMIN),
    "issuer.archive": _may(Role.ADMIN),
    "badge.import": _may(Role.ADMIN),
    "audit.see": _may(Role.ADMIN),
    "retention.manage": _may(Role.ADMIN),
}


@dataclass(frozen=True)
class Member:
    """Who acts: a person in a tenant with the roles they hold there. `user` is None for the system itself."""

    user: User | None
    tenant: Tenant
    roles: frozenset[Role] = field(default_factory=frozenset)

    @property
    def is_system(self) -> bool:
        return self.user is None


def system(tenant: Tenant) -> Member:
    """The actor of sweepers and workers, who finish what a person began."""
    return Member(user=None, tenant=tenant)


def can(by: Member | None, verb: str, obj: Any = None) -> bool:
    """Whether `by` may do `verb`, on `obj` where the rule is about one. Unknown verbs raise KeyError."""
    rule = VERBS[verb]
    if by is None:
        return False
    if by.is_system:
        return True
    if not rule.roles & by.roles:
        return False
    if obj is None:
        return True
    if rule.own and getattr(obj, rule.own) != by.user.id:
        return False
    return not (rule.not_own and getattr(obj, rule.not_own) == by.user.id)


def require(by: Member | None, verb: str, obj: Any = None) -> None:
    """Raise NotAllowed (403), naming the roles that can, unless `by` may do `verb` on `obj`."""
    if can(by, verb, obj):
        return
    rule = VERBS[verb]
    names = ", ".join(str(role.label) for role in Role if role in rule.roles)
    if by is not None and rule.roles & by.roles:
        if rule.not_own:
            message = _("You cannot do this with your own work. Someone else in this role has to.")
        else:
            message = _("This belongs to someone else, so only they can change it.")
        raise NotAllowed(message, code="not-yours", role=names)
    raise NotAllowed(
        _("You do not have a role here that can do this. It needs: %(roles)s.") % {"roles": names}, role=names
    )
