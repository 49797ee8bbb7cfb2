"""The start page, the role switch, and a tenant's colours and logo."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tenants import queries
from tenants.context import NAVIGATION, first_page
from tenants.doors import members_only
from tenants.models import Role
from tenants.theme import theme_css, theme_url

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For visitors what Laurel is and whose catalogs are here; for people their groups."""
    if request.user.is_authenticated:
        groups = [(each, first_page(each.tenant, each.held)) for each in queries.groups_of(request.user)]
        return render(request, "tenants/groups.html", {"groups": groups})
    words = request.GET.get("q", "")[:100]
    context = {"tenants": queries.public_tenants(words), "words": words, "limit": queries.TENANTS_SHOWN}
    return render(request, "tenants/welcome.html", context)


@require_POST
@members_only
def switch_role(request: HttpRequest, slug: str) -> HttpResponse:
    """Remember which of the person's roles the menu is for, and go to the first page of that role."""
    chosen = request.POST.get("to", "")
    if chosen not in request.member.roles:
        raise Http404
    request.session[f"role:{request.tenant.id}"] = chosen
    _label, first_page = NAVIGATION[Role(chosen)][0]
    return redirect(first_page, slug)


@require_safe
def theme(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The tenant's style sheet. An address of an older colour leads to the one of today."""
    today = theme_url(request.tenant)
    if request.path != today:
        return redirect(today)
    return HttpResponse(theme_css(request.tenant), content_type="text/css", headers={"Cache-Control": FOR_EVER})


@require_safe
def logo(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The tenant's logo as PNG. An address of an older logo leads to the one of today."""
    if not request.tenant.logo_digest:
        raise Http404
    if digest != request.tenant.logo_digest:
        return redirect(request.tenant.logo_url)
    picture = get_object_or_404(queries.logos(), tenant=request.tenant)
    return HttpResponse(bytes(picture.png), content_type="image/png", headers={"Cache-Control": FOR_EVER})
