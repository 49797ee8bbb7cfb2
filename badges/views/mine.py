"""What earners do with their badges: sharing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from badges import actions, showing
from badges.forms import ShareForm
from badges.models import Badge
from badges.queries import badges_of
from lib.errors import Invalid, RuleBroken
from tenants.doors import members_only
from tenants.roles import Member


@members_only
def share(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Choose who may see one badge, whether it names its earner, and what evidence it shows."""
    found = get_object_or_404(badges_of(request.user), id=badge)
    pieces = showing.pieces_of(found)
    shown = showing.shown_beside(found).values_list("artifact_id", flat=True)
    initial = {"visibility": found.visibility, "show_name": found.show_name, "evidence": list(map(str, shown))}
    form = ShareForm(request.POST or None, initial=initial, pieces=pieces)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            _save(request.member, found, form.cleaned_data)
        except (Invalid, RuleBroken) as refusal:
            form.add_error(getattr(refusal, "field", None) or None, refusal.message)
            status = 422 if refusal.status == Invalid.status else refusal.status
        else:
            messages.success(request, _("Saved. This is how others see your badge from now on."))
            return redirect("passport", slug)
    kept = [(piece, showing.why_not(piece)) for piece in pieces if showing.why_not(piece)]
    context = {"badge": found, "form": form, "kept": kept, "has_pieces": bool(pieces)}
    return render(request, "badges/share.html", context, status=status)


def _save(by: Member, badge: Badge, given: dict) -> None:
    """Evidence first: it is what can be refused, and then nothing has been changed."""
    allowed = given.pop("releases_allow", False)
    showing.show_evidence(by=by, badge=badge, artifacts=given.pop("evidence", []), releases_allow=allowed)
    actions.share(by=by, badge=badge, **given)
