"""What an earner got for their badges, wherever; and what a micro-credential would give."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.queries import badge_by_id, may_see
from credentials.models import Edition, Stack
from credentials.queries import edition_for_page, stack_for_page
from recognition.actions import grants as actions
from recognition.forms import ReplyForm
from recognition.models import Grant
from recognition.queries import grants as queries
from recognition.queries.policies import what_it_counts_for, who_honours
from tenants.doors import signed_in
from tenants.members import member_of
from tenants.models import Role, Tenant, User
from tenants.roles import Member
from tenants.scope import inside


@require_safe
@signed_in
def rewards(request: HttpRequest, slug: str) -> HttpResponse:
    """All rewards of the person, from every group, and what is used of this year's limits."""
    return render(request, "recognition/rewards.html", {"rewards": queries.rewards_of(request.user)})


@signed_in
def reward(request: HttpRequest, slug: str, grant: UUID) -> HttpResponse:
    """One reward with its questions and answers. It may be of another tenant than the one in the address."""
    card = queries.reward_card(request.user, grant)
    with inside(card.tenant):
        found = queries.grant_by_id(card.grant_id)
        form = ReplyForm(request.POST or None)
        if form.is_bound and form.is_valid():
            by = _earner_there(request.user, card.tenant)
            actions.reply(by=by, grant=found, text=form.cleaned_data["text"])
            messages.success(request, _("Your answer is sent. We email you when there is a decision."))
            return redirect("reward", slug, grant)
        context = {
            "grant": found,
            "conversation": list(found.messages.select_related("author")),
            "thing": found.earned,
            "form": form if found.state == Grant.State.ASKED else None,
        }
        return render(request, "recognition/reward.html", context, status=422 if form.is_bound else 200)


@require_safe
def counts_for(request: HttpRequest, slug: str, mc: str) -> HttpResponse:
    """What a micro-credential counts for where the viewer works. A fragment for its page, or a page of its own."""
    return _counts_for(request, edition_for_page(request.tenant, mc))


@require_safe
def stack_counts_for(request: HttpRequest, slug: str, stack: str) -> HttpResponse:
    """The same for a stack."""
    found, _pieces = stack_for_page(request.tenant, stack)
    return _counts_for(request, found)


@require_safe
def honored_by(request: HttpRequest, badge: UUID) -> HttpResponse:
    """Who honors a badge today. A fragment for its public page, or a page of its own."""
    found = badge_by_id(badge)
    if found is None or not may_see(request.user, found):
        raise Http404
    template = "recognition/_honored_by.html" if request.htmx else "recognition/honored_by.html"
    context = {"badge": found, "thing": found.edition or found.stack, "policies": who_honours(found)}
    return render(request, template, context)


def _counts_for(request: HttpRequest, thing: Edition | Stack) -> HttpResponse:
    offers = what_it_counts_for(thing, viewer=request.user, tenant=request.tenant)
    template = "recognition/_counts_for.html" if request.htmx else "recognition/counts_for.html"
    return render(request, template, {"thing": thing, "offers": offers, "is_stack": isinstance(thing, Stack)})


def _earner_there(user: User, tenant: Tenant) -> Member:
    """The person as an educator of the tenant whose rule it is, also when they belong to one below it, or left."""
    return member_of(user, tenant) or Member(user=user, tenant=tenant, roles=frozenset({Role.EARNER}))
