"""The signing keys of a tenant, for its admins."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.actions import keys as actions
from badges.queries import keys_of
from badges.resigning import progress_of
from tenants.doors import needs


@needs("key.manage")
@require_safe
def manage_keys(request: HttpRequest, slug: str) -> HttpResponse:
    """Every key, which one signs, and how far signing anew is."""
    keys = list(keys_of(request.tenant))
    progress = progress_of(request.tenant)
    for key in keys:
        key.progress = progress.get(key.id)
    return render(request, "badges/keys.html", {"keys": keys})


@needs("key.manage")
@require_POST
def key_rotate(request: HttpRequest, slug: str) -> HttpResponse:
    """A new key takes over."""
    key = actions.rotate(by=request.member, algorithm=request.POST.get("algorithm", ""))
    messages.success(request, _("A new key signs from now on: %(key)s") % {"key": key.public_multibase})
    return redirect("manage_keys", slug)


@needs("key.manage")
def key_withdraw(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    """Somebody else may know this key: nothing of it counts any more."""
    found = get_object_or_404(keys_of(request.tenant), id=key)
    if request.method == "POST":
        actions.withdraw(by=request.member, key=found)
        messages.success(request, _("The key is withdrawn. What it had signed is being signed anew."))
        return redirect("manage_keys", slug)
    return render(request, "badges/key_withdraw.html", {"key": found})
