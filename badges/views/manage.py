"""What admins do with the badges of their tenant: look at one, put it on hold, take it back, renew it, correct it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from badges import actions
from badges.actions.succession import Tally
from badges.forms import CorrectForm, RenewForm, RevokeForm, SuspendForm
from badges.models import Badge
from badges.queries import history_of, in_state, issued_by, line_of
from lib.ids import uuids
from lib.methods import get_and_post
from lib.pages import page_of_rows
from tenants.deeds import Deed
from tenants.doors import needs

STATES = [
    *Badge.State.choices,
    ("ending", gettext_lazy("Runs out soon, or has")),
    ("replaced", gettext_lazy("Replaced by another")),
]


@needs("badge.revoke")
@get_and_post
def manage_badges(request: HttpRequest, slug: str) -> HttpResponse:
    """What this tenant has awarded; those that are ticked can be renewed in one go."""
    form, chosen, status = RenewForm(request.POST or None), uuids(request.POST.getlist("badge")), 200
    if request.method == "POST":
        if form.is_valid() and chosen:
            tally = actions.renew_many(by=request.member, badge_ids=chosen, **form.cleaned_data)
            (messages.success if tally.renewed else messages.warning)(request, _said(tally))
            return redirect("manage_badges", slug)
        if not chosen:
            form.add_error(None, _("Nothing was chosen. Tick the badges to renew first."))
        status = 422
    text, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")
    context = {
        "page": page_of_rows(in_state(issued_by(request.tenant, text), state), request),
        "q": text,
        "state": state,
        "states": STATES,
        "form": form,
        "chosen": chosen,
    }
    return render(request, "badges/manage.html", context, status=status)


@needs("badge.revoke")
@require_safe
def manage_badge(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """One badge: how it stands, what happened to it, and what can be done."""
    found = get_object_or_404(issued_by(request.tenant), id=badge)
    context = {
        "badge": found,
        "thing": found.edition or found.stack,
        "line": line_of(found),
        "deeds": [Deed(entry) for entry in history_of(found)],
    }
    return render(request, "badges/manage_badge.html", context)


@needs("badge.revoke")
def revoke(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Take one badge back, with a reason."""
    found = get_object_or_404(issued_by(request.tenant), id=badge)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.revoke(by=request.member, badge=found, **form.cleaned_data)
        messages.success(request, _("The badge is taken back. Its page and its status list say so now."))
        return redirect("manage_badge", slug, badge)
    return _form(request, "badges/revoke.html", found, form)


@needs("badge.revoke")
def suspend(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Put one badge on hold, and say why."""
    found = get_object_or_404(issued_by(request.tenant), id=badge)
    form = SuspendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.suspend(by=request.member, badge=found, **form.cleaned_data)
        messages.success(request, _("The badge is on hold. Its page and its status list say so now."))
        return redirect("manage_badge", slug, badge)
    return _form(request, "badges/suspend.html", found, form)


@needs("badge.revoke")
@require_POST
def lift(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """End the hold of one badge."""
    actions.lift(by=request.member, badge=get_object_or_404(issued_by(request.tenant), id=badge))
    messages.success(request, _("The badge is in good standing again."))
    return redirect("manage_badge", slug, badge)


@needs("badge.renew")
def renew(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Award one badge once more, with a new end."""
    found = get_object_or_404(issued_by(request.tenant), id=badge)
    form = RenewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = actions.renew(by=request.member, badge=found, **form.cleaned_data)
        messages.success(request, _("Renewed. This is the new badge; it is being made now."))
        return redirect("manage_badge", slug, new.id)
    return _form(request, "badges/renew.html", found, form)


@needs("badge.correct")
def correct(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Award one badge once more without the mistake in it."""
    found = get_object_or_404(issued_by(request.tenant), id=badge)
    initial = {"name": found.recipient_name, "awarded_on": request.tenant.local_date(found.awarded_at)}
    form = CorrectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        new = actions.correct(by=request.member, badge=found, **form.cleaned_data)
        messages.success(request, _("Corrected. This is the new badge; it is being made now."))
        return redirect("manage_badge", slug, new.id)
    return _form(request, "badges/correct.html", found, form)


def _said(tally: Tally) -> str:
    parts = [ngettext("%(n)s badge is renewed.", "%(n)s badges are renewed.", tally.renewed) % {"n": tally.renewed}]
    if tally.left:
        left = ngettext("%(n)s cannot be renewed.", "%(n)s cannot be renewed.", tally.left) % {"n": tally.left}
        parts.append(left)
    return " ".join(parts)


def _form(request: HttpRequest, template: str, badge: Badge, form: forms.Form) -> HttpResponse:
    context = {"badge": badge, "thing": badge.edition or badge.stack, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)
