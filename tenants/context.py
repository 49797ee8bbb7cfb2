"""What every page shows around its content: tenant, navigation, role switch, account menu."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenants.models import Role, Tenant
from tenants.queries import memberships_of
from tenants.theme import theme_url

# (label, url name) by role, at most five. Names of other apps are addresses, not imports.
NAVIGATION: dict[Role, list[tuple[Any, str]]] = {
    Role.EARNER: [
        (_("Catalog"), "catalog"),
        (_("My work"), "my_work"),
        (_("Passport"), "passport"),
        (_("Rewards"), "rewards"),
    ],
    Role.ASSESSOR: [
        (_("Queue"), "queue"),
        (_("Done"), "reviews_done"),
        (_("Practice"), "practice_home"),
        (_("My stats"), "my_stats"),
        (_("Catalog"), "catalog"),
    ],
    Role.SENIOR: [(_("To settle"), "settlings"), (_("Catalog"), "catalog")],
    Role.AUTHOR: [
        (_("My drafts"), "author_home"),
        (_("Published"), "author_published"),
        (_("Samples"), "anchors"),
        (_("Catalog"), "catalog"),
    ],
    Role.VETTER: [(_("To vet"), "vetting_home"), (_("Catalog"), "catalog")],
    Role.COACH: [(_("My educators"), "coach_home"), (_("Talks"), "conversations"), (_("Catalog"), "catalog")],
    Role.RECOGNIZER: [
        (_("Inbox"), "inbox"),
        (_("Rules"), "policies"),
        (_("Endorsements"), "endorsements"),
        (_("Catalog"), "catalog"),
    ],
    Role.EVALUATOR: [(_("Catalog"), "catalog")],
    Role.ADMIN: [
        (_("Dashboard"), "manage_home"),
        (_("People"), "people"),
        (_("Stacks"), "manage_stacks"),
        (_("Rules"), "policies"),
        (_("Settings"), "tenant_settings"),
    ],
}
VISITOR = [(_("Catalog"), "catalog"), (_("Stacks"), "stacks")]
GROUPS_SHOWN = 3  # in the menu of pages that belong to no tenant


@dataclass(frozen=True)
class Link:
    """One address in a menu."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Choice:
    """One role in the role switch."""

    label: str
    value: str
    current: bool


def active_role(request: HttpRequest) -> Role | None:
    """The role whose menu is shown: of those held, the one this page belongs to; else the one last chosen here."""
    if request.member is None:
        return None
    held = by_weight(request.member.roles)
    chosen = request.session.get(f"role:{request.tenant.id}")
    held.sort(key=lambda role: role != chosen)  # stable: the chosen one first, and `max` takes the first of equals
    return max(held, key=lambda role: max(len(url) for url in ["", *_matching(request, role)]))


def by_weight(roles: Iterable[str]) -> list[Role]:
    """Roles by how much waits behind them: who reviews or runs things besides earning comes for that."""
    return [role for role in reversed(Role) if role in roles]


def first_page(tenant: Tenant, roles: Iterable[str]) -> str:
    """Where a person with these roles begins in `tenant`."""
    role = by_weight(roles)[0]
    _label, name = NAVIGATION[role][0]
    return reverse("my_work" if role == Role.EARNER else name, args=[tenant.slug])


def _matching(request: HttpRequest, role: Role) -> list[str]:
    urls = [reverse(name, args=[request.tenant.slug]) for _label, name in NAVIGATION[role]]
    return [url for url in urls if request.path.startswith(url)]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of templates/base.html."""
    tenant: Tenant | None = getattr(request, "tenant", None)
    if not hasattr(request, "user"):  # refused before anyone asked who it is, such as for a wrong host name
        return {"tenant": tenant}
    return {
        "tenant": tenant,
        "member": getattr(request, "member", None),
        "nav_items": _navigation(request) if tenant else _groups(request),
        "role_choices": _roles(request) if tenant else [],
        "account_menu": _account(request),
        "theme_css_url": theme_url(tenant) if tenant else "",
    }


def _navigation(request: HttpRequest) -> list[Link]:
    role = active_role(request)
    items = [Link(label, reverse(name, args=[request.tenant.slug])) for label, name in NAVIGATION.get(role, VISITOR)]
    here = max((item.url for item in items if request.path.startswith(item.url)), key=len, default="")
    return [Link(item.label, item.url, current=item.url == here) for item in items]


def _groups(request: HttpRequest) -> list[Link]:
    """The way back from a page that belongs to no tenant, like a badge or the help."""
    if not request.user.is_authenticated or request.path == reverse("home"):
        return []
    groups = list(memberships_of(request.user)[: GROUPS_SHOWN + 1])
    if len(groups) > GROUPS_SHOWN:
        return [Link(_("Your groups"), reverse("home"))]
    return [Link(each.tenant.name, first_page(each.tenant, each.roles)) for each in groups]


def _roles(request: HttpRequest) -> list[Choice]:
    role = active_role(request)
    if role is None or len(request.member.roles) < 2:
        return []
    return [Choice(each.label, each.value, each == role) for each in Role if each in request.member.roles]


def _account(request: HttpRequest) -> dict[str, Any] | None:
    if not request.user.is_authenticated:
        return None
    links = [Link(_("Your groups"), reverse("home")), Link(_("Your account"), reverse("account_home"))]
    return {"name": request.user.get_short_name(), "links": links}
