"""Awarding badges from a list: upload, look at what was understood, confirm, follow, and take the failed lines."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges import importing
from badges.forms import ImportForm
from badges.models import AwardImport
from badges.queries import counts_of, failed_rows, imports_here, waiting_rows
from lib.downloads import csv_response
from lib.errors import Invalid
from lib.methods import get_and_post
from lib.pages import page_of_rows
from tenants.doors import needs

SHOWN = 10  # lines of those that were understood


@get_and_post
@needs("badge.import")
def award_imports(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload a list; below are those that were uploaded before."""
    form = ImportForm(request.POST or None, request.FILES or None, tenant=request.tenant)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = importing.read_in(
                by=request.member, thing=form.cleaned_data["thing"], file_name=file.name, data=file.read()
            )
            return redirect("award_import", slug, made.id)
        except Invalid as refusal:
            form.add_error(refusal.field or "file", refusal.message)
    context = {"form": form, "page": page_of_rows(imports_here(), request, size=20)}
    return render(request, "badges/imports.html", context, status=422 if form.errors else 200)


@require_safe
@needs("badge.import")
def award_import(request: HttpRequest, slug: str, award_import: UUID) -> HttpResponse:
    """One list: what was understood, how far it is, and every line that brings no badge."""
    found = get_object_or_404(imports_here(), id=award_import)
    context = {"import": found, "counts": counts_of(found)}
    if request.htmx:
        return render(request, "badges/_import_progress.html", context)
    context["page"] = page_of_rows(failed_rows(found), request)
    context["shown"] = waiting_rows(found)[:SHOWN] if found.state == AwardImport.State.READ else []
    return render(request, "badges/import.html", context)


@require_POST
@needs("badge.import")
def start(request: HttpRequest, slug: str, award_import: UUID) -> HttpResponse:
    """Confirm a list."""
    found = get_object_or_404(imports_here(), id=award_import)
    importing.start(by=request.member, award_import=found)
    messages.success(request, _("The badges are being awarded. You can leave this page; nothing gets lost."))
    return redirect("award_import", slug, found.id)


@require_POST
@needs("badge.import")
def drop(request: HttpRequest, slug: str, award_import: UUID) -> HttpResponse:
    """Forget a list that was not confirmed."""
    importing.drop(by=request.member, award_import=get_object_or_404(imports_here(), id=award_import))
    messages.success(request, _("The list is gone. Nothing was awarded."))
    return redirect("award_imports", slug)


@require_safe
@needs("badge.import")
def failed_csv(request: HttpRequest, slug: str, award_import: UUID) -> HttpResponse:
    """The lines that brought no badge, as a file to correct and upload again; the problem is in the last column."""
    found = get_object_or_404(imports_here(), id=award_import)
    columns = ["email", "name", "awarded_on", "reference", "problem"]
    rows = failed_rows(found).values_list(*columns)
    name = f"{slug}-not-awarded-{request.tenant.local_date(found.created_at):%Y-%m-%d}.csv"
    return csv_response(name, [columns, *rows])
