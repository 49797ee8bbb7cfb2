"""What recognition tests arrange: micro-credentials, badges made as in production, rules and grants."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from badges.actions import award
from badges.deliveries import handle
from badges.minting import mint
from badges.models import Badge, Consumer
from credentials.models import Edition
from lib import clock
from recognition.actions.following import follow
from recognition.actions.policies import activate, create_policy
from recognition.models import Grant, Policy
from tenants.models import StaffRecord, Tenant, User
from tests.cast import Cast
from tests.credentials.sample import published

ZONE = ZoneInfo("America/New_York")
FIRST_DAY = date(2026, 7, 1)


def day(year: int, month: int, day_: int, hour: int = 12) -> datetime:
    """A moment in Lakeside's zone."""
    return datetime(year, month, day_, hour, tzinfo=ZONE)


def edition(cast: Cast, title: str = "Asking Better Questions") -> Edition:
    """A published edition of Lakeside."""
    return published(cast, title=title)


def editions(cast: Cast, count: int) -> list[Edition]:
    """Several of them."""
    return [edition(cast, f"Skill {number}") for number in range(1, count + 1)]


def badge(cast: Cast, what: Edition, earner: User | None = None, *, followed: bool = True, **more: Any) -> Badge:
    """A badge of Lakeside, awarded and minted; and followed by recognition unless told otherwise."""
    with cast.inside():
        made = award(by=cast.by(cast.cleo), earner=earner or cast.ada, edition=what, **more)
    handle(Consumer.MINT, mint)
    made.refresh_from_db()
    assert made.state == Badge.State.ISSUED
    if followed:
        follow_all()
    return made


def follow_all() -> int:
    """Run recognition's consumer, as its task does."""
    return handle(Consumer.RECOGNITION, follow)


def staff(cast: Cast, user: User, tenant: Tenant | None = None, **more: Any) -> StaffRecord:
    """A roster entry."""
    with cast.inside(tenant), transaction.atomic():
        return StaffRecord.objects.create(user=user, **more)


def draft(cast: Cast, **terms: Any) -> Policy:
    """A draft rule of Lakeside: $500 for any micro-credential, from 1 July 2026."""
    given = {"title": "Stipend", "cents": 50_000, "starts_on": FIRST_DAY, **terms}
    with cast.inside():
        return create_policy(by=cast.by(cast.cleo), **given)


def policy(cast: Cast, **terms: Any) -> Policy:
    """The same, active since its first day."""
    with clock.at(day(2026, 7, 1, 1)):
        made = draft(cast, **terms)
        with cast.inside():
            return activate(by=cast.by(cast.cleo), policy=made)


def grants(cast: Cast, tenant: Tenant | None = None) -> list[Grant]:
    """All grants of a tenant, oldest first."""
    with cast.inside(tenant), transaction.atomic():
        return list(Grant.objects.order_by("created_at", "id").select_related("use", "policy"))
