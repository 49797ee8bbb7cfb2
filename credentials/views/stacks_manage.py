"""Setting up stacks, for admins."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credentials.actions import stacks
from credentials.forms import StackSheet, as_uuid
from credentials.models import Stack
from credentials.queries import stack_for_page
from credentials.queries.drafts import stack_here, stacks_of
from lib.errors import Invalid
from lib.methods import get_and_post
from tenants.doors import needs


@require_safe
@needs("stack.manage")
def manage_stacks(request: HttpRequest, slug: str) -> HttpResponse:
    """All stacks of this tenant."""
    return render(request, "credentials/manage_stacks.html", {"stacks": list(stacks_of(request.tenant))})


@get_and_post
@needs("stack.manage")
def manage_stack_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Set up a stack."""
    return _edit(request, None)


@get_and_post
@needs("stack.manage")
def manage_stack(request: HttpRequest, slug: str, stack: UUID) -> HttpResponse:
    """A draft to edit; a published one to read, with its next step."""
    found = stack_here(request.tenant, stack)
    if found.state == Stack.State.DRAFT:
        return _edit(request, found)
    found, pieces = stack_for_page(request.tenant, found.slug)
    return render(request, "credentials/manage_stack_published.html", {"stack": found, "pieces": pieces})


@require_POST
@needs("stack.manage")
def stack_publish(request: HttpRequest, slug: str, stack: UUID) -> HttpResponse:
    """Offer it to everyone."""
    found = stack_here(request.tenant, stack)
    try:
        stacks.publish_stack(by=request.member, stack=found)
    except Invalid as refusal:
        if found.state != Stack.State.DRAFT:
            raise
        sheet = StackSheet(initial=StackSheet.typed_from(found), tenant=request.tenant)
        return _show(request, found, sheet, status=409, refused=refusal.message)
    messages.success(request, _("“%(title)s” is published.") % {"title": found.title})
    return redirect("manage_stack", slug, found.id)


@require_POST
@needs("stack.manage")
def stack_retire(request: HttpRequest, slug: str, stack: UUID) -> HttpResponse:
    """Stop to offer it."""
    found = stacks.retire_stack(by=request.member, stack=stack_here(request.tenant, stack))
    messages.success(request, _("“%(title)s” is retired.") % {"title": found.title})
    return redirect("manage_stacks", slug)


@require_POST
@needs("stack.manage")
def stack_offer(request: HttpRequest, slug: str, stack: UUID) -> HttpResponse:
    """Offer the role of an assessor to whoever completes it (on=1), or no longer (on=0)."""
    on = request.POST.get("on") == "1"
    found = stacks.offer_assessing(by=request.member, stack=stack_here(request.tenant, stack), offers=on)
    messages.success(
        request,
        _("Who completes it can become an assessor now.") if on else _("It no longer offers to become an assessor."),
    )
    return redirect("manage_stack", slug, found.id)


def _edit(request: HttpRequest, stack: Stack | None) -> HttpResponse:
    tenant = request.tenant
    if request.method != "POST":
        return _show(request, stack, StackSheet(initial=StackSheet.typed_from(stack), tenant=tenant))
    if request.POST.get("do"):
        sheet = StackSheet.after(request.POST["do"], request.POST, tenant=tenant)
        return _show(request, stack, sheet, unsaved=True)
    sheet = StackSheet.sent(request.POST, tenant=tenant)
    values = sheet.stack_values()
    if not sheet.is_readable():
        return _show(request, stack, sheet, status=422)
    try:
        if stack is None:
            stack = stacks.create_stack(by=request.member, **values, id=as_uuid(request.POST.get("id")))
        else:
            stacks.edit_stack(by=request.member, stack=stack, **values)
    except Invalid as refusal:
        sheet.blame(refusal.field, refusal.message)
        return _show(request, stack, sheet, status=422)
    messages.success(request, _("The stack is saved."))
    return redirect("manage_stack", request.tenant.slug, stack.id)


def _show(request: HttpRequest, stack: Stack | None, sheet: StackSheet, status: int = 200, **more: Any) -> HttpResponse:
    context = {"stack": stack, "sheet": sheet, **more}
    return render(request, "credentials/manage_stack.html", context, status=status)
