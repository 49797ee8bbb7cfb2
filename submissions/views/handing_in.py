"""Check, send, and the page after it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.methods import get_and_post
from submissions import queries
from submissions.actions import handing_in
from submissions.actions.links import refresh_links
from submissions.actions.permission import take_training_back
from submissions.leaks import leaks_of
from submissions.models import Artifact, Submission
from submissions.outline import outline_of
from submissions.views.works import blocked
from tenants.doors import members_only


@members_only
@get_and_post
@never_cache
def work_check(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """Everything on one page with a way back to each part; POST sends it."""
    submission = queries.work_of(request.member, work)
    if request.method == "POST":
        try:
            with transaction.atomic():
                handing_in.submit(by=request.member, submission=submission)
        except handing_in.NotReady as problem:
            return _check_page(request, submission, problem.message)
        return redirect("work_sent", slug, work)
    if submission.state != Submission.State.DRAFT:
        return redirect("work", slug, work)
    return _check_page(request, submission)


def _check_page(request: HttpRequest, submission: Submission, refusal: str = "") -> HttpResponse:
    outline = outline_of(submission)
    refresh_links(submission)
    context = {
        "submission": submission,
        "outline": outline,
        "files": outline.files,
        "unready": sum(each.state != Artifact.State.READY for each in outline.files),
        "closed": outline.closed_links,
        "refusal": refusal,
        "leaks": leaks_of(outline, request.user, request.tenant),
        **blocked(request, submission),
        "due_on": request.tenant.due_date(submission.edition.due_business_days),
    }
    return render(request, "submissions/check.html", context, status=409 if refusal else 200)


@members_only
@require_safe
@never_cache
def work_sent(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """Sent: the date, and what happens next."""
    submission = queries.work_of(request.member, work)
    if submission.state != Submission.State.SUBMITTED:
        return redirect("work", slug, work)
    return render(request, "submissions/sent.html", {"submission": submission})


@members_only
@require_POST
def work_take_back(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """Undo the sending, while no reviewer's queue has it."""
    handing_in.take_back(by=request.member, submission=queries.work_of(request.member, work))
    messages.success(request, _("You took it back. It is not sent now. Change what you want and send it again."))
    return redirect("work", slug, work)


@members_only
@require_POST
def training_take_back(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """No longer let reviewers train with this work."""
    submission = queries.work_of(request.member, work)
    take_training_back(by=request.member, work=submission.work)
    messages.success(request, _("You took it back. Reviewers no longer train with this work."))
    return redirect("work", slug, work)
