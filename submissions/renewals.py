"""Whether new work renews what was earned. That is a rule about badges, an app above this one: config names it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from tenants.models import User


@dataclass(frozen=True)
class Renewal:
    """A badge with an end, in good standing, that new work on its edition renews once `is_open`.

    `opens_on` and `ends_on` are days where the issuer is: the first on which the work can be begun, and the last on
    which the badge is valid.
    """

    is_open: bool
    opens_on: date
    ends_on: date
    has_run_out: bool


Rule = Callable[[User, UUID], Renewal | None]


def renewal_of(earner: User, edition_id: UUID) -> Renewal | None:
    """How the badge of `earner` for an edition can be renewed by new work; None where there is nothing to renew."""
    rule: Rule = import_string(settings.RENEWAL_RULE)
    return rule(earner, edition_id)
