"""What assessors say about themselves: how much they take, when they are away, and the hours they worked."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessment.actions import working
from assessment.models import Absence
from assessment.statements import own_work, posted
from assessment.workers import room_of
from assessment.working_forms import AbsenceForm, LimitsForm
from lib.methods import get_and_post
from tenants.doors import needs
from tenants.views.shared import done

HOURS_OF = timedelta(days=30)


@needs("assessor.plan")
@get_and_post
def my_assessing(request: HttpRequest, slug: str) -> HttpResponse:
    """One's limits, time away and hours; POST saves the limits."""
    profile = room_of(request.member).profile
    form = LimitsForm(request.POST or None, instance=profile)
    if request.method == "POST" and done(
        form, lambda: working.save_profile(by=request.member, user=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Your limits are saved."))
        return redirect("my_assessing", slug)
    return _page(request, form, AbsenceForm())


@needs("assessor.plan")
@require_POST
def absence_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan time away."""
    form = AbsenceForm(request.POST)
    if done(form, lambda: working.add_absence(by=request.member, **form.cleaned_data)):
        messages.success(request, _("Your time away is planned. You get nothing from the queue then."))
        return redirect("my_assessing", slug)
    return _page(request, LimitsForm(instance=room_of(request.member).profile), form)


@needs("assessor.plan")
@require_POST
def absence_remove(request: HttpRequest, slug: str, absence: UUID) -> HttpResponse:
    """Cancel or end one's own time away."""
    found = get_object_or_404(Absence, id=absence, user=request.user)
    working.remove_absence(by=request.member, absence=found)
    messages.success(request, _("Removed. You can take work on these days."))
    return redirect("my_assessing", slug)


def _page(request: HttpRequest, limits: LimitsForm, absence: AbsenceForm) -> HttpResponse:
    today = request.tenant.local_date()
    reviews, minutes = own_work(request.user, request.tenant, today - HOURS_OF, today)
    context = {
        "limits": limits,
        "absence_form": absence,
        "absences": Absence.objects.filter(user=request.user, ends_on__gte=today),
        "room": room_of(request.member),
        "since": today - HOURS_OF,
        "reviews": reviews,
        "minutes": minutes,
        "statements": posted().filter(user=request.user)[:24],
    }
    refused = limits.errors or absence.errors
    return render(request, "assessment/my_assessing.html", context, status=422 if refused else 200)
