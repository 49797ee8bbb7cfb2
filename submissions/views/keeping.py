"""How long evidence is kept, for admins: the rules, what the next purge deletes, what the last ones did, and holds."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lib.methods import get_and_post
from lib.pages import page_of_rows
from submissions import retention
from submissions.actions.keeping import Shortening, hold_what, lift_hold, save_rules
from submissions.keeping_forms import HoldForm, LiftForm, RulesForm
from submissions.retention import DEFAULTS, Kind
from tenants.doors import needs
from tenants.views.shared import done


@needs("retention.manage")
@get_and_post
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Days by kind; shortening one asks back with the numbers first."""
    days = retention.days_here()
    form = RulesForm(request.POST or None, days=days)
    if request.method == "POST":
        confirmed = "confirmed" in request.POST
        try:
            saved = done(form, lambda: save_rules(by=request.member, days=form.cleaned_data, confirmed=confirmed))
        except Shortening as asked:
            more = [(Kind(kind).label, days[kind], form.cleaned_data[kind], each) for kind, each in asked.more.items()]
            context = {"form": form, "more": more}
            return render(request, "submissions/keeping_confirm.html", context, status=422)
        if saved:
            messages.success(request, _("Saved. The next purge goes by these days."))
            return redirect("keeping", slug)
    tonight = retention.forecast(days)
    context = {
        "form": form,
        "rows": [(form[kind], tonight[kind], kind == Kind.AUDIT, DEFAULTS[kind]) for kind in DEFAULTS],
        "held": retention.held_back(days),
        "holds": retention.holds().count(),
        "waiting": retention.waiting_for_store(),
        "reports": retention.reports(),
    }
    return render(request, "submissions/keeping.html", context, status=422 if form.is_bound else 200)


@needs("retention.manage")
@get_and_post
def holds(request: HttpRequest, slug: str) -> HttpResponse:
    """What nothing may delete; POST adds to it."""
    form = HoldForm(request.POST or None, initial={"what": request.GET.get("what", "")[:254]})
    if request.method == "POST" and done(form, lambda: hold_what(by=request.member, **form.cleaned_data)):
        messages.success(request, _("This is held now. Nothing deletes it until the hold ends."))
        return redirect("holds", slug)
    context = {"form": form, "page": page_of_rows(retention.holds(), request)}
    return render(request, "submissions/holds.html", context, status=422 if form.is_bound else 200)


@needs("retention.manage")
@get_and_post
def hold_lift(request: HttpRequest, slug: str, hold: UUID) -> HttpResponse:
    """End a hold, with a reason."""
    found = get_object_or_404(retention.every_hold(), id=hold)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: lift_hold(by=request.member, hold=found, **form.cleaned_data)):
        messages.success(request, _("The hold has ended. The usual days count again."))
        return redirect("holds", slug)
    context = {"form": form, "hold": found}
    return render(request, "submissions/hold_lift.html", context, status=422 if form.is_bound else 200)
