"""Handing a claim over to a colleague."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessment.actions.assigning import hand_over
from assessment.leads import colleagues_of
from assessment.models import Review
from assessment.queries import own_review
from assessment.views.pads import token_of
from assessment.views.queue import refused
from assessment.working_forms import ColleagueForm
from lib.errors import RuleBroken
from lib.methods import get_and_post
from tenants.doors import needs
from tenants.views.shared import done


@needs("review.queue")
@get_and_post
def review_hand_over(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Whom to hand it over to; POST does it."""
    held = own_review(request.member, review)
    if held.state != Review.State.CLAIMED:
        return redirect("review", slug, held.id)
    form = ColleagueForm(request.POST or None, people=colleagues_of(request.member))
    if request.method == "POST":
        token = token_of(request)
        try:
            if done(form, lambda: hand_over(by=request.member, review=held, token=token, to=form.chosen)):
                facts = {"code": held.submission.code, "name": form.chosen}
                messages.success(request, _("%(code)s is kept for %(name)s now.") % facts)
                return redirect("queue", slug)
        except RuleBroken as problem:
            return refused(request, problem)
    context = {"review": held, "form": form}
    return render(request, "assessment/hand_over.html", context, status=422 if form.is_bound else 200)
