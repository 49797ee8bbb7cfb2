"""The lead's view: who carries how much, what waits, giving work to someone, and statements."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assessment import leads
from assessment.actions import assigning, working
from assessment.due import rows
from assessment.models import AssessorProfile, Review
from assessment.statements import as_rows, posted
from assessment.working_forms import PeriodForm, TermsForm
from lib.downloads import csv_response
from lib.errors import Invalid
from lib.methods import get_and_post
from lib.pages import page_of_rows
from lib.words import as_uuid
from tenants.doors import needs
from tenants.models import User
from tenants.views.shared import done


@needs("review.assign")
@require_safe
def reviewers(request: HttpRequest, slug: str) -> HttpResponse:
    """Load, ageing, and all that is open, of one micro-credential or assessor if asked for."""
    return _page(request)


@needs("review.assign")
@require_POST
def reviewers_move(request: HttpRequest, slug: str) -> HttpResponse:
    """Do one thing with all reviews that are ticked: give them to someone, free them, or move them up or down."""
    ids = [each for each in map(as_uuid, request.POST.getlist("review")[: assigning.MOST_AT_ONCE]) if each]
    chosen = list(Review.objects.filter(id__in=ids))
    if not chosen:
        return _page(request, _("Tick at least one review first."))
    do = request.POST.get("do", "")
    try:
        if do in ("up", "down"):
            n = assigning.shift(by=request.member, reviews=chosen, up=do == "up")
            messages.success(request, ngettext("%(n)s review moved.", "%(n)s reviews moved.", n) % {"n": n})
        elif do == "free":
            _say(request, assigning.assign(by=request.member, reviews=chosen, to=None), None)
        else:
            to = User.objects.filter(id=as_uuid(request.POST.get("to", ""))).first()
            if to is None:
                return _page(request, _("Choose who takes them."))
            _say(request, assigning.assign(by=request.member, reviews=chosen, to=to), to)
    except Invalid as problem:
        return _page(request, problem.message)
    return redirect(reverse("reviewers", args=[slug]) + "#open")


def _say(request: HttpRequest, moved: assigning.Moved, to: User | None) -> None:
    facts = {"n": moved.done, "name": to}
    if to is None:
        text = ngettext("%(n)s review is free for everyone.", "%(n)s reviews are free for everyone.", moved.done)
    else:
        text = ngettext("%(n)s review is kept for %(name)s.", "%(n)s reviews are kept for %(name)s.", moved.done)
    if moved.done:
        messages.success(request, text % facts)
    if moved.refused:
        codes = ", ".join(moved.refused)
        messages.warning(
            request, _("Not moved, since it is scored or they cannot read it: %(codes)s") % {"codes": codes}
        )


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    today = request.tenant.local_date()
    mc = request.GET.get("mc", "").replace("\x00", "")[:90]
    holder = as_uuid(request.GET.get("holder", ""))
    page = page_of_rows(leads.open_reviews(mc=mc, holder=str(holder) if holder else ""), request)
    piles = leads.piles(request.tenant)
    context = {
        "loads": leads.loads(request.tenant),
        "piles": piles,
        "ageing": leads.ageing(piles, request.tenant),
        "page": page,
        "open": rows(page.rows, today),
        "mc": mc,
        "holder": str(holder or ""),
        "problem": problem,
        "ticked": request.POST.getlist("review"),
    }
    return render(request, "assessment/reviewers.html", context, status=422 if problem else 200)


@needs("assessor.manage")
@get_and_post
def reviewer(request: HttpRequest, slug: str, user: UUID) -> HttpResponse:
    """What one assessor takes on, for whom and for what pay; POST saves it."""
    person = get_object_or_404(leads.assessors_of(request.tenant), id=user)
    form = TermsForm(request.POST or None, instance=AssessorProfile.objects.filter(user=person).first())
    if request.method == "POST" and done(
        form, lambda: working.save_profile(by=request.member, user=person, **form.values())
    ):
        messages.success(request, _("Saved for %(name)s.") % {"name": person})
        return redirect("reviewers", slug)
    context = {"person": person, "form": form}
    return render(request, "assessment/reviewer.html", context, status=422 if form.is_bound else 200)


@needs("assessor.manage")
@get_and_post
def statements(request: HttpRequest, slug: str) -> HttpResponse:
    """What was posted, and what a period would come to; POST posts one."""
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: working.post_statement(by=request.member, **form.cleaned_data)):
        messages.success(request, _("The statement is posted."))
        return redirect("statements", slug)
    page = page_of_rows(posted(), request)
    context = {"form": form, "page": page}
    return render(request, "assessment/statements.html", context, status=422 if form.is_bound else 200)


@needs("assessor.manage")
@require_safe
def statements_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Every posted line, for a ledger or payroll."""
    return csv_response("assessor-statements.csv", as_rows(list(posted())))
