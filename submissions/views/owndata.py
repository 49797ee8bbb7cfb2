"""A person's own data: a copy of all of it, and the end of their evidence. About the person, not about a tenant."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib import clock
from lib.errors import RuleBroken
from submissions import owndata, serving
from submissions.actions import erasing, exporting
from submissions.keeping_forms import EraseForm
from submissions.models import DataExport, Erasure
from tenants.doors import signed_in
from tenants.views.shared import done


@signed_in
@never_cache
@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """What is kept where, copies to download, and erasures."""
    return _page(request)


def _page(request: HttpRequest, form: EraseForm | None = None, problem: str = "") -> HttpResponse:
    groups = list(owndata.groups_of(request.user))
    erasable = [each.tenant for each in groups if each.open_erasure is None]
    context = {
        "groups": groups,
        "exports": owndata.exports_of(request.user)[:5],
        "is_being_made": owndata.is_being_made(request.user),
        "form": form or (EraseForm(None, tenants=erasable, email=request.user.email) if erasable else None),
        "problem": problem,
        "grace": settings.ERASURE_GRACE_DAYS,
        "days": settings.EXPORT_DAYS,
    }
    return render(request, "submissions/own_data.html", context, status=422 if form or problem else 200)


@signed_in
@require_POST
def export_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a copy."""
    exporting.ask_export(user=request.user)
    messages.success(request, _("We are making the copy. You get an email when it is ready."))
    return redirect("own_data")


@signed_in
@never_cache
@require_safe
def export_file(request: HttpRequest, export: UUID) -> HttpResponse:
    """Download one's own copy within its days."""
    ready = owndata.exports_of(request.user).filter(state=DataExport.State.MADE, expires_at__gt=clock.now())
    found = get_object_or_404(ready, id=export)
    name = f"laurel-{found.kind}-{found.made_at:%Y-%m-%d}.zip"
    return serving.archive(found.key, found.size, name=name, wanted=request.headers.get("Range", ""))


@signed_in
@require_POST
def erasure_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the end of one's evidence. What stands in the way is said on the same page."""
    form = EraseForm(request.POST, tenants=owndata.tenants_of(request.user), email=request.user.email)
    try:
        asked = done(
            form,
            lambda: erasing.ask_erasure(user=request.user, tenant=form.tenant, typed=form.cleaned_data["typed"]),
        )
    except RuleBroken as refusal:
        return _page(request, form, refusal.message)
    if not asked:
        return _page(request, form)
    messages.success(request, _("Your evidence will be erased. Until then you can change your mind here."))
    return redirect("own_data")


@signed_in
@require_POST
def erasure_cancel(request: HttpRequest, erasure: UUID) -> HttpResponse:
    """Keep the evidence after all."""
    tenant, found = owndata.erasure_of(request.user, erasure)
    erasing.cancel_erasure(user=request.user, tenant=tenant, erasure=found)
    messages.success(request, _("Your evidence in %(tenant)s stays.") % {"tenant": tenant.name})
    return redirect("own_data")


@signed_in
@never_cache
@require_safe
def certificate(request: HttpRequest, erasure: UUID) -> HttpResponse:
    """What was erased and what was kept, to print."""
    tenant, found = owndata.erasure_of(request.user, erasure)
    if found.state != Erasure.State.DONE:
        raise Http404
    size = sum(each["bytes"] for each in found.certificate["files"])
    context = {"erasure": found, "issuer": tenant, "facts": found.certificate, "bytes": size}
    return render(request, "submissions/certificate.html", context)


@signed_in
@never_cache
@require_safe
def certificate_json(request: HttpRequest, erasure: UUID) -> JsonResponse:
    """The certificate for programs."""
    tenant, found = owndata.erasure_of(request.user, erasure)
    if found.state != Erasure.State.DONE:
        raise Http404
    body = {
        "format": "laurel.erasure/1",
        "id": str(found.id),
        "tenant": {"slug": tenant.slug, "name": tenant.name},
        "person": {"id": str(request.user.id), "name": request.user.name, "email": request.user.email},
        "asked_at": found.asked_at,
        "began_at": found.began_at,
        "done_at": found.done_at,
        "erased": found.certificate,
        "kept": ["badges", "status list entries", "decisions", "levels", "comments of reviewers", "promises", "record"],
    }
    return JsonResponse(body, headers={"Content-Disposition": f'attachment; filename="erasure-{found.id}.json"'})
