"""What people see of a badge: its page and what it stands for."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from badges.models import Badge
from badges.page import page_of
from badges.queries import badge_by_id, may_see
from badges.views.documents import achievement_json, credential_response, wants_json
from credentials.models import Edition, Stack


def badge_page(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The page of a badge, or its credential for machines. Says what state it is in before anything else."""
    found = badge_by_id(badge)
    if found is None:
        return render(request, "badges/unknown.html", status=404)
    if not may_see(request.user, found):
        return render(request, "badges/private.html", {"badge": found}, status=403)
    if wants_json(request):
        if found.document is None:
            raise Http404
        return credential_response(request, found)
    with timezone.override(found.tenant.zone):  # the page is in no tenant, but its dates are the issuer's
        response = render(request, "badges/badge.html", page_of(found, request.user))
    response["Vary"] = "Accept, Cookie"
    response["Cache-Control"] = "private, no-cache"
    if found.visibility != Badge.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return response


def achievement(request: HttpRequest, kind: str, thing: UUID) -> HttpResponse:
    """What can be earned: its page in the catalog for people, the Achievement for machines."""
    if kind == "e":
        edition = get_object_or_404(
            Edition.objects.select_related("micro_credential__tenant"),
            id=thing,
            state__in=[Edition.State.PUBLISHED, Edition.State.SUPERSEDED, Edition.State.RETIRED],
        )
        if wants_json(request):
            return achievement_json(edition)
        address = redirect("micro_credential", edition.tenant.slug, edition.micro_credential.slug)
        address["Location"] += f"?edition={edition.number}"
        return address
    stack = get_object_or_404(
        Stack.objects.select_related("tenant"), id=thing, state__in=[Stack.State.PUBLISHED, Stack.State.RETIRED]
    )
    return achievement_json(stack) if wants_json(request) else redirect("stack", stack.tenant.slug, stack.slug)
