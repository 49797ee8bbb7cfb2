"""The offer to become an assessor, for those who completed a stack that makes it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessment.actions import offering
from credentials.models import Stack
from tenants.doors import needs
from tenants.models import Role


@needs("work.start")
@require_safe
def offers(request: HttpRequest, slug: str) -> HttpResponse:
    """What one was offered. With htmx only the offer, for the page of one's work."""
    is_assessor = Role.ASSESSOR in request.member.roles
    stacks = [] if is_assessor else offering.stacks_offering(request.member)
    template = "assessment/includes/offer.html" if request.htmx else "assessment/offers.html"
    return render(request, template, {"stacks": stacks, "is_assessor": is_assessor})


@needs("work.start")
@require_POST
def offer_accept(request: HttpRequest, slug: str, stack: UUID) -> HttpResponse:
    """Take the role, and go where the work is."""
    offered = get_object_or_404(Stack, id=stack, tenant=request.tenant)
    offering.accept(by=request.member, stack=offered)
    messages.success(request, _("You are an assessor now. Thank you! This is the queue."))
    return redirect("queue", slug)
