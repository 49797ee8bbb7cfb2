"""Reading badges. A private badge exists only for its earner."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from badges.models import AwardImport, AwardImportRow, Badge, SigningKey
from credentials.models import Edition, Stack
from lib import clock
from tenants.models import AuditEntry, Tenant, User

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


def in_state(badges: QuerySet[Badge], state: str) -> QuerySet[Badge]:
    """Those of `badges` in a state, that run out soon (`ending`) or were `replaced`; all of them for any other word."""
    if state in Badge.State.values:
        return badges.filter(state=state)
    if state == "ending":
        soon = clock.now() + timedelta(days=settings.RENEWAL_DAYS)
        return badges.filter(expires_at__lte=soon, superseded_at=None).exclude(state=Badge.State.REVOKED)
    if state == "replaced":
        return badges.filter(superseded_at__isnull=False)
    return badges


def line_of(badge: Badge) -> list[Badge]:
    """A badge with those it took the place of and those that took its place, oldest first."""
    found = [badge]
    rows = Badge.objects.select_related("edition", "stack").defer("document")
    while found[0].replaces_id and len(found) < 100:
        found.insert(0, rows.get(id=found[0].replaces_id))
    while (following := rows.filter(replaces=found[-1]).first()) and len(found) < 100:
        found.append(following)
    return found


def history_of(badge: Badge) -> QuerySet[AuditEntry]:
    """What was done with a badge of the active tenant, newest first."""
    entries = AuditEntry.objects.filter(object_id=badge.id, object_type="badges.badge").select_related("actor")
    return entries.order_by("-at", "-id")[:100]


def keys_of(tenant: Tenant) -> QuerySet[SigningKey]:
    """The signing keys of a tenant: those that sign first, then the newest."""
    keys = SigningKey.objects.filter(issuer__tenant=tenant).select_related("issuer__tenant")
    return keys.order_by(F("retired_at").desc(nulls_first=True), "-created_at", "-id")


def can_be_awarded(tenant: Tenant) -> tuple[QuerySet[Edition], QuerySet[Stack]]:
    """The published editions and stacks of a tenant, by title."""
    editions = Edition.objects.filter(micro_credential__tenant=tenant, state=Edition.State.PUBLISHED)
    stacks = Stack.objects.filter(tenant=tenant, state=Stack.State.PUBLISHED)
    return editions.select_related("micro_credential__tenant").order_by("title", "number"), stacks.order_by("title")


def imports_here() -> QuerySet[AwardImport]:
    """The lists of the active tenant, newest first."""
    return AwardImport.objects.select_related("edition", "stack", "by").order_by("-created_at", "-id")


@dataclass(frozen=True)
class Counts:
    """How many lines of a list wait, are awarded, and are not to be."""

    waiting: int = 0
    done: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.failed

    @property
    def dealt_with(self) -> int:
        return self.done + self.failed


def counts_of(award_import: AwardImport) -> Counts:
    """How far a list is."""
    states = award_import.rows.order_by().values_list("state").annotate(number=Count("id"))
    return Counts(**dict(states))


def failed_rows(award_import: AwardImport) -> QuerySet[AwardImportRow]:
    """The lines that bring no badge, in the order of the file."""
    return award_import.rows.filter(state=AwardImportRow.State.FAILED).order_by("line")


def waiting_rows(award_import: AwardImport) -> QuerySet[AwardImportRow]:
    """The lines that are to bring a badge, in the order of the file."""
    return award_import.rows.filter(state=AwardImportRow.State.WAITING).order_by("line")
