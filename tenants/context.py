"""What every page shows around its content: tenant, navigation, role switch, account menu."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenants.models import Role, Tenant
from tenants.theme import theme_url

# (label, url name) by role, at most five. Names of other apps are addresses, not imports.
NAVIGATION: dict[Role, list[tuple[Any, str]]] = {
    Role.EARNER: [
        (_("Catalog"), "catalog"),
        (_("My work"), "my_work"),
        (_("Passport"), "passport"),
        (_("Rewards"), "rewards"),
    ],
    Role.ASSESSOR: [(_("Queue"), "queue"), (_("Done"), "reviews_done"), (_("Catalog"), "catalog")],
    Role.AUTHOR: [
        (_("My drafts"), "author_home"),
        (_("Published"), "author_published"),
        (_("Catalog"), "catalog"),
    ],
    Role.VETTER: [(_("To vet"), "vetting_home"), (_("Catalog"), "catalog")],
    Role.COACH: [(_("Catalog"), "catalog")],
    Role.RECOGNIZER: [(_("Inbox"), "inbox"), (_("Rules"), "policies"), (_("Catalog"), "catalog")],
    Role.EVALUATOR: [(_("Catalog"), "catalog")],
    Role.ADMIN: [
        (_("Dashboard"), "manage_home"),
        (_("People"), "people"),
        (_("Stacks"), "manage_stacks"),
        (_("Rewards"), "policies"),
        (_("Settings"), "tenant_settings"),
    ],
}
VISITOR = [(_("Catalog"), "catalog"), (_("Stacks"), "stacks")]


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
    held = [role for role in Role if role in request.member.roles]
    chosen = request.session.get(f"role:{request.tenant.id}")
    held.sort(key=lambda role: role != chosen)  # stable: the chosen one first, and `max` takes the first of equals
    return max(held, key=lambda role: max(len(url) for url in ["", *_matching(request, role)]))


def _matching(request: HttpRequest, role: Role) -> list[str]:
    urls = [reverse(name, args=[request.tenant.slug]) for _label, name in NAVIGATION[role]]
    return [url for url in urls if request.path.startswith(url)]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of templates/base.html."""
    tenant: Tenant | None = getattr(request, "tenant", None)
    if not hasattr(request, "session"):
        return {"tenant": tenant}
    return {
        "tenant": tenant,
        "member": getattr(request, "member", None),
        "nav_items": _navigation(request) if tenant else [],
        "role_choices": _roles(request) if tenant else [],
        "account_menu": _account(request),
        "theme_css_url": theme_url(tenant) if tenant else "",
    }


def _navigation(request: HttpRequest) -> list[Link]:
    role = active_role(request)
    items = [Link(label, reverse(name, args=[request.tenant.slug])) for label, name in NAVIGATION.get(role, VISITOR)]
    here = max((item.url for item in items if request.path.startswith(item.url)), key=len, default="")
    return [Link(item.label, item.url, current=item.url == here) for item in items]


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
