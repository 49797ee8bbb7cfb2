"""Integrity cases for admins: that they run, and naming panels. What a case says is not here."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessment import cases as queries
from assessment.actions.casework import name_panel
from assessment.trust_forms import PanelForm
from lib.methods import get_and_post
from lib.pages import page_of_rows
from tenants.doors import needs
from tenants.roles import require
from tenants.views.shared import done


@needs("case.manage")
@require_safe
def cases_manage(request: HttpRequest, slug: str) -> HttpResponse:
    """All cases, newest first."""
    page = page_of_rows(queries.cases(), request, counted=True)
    return render(request, "assessment/cases_manage.html", {"page": page})


@needs("case.manage")
@get_and_post
def case_manage(request: HttpRequest, slug: str, case: UUID) -> HttpResponse:
    """One case; POST names its panel."""
    found = queries.case_for_admin(case)
    require(request.member, "case.manage", found)
    waits = found.state in queries.BEFORE_A_PANEL
    form = PanelForm(request.POST or None, people=queries.candidates(found))

    def name() -> None:
        users = [user.id for user in form.cleaned_data["users"]]
        name_panel(by=request.member, case=found, users=users)

    if request.method == "POST" and done(form, name):
        messages.success(request, _("The panel is named."))
        return redirect("case_manage", slug, case)
    context = {
        "case": found,
        "form": form if waits else None,
        "panels": [list(queries.panel_of(found, round)) for round in (1, 2)],
        "least": settings.CASE_PANEL_SIZE,
    }
    return render(request, "assessment/case_manage.html", context, status=422 if form.is_bound else 200)
