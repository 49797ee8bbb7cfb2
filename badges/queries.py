"""Reading badges. A private badge exists only for its earner."""

from uuid import UUID

from django.db.models import Q, QuerySet

from badges.models import Badge
from tenants.models import Tenant, User

WITH_TITLES = ("edition__micro_credential", "stack", "tenant", "issuer__tenant", "status_list")


def badge_by_id(badge_id: UUID) -> Badge | None:
    """The badge with this id, or None when there is none. Whether its page is shown is for `may_see` to say."""
    return Badge.objects.select_related(*WITH_TITLES, "earner", "key").filter(id=badge_id).first()


def may_see(viewer: User, badge: Badge) -> bool:
    """Private badges are for their earner alone; all others are for anyone who has the address."""
    return badge.visibility != Badge.Visibility.PRIVATE or (viewer.is_authenticated and badge.earner_id == viewer.id)


def badges_of(user: User) -> QuerySet[Badge]:
    """Every badge of a person, newest first, from whatever issuer."""
    return Badge.objects.filter(earner=user).select_related(*WITH_TITLES).defer("document")


def issued_by(tenant: Tenant, text: str = "") -> QuerySet[Badge]:
    """What a tenant has awarded, for its admins, filtered by a name or a title."""
    badges = Badge.objects.filter(tenant=tenant).select_related("edition", "stack", "earner").defer("document")
    for word in text.split()[:5]:
        badges = badges.filter(
            Q(recipient_name__icontains=word) | Q(edition__title__icontains=word) | Q(stack__title__icontains=word)
        )
    return badges.order_by("-awarded_at", "-id")
