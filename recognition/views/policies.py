"""Rules: reading them, writing them, trying them on last year."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib.errors import Invalid
from lib.ids import uuid7
from recognition.actions import policies as actions
from recognition.forms import PolicyForm, initial_of
from recognition.models import Policy
from recognition.preview import try_on_last_year
from recognition.queries import policies as queries
from recognition.terms import Terms
from tenants.doors import members_only, needs
from tenants.roles import can


@require_safe
@members_only
def policies(request: HttpRequest, slug: str) -> HttpResponse:
    """What badges count for here. Admins also see drafts."""
    manages = can(request.member, "policy.manage")
    context = {
        "policies": queries.policies_of(request.tenant, drafts=manages),
        "above": queries.policies_above(request.tenant),
        "manages": manages,
    }
    return render(request, "recognition/policies.html", context)


@require_safe
@members_only
def policy(request: HttpRequest, slug: str, policy: UUID) -> HttpResponse:
    """One rule; for those who run or answer it also how it stands this year."""
    manages = can(request.member, "policy.manage")
    found = queries.policy_by_id(request.tenant, policy, drafts=manages)
    context = {"policy": found, "manages": manages}
    if can(request.member, "grant.see") and found.state != Policy.State.DRAFT:
        context["standing"] = queries.standing(found)
    if manages and found.state == Policy.State.DRAFT:
        context["trial"] = try_on_last_year(found)
    return render(request, "recognition/policy.html", context)


@needs("policy.manage")
def policy_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a rule, from nothing or from one that exists (`?from=`)."""
    if request.method == "POST":
        form = PolicyForm(request.POST, tenant=request.tenant)
        if form.is_valid():
            made = actions.create_policy(by=request.member, id=form.cleaned_data["id"], **form.terms())
            messages.success(request, _("Saved as a draft. Nothing counts under it until you activate it."))
            return redirect("policy", slug, made.id)
        return _form(request, form, status=422)
    today = request.tenant.local_date()
    initial = {"id": uuid7(), "starts_on": today, "ends_on": None}
    return _form(request, PolicyForm(tenant=request.tenant, policy=_copied(request), initial=initial))


@needs("policy.manage")
def policy_edit(request: HttpRequest, slug: str, policy: UUID) -> HttpResponse:
    """Change a draft."""
    found = queries.policy_by_id(request.tenant, policy, drafts=True)
    if found.state != Policy.State.DRAFT:
        messages.warning(request, _("This rule is active, so it cannot be changed. End it and start a new version."))
        return redirect("policy", slug, policy)
    form = PolicyForm(request.POST or None, tenant=request.tenant, policy=found)
    if form.is_bound and form.is_valid():
        actions.edit_policy(by=request.member, policy=found, **form.terms())
        messages.success(request, _("Saved."))
        return redirect("policy", slug, policy)
    return _form(request, form, policy=found, status=422 if form.is_bound else 200)


@require_POST
@needs("policy.manage")
def policy_try(request: HttpRequest, slug: str) -> HttpResponse:
    """What the rule as it stands in the form would have given last year. Nothing is saved."""
    form = PolicyForm(request.POST, tenant=request.tenant)
    context = {}
    if form.is_valid():
        tried = Terms(**form.terms()).as_policy(request.tenant)
        context = {"tried": tried, "trial": try_on_last_year(tried)}
    if request.htmx:
        return render(request, "recognition/_trial.html", {"form": form, **context})
    return _form(request, form, status=200 if context else 422, **context)


@require_POST
@needs("policy.manage")
def policy_activate(request: HttpRequest, slug: str, policy: UUID) -> HttpResponse:
    """Switch a draft on."""
    found = queries.policy_by_id(request.tenant, policy, drafts=True)
    try:
        actions.activate(by=request.member, policy=found)
    except Invalid as refusal:
        form = PolicyForm(initial_of(found), tenant=request.tenant)
        form.is_valid()
        form.refuse(refusal)
        return _form(request, form, policy=found, status=422)
    messages.success(request, _("Active. New badges count under it from its first day."))
    return redirect("policy", slug, policy)


@require_POST
@needs("policy.manage")
def policy_end(request: HttpRequest, slug: str, policy: UUID) -> HttpResponse:
    """Stop an active rule today."""
    found = queries.policy_by_id(request.tenant, policy, drafts=True)
    ended = actions.end(by=request.member, policy=found)
    if ended.state == Policy.State.DRAFT:
        messages.success(request, _("It had not started, so it is a draft again. You can change or delete it."))
    else:
        messages.success(request, _("Ended. Today is its last day. Grants that were made stay as they are."))
    return redirect("policy", slug, policy)


@require_POST
@needs("policy.manage")
def policy_delete(request: HttpRequest, slug: str, policy: UUID) -> HttpResponse:
    """Throw a draft away."""
    actions.delete_draft(by=request.member, policy=queries.policy_by_id(request.tenant, policy, drafts=True))
    messages.success(request, _("The draft is deleted."))
    return redirect("policies", slug)


def _copied(request: HttpRequest) -> Policy | None:
    try:
        chosen = UUID(request.GET.get("from", ""))
    except ValueError:
        return None
    return queries.policy_by_id(request.tenant, chosen, drafts=True)


def _form(request: HttpRequest, form: PolicyForm, *, status: int = 200, **more: object) -> HttpResponse:
    jobs = queries.jobs_on_the_roster()
    return render(request, "recognition/policy_form.html", {"form": form, "jobs": jobs, **more}, status=status)
