"""The terms of a rule, and everything that can be wrong with them. Form, API, demo and actions share this check."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from credentials.models import MicroCredential, Stack
from credentials.queries import issuers_seen_by, listed_editions, listed_stacks
from recognition.models import Policy
from recognition.words import dollars, hours
from tenants.models import Tenant

MOST_CENTS = 2_000_000  # of one badge: $20,000
MOST_CENTS_A_YEAR = 100_000_000  # $1,000,000
MOST_HUNDREDTHS = 100_000  # 1,000 hours, of one badge and a year
MOST_BADGES = 1_000
MOST_JOBS = 30


@dataclass(frozen=True)
class Terms:
    """What a rule says. Money in cents, CEU in hundredths of an hour; None means no limit."""

    title: str = ""
    job_classes: list[str] = field(default_factory=list)
    full_time_only: bool = False
    target: str = Policy.Target.ANY
    micro_credential: MicroCredential | None = None
    stack: Stack | None = None
    issuer: Tenant | None = None
    cents: int = 0
    ceu_hundredths: int = 0
    max_count: int | None = None
    max_cents: int | None = None
    max_ceu_hundredths: int | None = None
    year_starts_month: int = 7
    starts_on: date | None = None
    ends_on: date | None = None
    note: str = ""

    @classmethod
    def of(cls, policy: Policy) -> "Terms":
        """The terms of a rule that exists."""
        return cls(**{each.name: getattr(policy, each.name) for each in fields(cls)})

    def as_policy(self, tenant: Tenant, **more: Any) -> Policy:
        """A Policy with these terms that is not saved."""
        return Policy(tenant=tenant, **{each.name: getattr(self, each.name) for each in fields(self)}, **more)


def contradictions(terms: Terms, tenant: Tenant) -> dict[str, str]:
    """What is wrong, as {field of Terms: sentence}. Empty when the rule makes sense for `tenant`."""
    return {**_who_and_what(terms, tenant), **_amounts(terms), **_limits(terms), **_dates(terms)}


def _who_and_what(terms: Terms, tenant: Tenant) -> dict[str, str]:
    wrong = {}
    if not terms.title.strip():
        wrong["title"] = _("Give the rule a name.")
    elif len(terms.title) > 160:
        wrong["title"] = _("Use a name of at most 160 characters.")
    if len(terms.job_classes) > MOST_JOBS or any(not 0 < len(each) <= 80 for each in terms.job_classes):
        wrong["job_classes"] = _("List at most 30 jobs, each of at most 80 characters.")
    if len(terms.note) > 1000:
        wrong["note"] = _("Use at most 1,000 characters.")
    if terms.target not in Policy.Target.values:
        return wrong | {"target": _("Choose what has to be earned.")}
    chosen = {
        Policy.Target.MICRO_CREDENTIAL: "micro_credential",
        Policy.Target.STACK: "stack",
        Policy.Target.ISSUER: "issuer",
    }
    for target, name in chosen.items():
        value = getattr(terms, name)
        if target != terms.target and value is not None:
            wrong[name] = _("Leave this empty: the rule is for something else.")
        elif target == terms.target and value is None:
            wrong[name] = _("Choose which one.")
        elif target == terms.target and not _is_listed(name, value, tenant):
            wrong[name] = _("This is not in your catalog now, so a rule cannot name it.")
    return wrong


def _is_listed(name: str, value: Any, tenant: Tenant) -> bool:
    if name == "micro_credential":
        return listed_editions(tenant).filter(micro_credential=value).exists()
    if name == "stack":
        return listed_stacks(tenant).filter(id=value.id).exists()
    return Tenant.objects.filter(issuers_seen_by(tenant), id=value.id).exists()


def _amounts(terms: Terms) -> dict[str, str]:
    wrong = {}
    if not 0 <= terms.cents <= MOST_CENTS:
        wrong["cents"] = _("Use an amount from $0 to %(most)s.") % {"most": dollars(MOST_CENTS)}
    if not 0 <= terms.ceu_hundredths <= MOST_HUNDREDTHS:
        wrong["ceu_hundredths"] = _("Use 0 to %(most)s.") % {"most": hours(MOST_HUNDREDTHS)}
    if not terms.cents and not terms.ceu_hundredths:
        wrong["cents"] = _("The rule gives nothing yet. Enter dollars, CEU hours, or both.")
    return wrong


def _limits(terms: Terms) -> dict[str, str]:
    wrong = {}
    if terms.max_count is not None and not 1 <= terms.max_count <= MOST_BADGES:
        wrong["max_count"] = _("Use 1 to 1,000 badges, or leave it empty for no limit.")
    if terms.max_cents is not None:
        if not 0 <= terms.max_cents <= MOST_CENTS_A_YEAR:
            wrong["max_cents"] = _("Use an amount from $0 to %(most)s.") % {"most": dollars(MOST_CENTS_A_YEAR)}
        elif not terms.cents:
            wrong["max_cents"] = _("The rule gives no dollars, so it cannot limit them. Leave this empty.")
        elif terms.max_cents < terms.cents:
            wrong["max_cents"] = _("One badge gives %(one)s, so the limit cannot be less than that.") % {
                "one": dollars(terms.cents)
            }
    if terms.max_ceu_hundredths is not None:
        if not 0 <= terms.max_ceu_hundredths <= MOST_HUNDREDTHS:
            wrong["max_ceu_hundredths"] = _("Use 0 to %(most)s.") % {"most": hours(MOST_HUNDREDTHS)}
        elif not terms.ceu_hundredths:
            wrong["max_ceu_hundredths"] = _("The rule gives no CEU hours, so it cannot limit them. Leave this empty.")
        elif terms.max_ceu_hundredths < terms.ceu_hundredths:
            wrong["max_ceu_hundredths"] = _("One badge gives %(one)s, so the limit cannot be less than that.") % {
                "one": hours(terms.ceu_hundredths)
            }
    return wrong


def _dates(terms: Terms) -> dict[str, str]:
    wrong = {}
    if not 1 <= terms.year_starts_month <= 12:
        wrong["year_starts_month"] = _("Choose a month.")
    if terms.starts_on is None:
        wrong["starts_on"] = _("Enter the first day, like 7/1/2026.")
    elif not 2000 <= terms.starts_on.year <= 2100:
        wrong["starts_on"] = _("Use a year from 2000 to 2100.")
    elif terms.ends_on is not None and terms.ends_on < terms.starts_on:
        wrong["ends_on"] = _("The rule ends before it starts. Choose a last day on or after the first day.")
    elif terms.ends_on is not None and terms.ends_on.year > 2100:
        wrong["ends_on"] = _("Use a year from 2000 to 2100.")
    return wrong
