"""How long a badge is valid, and when it is due for renewal. Days are those of the issuer's time zone."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from badges.models import Badge
from credentials.models import Edition
from lib import clock
from submissions.renewals import Renewal
from tenants.models import Tenant, User


def end_of(edition: Edition, start: datetime, tenant: Tenant) -> datetime | None:
    """The end of the last day on which a badge that starts at `start` is valid; None when it never runs out."""
    if edition.valid_months is None:
        return None
    last = months_later(tenant.local_date(start), edition.valid_months)
    return datetime.combine(last, time(23, 59, 59), tzinfo=tenant.zone)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def renewed_end(old: Badge, edition: Edition, now: datetime) -> datetime | None:
    """The end of a renewal: counted from the end of the old badge, so that renewing early loses no day."""
    return end_of(edition, max(now, old.expires_at or now), old.tenant)


def due_for_renewal(earner: User, micro_credential: UUID) -> Badge | None:
    """The badge of `earner` for any edition of a micro-credential that runs out soon, or has run out."""
    soon = clock.now() + timedelta(days=settings.RENEWAL_DAYS)
    due = _held(earner).filter(edition__micro_credential=micro_credential, expires_at__lte=soon)
    return due.order_by("-expires_at", "-id").first()


def is_due(badge: Badge) -> bool:
    """Whether new work renews this badge now."""
    return badge.can_be_succeeded and badge.expires_at is not None and opening_of(badge) <= clock.now()


def opening_of(badge: Badge) -> datetime:
    """The moment from which on new work renews a badge that has an end."""
    return badge.expires_at - timedelta(days=settings.RENEWAL_DAYS)


def renewal_of(earner: User, edition_id: UUID) -> Renewal | None:
    """What submissions has to know before work on an edition that was earned begins anew (settings.RENEWAL_RULE)."""
    badge = _held(earner).filter(edition=edition_id, expires_at__isnull=False).first()
    if badge is None:
        return None
    return Renewal(
        is_open=is_due(badge),
        opens_on=badge.tenant.local_date(opening_of(badge)),
        ends_on=badge.tenant.local_date(badge.expires_at),
        has_run_out=badge.has_run_out,
    )


def _held(earner: User) -> QuerySet[Badge]:
    """The badges of `earner` that another can follow."""
    held = Badge.objects.filter(earner=earner, state=Badge.State.ISSUED, superseded_at=None)
    return held.select_related("edition", "tenant").defer("document")
