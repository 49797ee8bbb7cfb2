"""Badges as files: all of one's own, and all that a tenant has issued."""

import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from badges import passporting
from badges.archive import FEW, write_badges
from badges.models import Badge
from submissions.models import DataExport
from submissions.owndata import exports_of, is_being_made
from tenants.doors import members_only, needs


@require_POST
@members_only
def passport_zip(request: HttpRequest, slug: str) -> HttpResponse:
    """All badges as files: at once when they are few, by a worker who sends word when they are many."""
    if Badge.objects.filter(earner=request.user).count() > FEW:
        passporting.pack_badges(by=request.member)
        messages.success(request, _("We are packing your badges. You get an email when they are ready."))
        return redirect("passport", slug)
    file = io.BytesIO()
    write_badges(request.user, request.tenant, file)
    headers = {"Content-Disposition": 'attachment; filename="badges.zip"', "Cache-Control": "private, no-store"}
    return HttpResponse(file.getvalue(), content_type="application/zip", headers=headers)


@needs("issuer.archive")
def issuer_archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Have what the tenant issued packed as a static site, and download it."""
    if request.method == "POST":
        passporting.pack_issued(by=request.member)
        messages.success(request, _("We are packing the badges. You get an email when they are ready."))
        return redirect("issuer_archive", slug)
    kind = DataExport.Kind.ISSUER
    context = {
        "exports": exports_of(request.user).filter(kind=kind, tenant=request.tenant)[:5],
        "is_being_made": is_being_made(request.user, kind),
    }
    return render(request, "badges/issuer_archive.html", context)
