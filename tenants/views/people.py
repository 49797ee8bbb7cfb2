"""Members: who is here, what they may do, and what the roster says about them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib.methods import get_and_post
from lib.pages import page_of_rows
from tenants import queries
from tenants.actions import people
from tenants.doors import needs
from tenants.forms import RolesForm, StaffForm
from tenants.models import Membership, Role
from tenants.views.shared import done

STAFF_FIELDS = ("job_class", "full_time", "building", "employee_number", "supervisor")


@needs("people.manage")
@require_safe
def people_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Members by name, found by words and role; those who were switched off are on a list of their own."""
    words, role = request.GET.get("q", "")[:100], request.GET.get("role", "")
    away = request.GET.get("away") == "1"
    role = role if role in Role.values else ""
    page = page_of_rows(queries.people(request.tenant, words=words, role=role, away=away), request, counted=True)
    rows = [(member, queries.role_labels(member.roles)) for member in page.rows]
    context = {"rows": rows, "page": page, "words": words, "role": role, "away": away, "roles": Role.choices}
    context["invitations"] = queries.open_invitations().count()
    return render(request, "tenants/people.html", context)


def _membership(request: HttpRequest, user: UUID) -> Membership:
    return get_object_or_404(queries.membership(request.tenant, user))


def _person(
    request: HttpRequest, membership: Membership, roles_form: RolesForm, staff_form: StaffForm, status: int = 200
) -> HttpResponse:
    """The page of one member, with whichever form was sent."""
    context = {
        "membership": membership,
        "person": membership.user,
        "roles": queries.role_labels(membership.roles),
        "roles_form": roles_form,
        "staff_form": staff_form,
        "is_me": membership.user == request.user,
    }
    return render(request, "tenants/person.html", context, status=status)


def _roles_form(membership: Membership, data: object = None) -> RolesForm:
    return RolesForm(data, initial={"roles": membership.roles})


def _staff_form(membership: Membership, data: object = None) -> StaffForm:
    return StaffForm(
        data,
        instance=queries.staff_record(membership.user),
        prefix="staff",
        tenant=membership.tenant,
        user=membership.user,
    )


@needs("people.manage")
@get_and_post
def person(request: HttpRequest, slug: str, user: UUID) -> HttpResponse:
    """One member; POST changes the roles."""
    membership = _membership(request, user)
    if request.method != "POST":
        return _person(request, membership, _roles_form(membership), _staff_form(membership))
    form = _roles_form(membership, request.POST)
    if done(
        form,
        lambda: people.change_roles(by=request.member, membership=membership, roles=form.cleaned_data["roles"]),
    ):
        messages.success(request, _("The roles are saved."))
        return redirect("person", slug, user)
    return _person(request, membership, form, _staff_form(membership), 422)


@needs("people.manage")
@require_POST
def person_staff(request: HttpRequest, slug: str, user: UUID) -> HttpResponse:
    """Save the staff record of a member."""
    membership = _membership(request, user)
    form = _staff_form(membership, request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in STAFF_FIELDS}
        people.save_staff_record(by=request.member, user=membership.user, **given)
        messages.success(request, _("The staff record is saved."))
        return redirect("person", slug, user)
    return _person(request, membership, _roles_form(membership), form, 422)


@needs("people.manage")
@require_POST
def person_switch(request: HttpRequest, slug: str, user: UUID) -> HttpResponse:
    """End a membership (on=0) or let the person back in (on=1)."""
    membership = _membership(request, user)
    if request.POST.get("on") == "1":
        people.switch_on(by=request.member, membership=membership)
        messages.success(request, _("%(name)s is a member again.") % {"name": membership.user})
    else:
        people.switch_off(by=request.member, membership=membership)
        messages.success(
            request, _("%(name)s can no longer come in. Work and badges stay.") % {"name": membership.user}
        )
    return redirect("person", slug, user)
