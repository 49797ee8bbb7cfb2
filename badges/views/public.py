"""What people see of a badge: its page and what it stands for."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from badges.answers import closed, page_answer, wanted
from badges.facts import facts_of
from badges.models import Badge
from badges.views.documents import achievement_json, badge_json, badge_png, wants_json
from badges.views.pages import page_of
from credentials.models import Edition, Stack


@require_safe
def badge_page(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The page of a badge, or its credential for machines. Says what state it is in before anything else."""
    facts = facts_of(badge)
    if facts is None:
        return closed(render(request, "badges/unknown.html", status=404))
    if not facts.may_be_seen_by(request.user):
        return closed(render(request, "badges/private.html", status=403))
    form = wanted(request)
    if form == "json":
        return badge_json(request, badge)
    if form == "png":
        return badge_png(request, badge)
    response = page_answer(request, page_of(request, facts), facts.visibility)
    return closed(response) if facts.visibility == Badge.Visibility.PRIVATE else response


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
