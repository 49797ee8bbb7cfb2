"""Admins list the issuers elsewhere whose badges count here, and what they count as."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from badges.actions import outside as actions
from badges.checking import check_given
from badges.forms import BadgeForm
from badges.models import AcceptedIssuer, Equivalence
from badges.openbadges.said import Said, said
from badges.outside_forms import AcceptForm, CountsAsForm
from badges.throttles import may_check
from credentials.queries.listing import listed_editions
from lib.errors import LaurelError, RuleBroken
from lib.pages import page_of_rows
from tenants.doors import needs


@needs("issuer.accept")
def accepted_issuers(request: HttpRequest, slug: str) -> HttpResponse:
    """The list."""
    rows = AcceptedIssuer.objects.filter(tenant=request.tenant).annotate(counted=Count("equivalences"))
    return render(request, "badges/accepted.html", {"page": page_of_rows(rows.order_by("-added_at", "-id"), request)})


@transaction.non_atomic_requests
@needs("issuer.accept")
def accept(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an issuer by its identity, or look it up from one of its badges first."""
    if "look" in request.POST:
        return _look(request)
    form = AcceptForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        facts = {name: given[name] for name in ("issuer_id", "name", "note")}
        seen = {name: given[name] for name in ("achievement_id", "achievement_name") if given[name]}
        try:
            accepted = actions.accept_issuer(by=request.member, **facts)
        except LaurelError as refusal:
            form.add_error(getattr(refusal, "field", "") or None, refusal.message)
            return _accept_page(request, form, status=409 if isinstance(refusal, RuleBroken) else 422)
        messages.success(request, _("Added. Now say what its badges count as."))
        address = reverse("accepted_issuer", args=[slug, accepted.id])
        return redirect(f"{address}?{urlencode(seen)}" if seen else address)
    return _accept_page(request, form, status=422 if form.is_bound else 200)


def _look(request: HttpRequest) -> HttpResponse:
    badge_form = BadgeForm(request.POST, request.FILES)
    if not badge_form.is_valid():
        return _accept_page(request, AcceptForm(), badge_form, status=422)
    if not may_check(request):
        badge_form.add_error(None, _("You have checked many badges in a short time. Wait a minute, then try again."))
        return _accept_page(request, AcceptForm(), badge_form, status=429)
    try:
        checked = check_given(badge_form.given(), request.user)
    except LaurelError as refusal:
        badge_form.add_error(getattr(refusal, "field", "") or None, refusal.message)
        return _accept_page(request, AcceptForm(), badge_form, status=422)
    told = said(checked.report)
    if told is None or not checked.report.verified:
        badge_form.add_error(None, _("We could not confirm this badge, so it does not show who its issuer is."))
        return _accept_page(request, AcceptForm(), badge_form, status=422)
    facts = {"issuer_id": told.issuer_id, "name": told.issuer_name or told.site}
    form = AcceptForm(initial={**facts, "achievement_id": told.achievement_id, "achievement_name": told.name})
    return _accept_page(request, form, told=told)


def _accept_page(
    request: HttpRequest,
    form: AcceptForm,
    badge_form: BadgeForm | None = None,
    *,
    told: Said | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "badge_form": badge_form or BadgeForm(auto_id="badge_%s"), "told": told}
    with transaction.atomic():
        return render(request, "badges/accepted_new.html", context, status=status)


@needs("issuer.accept")
def accepted_issuer(request: HttpRequest, slug: str, accepted: UUID) -> HttpResponse:
    """One issuer: what its badges count as here."""
    found = _accepted(request, accepted)
    form = CountsAsForm(request.tenant, request.POST or None, initial=request.GET.dict())
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.add_equivalence(by=request.member, accepted=found, **form.cleaned_data)
        except LaurelError as refusal:
            form.add_error(getattr(refusal, "field", "") or None, refusal.message)
            status = 409 if isinstance(refusal, RuleBroken) else 422
        else:
            messages.success(request, _("Saved. Stacks and rules take it into account from now on."))
            return redirect("accepted_issuer", slug, accepted)
    titles = dict(listed_editions(request.tenant).values_list("micro_credential", "title"))
    counted = found.equivalences.select_related("micro_credential")[:200]
    rows = [(each, titles.get(each.micro_credential_id, "")) for each in counted]
    context = {"accepted": found, "form": form, "rows": rows}
    return render(request, "badges/accepted_one.html", context, status=status)


@needs("issuer.accept")
@require_POST
def stop(request: HttpRequest, slug: str, accepted: UUID) -> HttpResponse:
    """Take an issuer off the list."""
    actions.stop_accepting(by=request.member, accepted=_accepted(request, accepted))
    messages.success(request, _("Its badges no longer count here. What they gave stays given."))
    return redirect("accepted_issuers", slug)


@needs("issuer.accept")
@require_POST
def uncount(request: HttpRequest, slug: str, accepted: UUID, equivalence: UUID) -> HttpResponse:
    """An achievement counts as nothing from now on."""
    found = get_object_or_404(Equivalence, id=equivalence, accepted=_accepted(request, accepted))
    actions.remove_equivalence(by=request.member, equivalence=found)
    messages.success(request, _("It no longer counts. What it gave stays given."))
    return redirect("accepted_issuer", slug, accepted)


def _accepted(request: HttpRequest, accepted: UUID) -> AcceptedIssuer:
    return get_object_or_404(AcceptedIssuer, id=accepted, tenant=request.tenant)
