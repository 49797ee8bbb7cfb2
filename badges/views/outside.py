"""Badges from elsewhere in one's own passport. Bringing one in holds no transaction while other servers answer."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from badges.actions import outside as actions
from badges.checking import check_given
from badges.forms import BadgeForm
from badges.openbadges.report import Report
from badges.openbadges.said import said
from badges.outside import outside_badges_of, steps_of
from badges.outside_forms import ShowForm
from badges.throttles import may_check
from lib.errors import LaurelError, RuleBroken
from tenants.doors import members_only


@transaction.non_atomic_requests
@members_only
def bring(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a badge from elsewhere, and see those that are there."""
    if request.method != "POST":
        return _page(request, BadgeForm())
    form = BadgeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    if not may_check(request):
        form.add_error(None, _("You have checked many badges in a short time. Wait a minute, then try again."))
        return _page(request, form, status=429)
    report = None
    try:
        checked = check_given(form.given(), request.user)
        report = checked.report
        badge = actions.import_badge(by=request.member, checked=checked)
    except LaurelError as refusal:
        field = getattr(refusal, "field", "")
        form.add_error(field if field in form.fields else None, refusal.message)
        return _page(request, form, report=report, status=409 if isinstance(refusal, RuleBroken) else 422)
    messages.success(request, _("Added to your passport. Only you see it until you choose otherwise."))
    return redirect("outside_badge", slug, badge.id)


@members_only
def outside_badge(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """One badge from elsewhere: what it says, what our last check found, and who sees it."""
    found = get_object_or_404(outside_badges_of(request.user), id=badge)
    form = ShowForm(request.POST or None, initial={"visibility": found.visibility})
    if request.method == "POST" and form.is_valid():
        actions.show(by=request.member, badge=found, visibility=form.cleaned_data["visibility"])
        messages.success(request, _("Saved."))
        return redirect("outside_badge", slug, badge)
    context = {"badge": found, "form": form, "report": {"steps": steps_of(found)}}
    return render(request, "badges/outside.html", context, status=422 if form.is_bound else 200)


@members_only
@require_POST
def remove(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Take one out again."""
    actions.remove(by=request.member, badge=get_object_or_404(outside_badges_of(request.user), id=badge))
    messages.success(request, _("Taken out of your passport. We no longer have the badge."))
    return redirect("outside_import", slug)


def _page(request: HttpRequest, form: BadgeForm, *, report: Report | None = None, status: int = 200) -> HttpResponse:
    with transaction.atomic():
        context = {
            "form": form,
            "badges": list(outside_badges_of(request.user).defer("data", "report")[: actions.MOST]),
            "emails": actions.confirmed_emails(request.user),
            "accepted": list(request.tenant.accepted_issuers.prefetch_related("equivalences")[:100]),
            "report": report,
            "said": said(report) if report else None,
        }
        return render(request, "badges/outside_import.html", context, status=status)
