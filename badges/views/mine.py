"""What earners do with their badges: passport and sharing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from badges import actions
from badges.completing import with_progress
from badges.forms import ShareForm
from badges.models import Badge
from badges.queries import badges_of
from credentials.models import Stack
from tenants.doors import members_only


@members_only
def passport(request: HttpRequest, slug: str) -> HttpResponse:
    """All of the person's badges, from every issuer, and how far they are with the stacks of this tenant."""
    badges = list(badges_of(request.user)[:500])
    held = {badge.stack_id for badge in badges if badge.stack_id and badge.state != Badge.State.REVOKED}
    offered = Stack.objects.filter(tenant=request.tenant, state=Stack.State.PUBLISHED).exclude(id__in=held)
    begun = with_progress(offered, request.user).filter(have__gt=0).order_by("title")
    hours = sum(badge.edition.hours for badge in badges if badge.edition and badge.state == Badge.State.ISSUED)
    context = {"badges": badges, "stacks": begun[:20], "hours": hours}
    return render(request, "badges/passport.html", context)


@members_only
def share(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Choose who may see one badge."""
    found = get_object_or_404(badges_of(request.user), id=badge)
    initial = {"visibility": found.visibility, "show_name": found.show_name}
    form = ShareForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.share(by=request.member, badge=found, **form.cleaned_data)
        messages.success(request, _("Saved. This is how others see your badge from now on."))
        return redirect("passport", slug)
    status = 422 if form.is_bound else 200
    return render(request, "badges/share.html", {"badge": found, "form": form}, status=status)
