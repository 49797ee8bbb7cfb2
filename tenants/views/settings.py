"""What admins set: profile, calendar, partners, and the tenants below."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lib.methods import get_and_post
from tenants import queries
from tenants.actions import settings
from tenants.doors import needs
from tenants.forms import ChildForm, ClosureForm, ProfileForm
from tenants.models import Tenant
from tenants.views.shared import done


@needs("tenant.manage")
@get_and_post
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """Name, contact, time zone."""
    form = ProfileForm(request.POST or None, instance=Tenant.objects.get(id=request.tenant.id))
    if request.method == "POST" and done(form, lambda: settings.save_profile(by=request.member, **form.cleaned_data)):
        messages.success(request, _("The settings are saved."))
        return redirect("tenant_settings", slug)
    return render(request, "tenants/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@needs("tenant.manage")
@get_and_post
def closures(request: HttpRequest, slug: str) -> HttpResponse:
    """Days on which nothing is due."""
    form = ClosureForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: settings.add_closure(by=request.member, **form.cleaned_data)):
        messages.success(request, _("The day is in the calendar."))
        return redirect("closures", slug)
    context = {"form": form, "closures": queries.closures(request.tenant)}
    return render(request, "tenants/closures.html", context, status=422 if form.is_bound else 200)


@needs("tenant.manage")
@require_POST
def closure_remove(request: HttpRequest, slug: str, closure: UUID) -> HttpResponse:
    """Make it a working day again."""
    found = get_object_or_404(queries.closures(request.tenant), id=closure)
    settings.remove_closure(by=request.member, closure=found)
    messages.success(request, _("The day is a working day again."))
    return redirect("closures", slug)


@needs("partner.manage")
@get_and_post
def partners(request: HttpRequest, slug: str) -> HttpResponse:
    """Issuers whose micro-credentials are in our catalog; POST adds one."""
    if request.method == "POST":
        issuer = get_object_or_404(Tenant, slug=request.POST.get("issuer", "").replace("\x00", ""))
        settings.list_partner(by=request.member, issuer=issuer)
        messages.success(request, _("%(name)s is in your catalog now.") % {"name": issuer.name})
        return redirect("partners", slug)
    words = request.GET.get("q", "")[:100]
    found = queries.possible_partners(request.tenant).filter(name__icontains=words.strip())
    context = {
        "partners": queries.partners(request.tenant),
        "found": found[: queries.TENANTS_SHOWN],
        "limit": queries.TENANTS_SHOWN,
        "words": words,
    }
    return render(request, "tenants/partners.html", context)


@needs("partner.manage")
@require_POST
def partner_remove(request: HttpRequest, slug: str, partnership: UUID) -> HttpResponse:
    """Take an issuer out of our catalog."""
    found = get_object_or_404(queries.partners(request.tenant), id=partnership)
    name = found.issuer.name
    settings.unlist_partner(by=request.member, partnership=found)
    messages.success(request, _("%(name)s is no longer in your catalog.") % {"name": name})
    return redirect("partners", slug)


@needs("tenant.manage")
@get_and_post
def below(request: HttpRequest, slug: str) -> HttpResponse:
    """The tenants below this one; POST adds one."""
    form = ChildForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: settings.create_child(by=request.member, **form.cleaned_data)):
        messages.success(request, _("%(name)s is ready. Invite its people next.") % form.cleaned_data)
        return redirect("below", slug)
    context = {"form": form, "children": queries.children(request.tenant)}
    return render(request, "tenants/below.html", context, status=422 if form.is_bound else 200)
