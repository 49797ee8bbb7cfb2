"""What the pages of this app read. Private rows are filtered by the active tenant; the rest names its tenant."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from oauth2_provider.models import AccessToken as AppToken
from oauth2_provider.models import RefreshToken

from lib import clock
from lib.ids import hash_secret
from tenants.members import ancestors
from tenants.models import (
    AccessToken,
    AuditEntry,
    Closure,
    ConnectedApp,
    Invitation,
    Logo,
    Membership,
    OutgoingMail,
    Partnership,
    Role,
    StaffRecord,
    Tenant,
    User,
)
from tenants.oauth import in_words

TENANTS_SHOWN = 60


@dataclass(frozen=True)
class Group:
    """A tenant and what one person is in it."""

    tenant: Tenant
    roles: list[str]
    held: list[str]  # the values of `roles`, which are words for people


def role_labels(roles: list[str]) -> list[str]:
    """The names of roles, in the order of Role."""
    return [str(role.label) for role in Role if role.value in roles]


def memberships_of(user: User) -> QuerySet[Membership]:
    """The memberships of `user` that are not switched off, by name of the tenant."""
    return Membership.objects.filter(user=user, active=True).select_related("tenant").order_by("tenant__name")


def groups_of(user: User) -> list[Group]:
    """The tenants `user` belongs to, by name, with their roles."""
    return [Group(each.tenant, role_labels(each.roles), each.roles) for each in memberships_of(user)]


def public_tenants(words: str = "") -> list[Tenant]:
    """The first TENANTS_SHOWN tenants by name, or those whose name holds `words`."""
    return list(Tenant.objects.filter(name__icontains=words.strip())[:TENANTS_SHOWN])


def logos() -> QuerySet[Logo]:
    """Every tenant's logo."""
    return Logo.objects.all()


def people(tenant: Tenant, *, words: str = "", role: str = "", away: bool = False) -> QuerySet[Membership]:
    """Members of `tenant` by name; `words` match name or address, `away` shows those who were switched off."""
    found = Membership.objects.filter(tenant=tenant, active=not away).select_related("user")
    for word in words.split():
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    if role:
        found = found.filter(roles__contains=[role])
    return found.order_by("user__name", "user__email", "id")


def membership(tenant: Tenant, user_id: object) -> QuerySet[Membership]:
    """The one membership of a person in `tenant`, active or not."""
    return Membership.objects.filter(tenant=tenant, user_id=user_id).select_related("user", "tenant")


def admins(tenant: Tenant) -> QuerySet[Membership]:
    """Who runs `tenant`: its own active admins and those of the tenants above it."""
    lineage = [tenant.id, *(above.id for above in ancestors(tenant))]
    return Membership.objects.filter(
        tenant_id__in=lineage, active=True, user__is_active=True, roles__contains=[Role.ADMIN]
    )


def staff_record(user: User) -> StaffRecord | None:
    """What the roster of the active tenant says about `user`."""
    return StaffRecord.objects.filter(user=user).select_related("supervisor").first()


def open_invitations() -> QuerySet[Invitation]:
    """Invitations of the active tenant that nobody accepted or withdrew, newest first; also those that ran out."""
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return waiting.select_related("invited_by").order_by("-created_at", "-id")


def invitation_by_secret(secret: str) -> Invitation | None:
    """The invitation of the active tenant behind a mailed link, whatever became of it."""
    return Invitation.objects.select_related("tenant", "invited_by").filter(secret_hash=hash_secret(secret)).first()


def account_of(email: str) -> User | None:
    """The account with this address, if there is one."""
    return User.objects.filter(email=email.lower()).first()


def tokens_of(user: User) -> QuerySet[AccessToken]:
    """A person's tokens that still work, newest first."""
    return AccessToken.objects.filter(user=user, revoked_at=None, expires_at__gt=clock.now())


def apps_let_in(user: User) -> QuerySet[ConnectedApp]:
    """The apps that can act for a person now, or once they refresh their token."""
    acting = AppToken.objects.filter(user=user, application=OuterRef("id"), expires__gt=clock.now())
    refreshing = RefreshToken.objects.filter(user=user, application=OuterRef("id"), revoked=None)
    return ConnectedApp.objects.filter(Exists(acting) | Exists(refreshing)).order_by("name", "id")


def apps_of(user: User) -> list[tuple[ConnectedApp, datetime, list[Promise]]]:
    """Each of `apps_let_in`, since when, and what it may do, in words."""
    found = list(apps_let_in(user))
    tokens = AppToken.objects.filter(user=user, application__in=found).values_list("application", "scope")
    scopes: dict[int, set[str]] = {}
    for app, scope in tokens:
        scopes.setdefault(app, set()).update(scope.split())
    since = dict(
        RefreshToken.objects.filter(user=user, application__in=found)
        .values_list("application")
        .annotate(first=Min("created"))
    )
    return [(app, since.get(app.id, app.used_at), in_words(scopes.get(app.id, ()))) for app in found]


def closures(tenant: Tenant) -> QuerySet[Closure]:
    """Days from today on that `tenant` is closed."""
    return tenant.closures.filter(day__gte=tenant.local_date())


def partners(tenant: Tenant) -> QuerySet[Partnership]:
    """Issuers whose micro-credentials `tenant` lists."""
    return tenant.partnerships.select_related("issuer").order_by("issuer__name")


def possible_partners(tenant: Tenant) -> QuerySet[Tenant]:
    """Tenants that `tenant` could list: not itself, not those above it, whose catalog it shows anyway."""
    shown = [tenant.id, *(above.id for above in ancestors(tenant))]
    return Tenant.objects.exclude(id__in=shown).exclude(listed_by__tenant=tenant)


def children(tenant: Tenant) -> QuerySet[Tenant]:
    """Tenants right below `tenant`, with `people` counted."""
    return tenant.children.annotate(people=Count("memberships", filter=Q(memberships__active=True)))


def audit_entries(*, words: str = "", verb: str = "", object_id: str = "") -> QuerySet[AuditEntry]:
    """What was done in the active tenant, newest first; `words` match the name or address of who did it."""
    found = AuditEntry.objects.select_related("actor")
    for word in words.split():
        found = found.filter(Q(actor__name__icontains=word) | Q(actor__email__icontains=word))
    if verb:
        found = found.filter(verb=verb)
    if object_id:
        found = found.filter(object_id=object_id)
    return found.order_by("-at", "-id")


def mail(tenant: Tenant, *, state: str = "") -> QuerySet[OutgoingMail]:
    """Mail sent for `tenant`, newest first, without its bodies: they may hold links that let someone in."""
    found = OutgoingMail.objects.filter(tenant=tenant).defer("text", "html")
    return (found.filter(state=state) if state else found).order_by("-created_at", "-id")
