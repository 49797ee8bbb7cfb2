"""Pages of endorsements: each at its own address, who vouches for what, and the form of recognizers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges import endorsements as queries
from badges import endorsing as actions
from badges.forms import EndorseForm
from badges.models import Badge, Endorsement
from badges.queries import badge_by_id, may_see
from badges.views.documents import endorsement_response, wants_json
from credentials.models import Edition, Stack
from lib.errors import Invalid
from lib.pages import page_of_rows
from tenants.doors import needs


@require_safe
def endorsement(request: HttpRequest, endorsement: UUID) -> HttpResponse:
    """One endorsement: a page for people, the signed EndorsementCredential for machines."""
    found = Endorsement.objects.select_related(*queries.WITH_THINGS).filter(id=endorsement).first()
    if found is None or (found.badge is not None and not may_see(request.user, found.badge)):
        raise Http404
    if wants_json(request):
        return endorsement_response(request, found)
    response = render(request, "badges/endorsement.html", {"endorsement": found, "thing": found.thing})
    response["Vary"] = "Accept, Cookie"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def endorsed_by(request: HttpRequest, kind: str, thing: UUID) -> HttpResponse:
    """Who vouches for an edition or a stack. A fragment for its page, or a page of its own."""
    found = _offered(kind, thing)
    context = {
        "thing": found,
        "kind": kind,
        "endorsements": queries.endorsements_of_thing(found),
        "endorse_for": queries.may_endorse_for(request.user, found.tenant) if found.state == "published" else [],
    }
    return render(request, "badges/_endorsed_by.html" if request.htmx else "badges/endorsed_by.html", context)


@require_safe
def badge_endorsed_by(request: HttpRequest, badge: UUID) -> HttpResponse:
    """Who vouches for a badge, or for what was earned with it. A fragment for its page, or a page of its own."""
    found = badge_by_id(badge)
    if found is None or not may_see(request.user, found):
        raise Http404
    context = {
        "badge": found,
        "thing": found.edition or found.stack,
        "endorsements": queries.endorsements_of(found),
        "endorse_for": queries.may_endorse_for(request.user, found.tenant) if found.state == Badge.State.ISSUED else [],
    }
    return render(request, "badges/_endorsed_by.html" if request.htmx else "badges/endorsed_by.html", context)


@needs("badge.endorse")
@require_safe
def endorsements(request: HttpRequest, slug: str) -> HttpResponse:
    """What this tenant has endorsed."""
    return render(
        request, "badges/endorsements.html", {"page": page_of_rows(queries.given_by(request.tenant), request)}
    )


@needs("badge.endorse")
def endorse_thing(request: HttpRequest, slug: str, kind: str, thing: UUID) -> HttpResponse:
    """Vouch for an edition or a stack."""
    return _endorse(request, _offered(kind, thing))


@needs("badge.endorse")
def endorse_badge(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Vouch for one badge that one can see."""
    found = badge_by_id(badge)
    if found is None or not may_see(request.user, found):
        raise Http404
    return _endorse(request, found)


@needs("badge.endorse")
@require_POST
def endorsement_withdraw(request: HttpRequest, slug: str, endorsement: UUID) -> HttpResponse:
    """Stop vouching for something."""
    found = get_object_or_404(queries.given_by(request.tenant), id=endorsement)
    actions.withdraw(by=request.member, endorsement=found)
    messages.success(request, _("Withdrawn. Badges are signed anew without it, within minutes."))
    return redirect("endorsements", slug)


def _endorse(request: HttpRequest, thing: Edition | Stack | Badge) -> HttpResponse:
    actions.check_endorsable(request.member, thing)  # rather now than after somebody wrote something
    form = EndorseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.endorse(by=request.member, thing=thing, comment=form.cleaned_data["comment"])
        except Invalid as problem:
            form.add_error("comment", problem.message)
        else:
            messages.success(request, _("Endorsed. Everyone can see it, and badges carry it."))
            return redirect("endorsement", made.id)
    context = {"form": form, "thing": thing, "is_badge": isinstance(thing, Badge)}
    return render(request, "badges/endorse.html", context, status=422 if form.is_bound else 200)


def _offered(kind: str, id: UUID) -> Edition | Stack:
    """An edition or a stack that was published at some time."""
    hidden = [Edition.State.DRAFT, Edition.State.VETTING]
    if kind == "e":
        found = Edition.objects.select_related("micro_credential__tenant").exclude(state__in=hidden)
    else:
        found = Stack.objects.select_related("tenant").exclude(state__in=hidden)
    return get_object_or_404(found, id=id)
