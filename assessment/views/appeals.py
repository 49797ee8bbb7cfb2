"""Appeals: the earner's page for one, and the list for admins."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessment import appeals as queries
from assessment.actions.appealing import file_appeal, withdraw_appeal
from assessment.due import due
from assessment.trust_forms import AppealForm
from lib.methods import get_and_post
from lib.pages import page_of_rows
from tenants.doors import members_only, needs
from tenants.views.shared import done


@members_only
@get_and_post
@never_cache
def appeal(request: HttpRequest, slug: str, work: UUID, number: int) -> HttpResponse:
    """Ask for a second look at a result, and see how it stands and what came of it."""
    standing = queries.standing_of(request.member, work, number)
    form = AppealForm(request.POST or None, lines=standing.lines)
    if request.method == "POST" and done(
        form, lambda: file_appeal(by=request.member, decision=standing.decision, reasons=form.reasons())
    ):
        messages.success(request, _("Your appeal is in. Someone who has not seen your work reads it anew."))
        return redirect("appeal", slug, work, number)
    found, said = standing.found, standing.said
    context = {
        "standing": standing,
        "submission": standing.decision.submission,
        "form": form,
        "rows": [(line, said.get(line.id, ""), found.get(line.line_id)) for line in standing.lines],
    }
    return render(request, "assessment/appeal.html", context, status=422 if form.is_bound else 200)


@members_only
@require_POST
def appeal_withdraw(request: HttpRequest, slug: str, work: UUID, number: int) -> HttpResponse:
    """Take the appeal back, to go on with the next try."""
    standing = queries.standing_of(request.member, work, number)
    if standing.appeal is None:
        raise Http404
    withdraw_appeal(by=request.member, appeal=standing.appeal)
    messages.success(request, _("You took your appeal back. You can send your next try."))
    return redirect("work", slug, work)


@needs("appeal.see")
@require_safe
def appeals(request: HttpRequest, slug: str) -> HttpResponse:
    """Open appeals by due date, and closed ones. Codes only."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in queries.TABS else "open"
    page = page_of_rows(queries.appeals(tab), request, counted=True)
    today = request.tenant.local_date()
    context = {"page": page, "rows": [(each, due(each.due_on, today)) for each in page.rows], "tab": tab}
    return render(request, "assessment/appeals.html", context)
