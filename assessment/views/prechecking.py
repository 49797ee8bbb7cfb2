"""Looking whether all evidence of a submission is there and can be read, without knowing whose it is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessment import prechecks as queries
from assessment.actions import prechecking
from assessment.models import Precheck
from assessment.working_forms import MissingForm
from lib.methods import get_and_post
from lib.pages import page_of_rows
from submissions.files import address_of
from submissions.queries import evidence_of
from tenants.doors import needs
from tenants.views.shared import done


@needs("precheck.do")
@require_safe
def prechecks(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a look, oldest first."""
    page = page_of_rows(queries.to_check(request.member), request)
    return render(request, "assessment/prechecks.html", {"page": page})


@needs("precheck.do")
@get_and_post
def precheck(request: HttpRequest, slug: str, check: UUID) -> HttpResponse:
    """All evidence of one, under neutral names; POST says that it is complete."""
    found = queries.check_for(request.member, check)
    if request.method != "POST":
        return _page(request, found, MissingForm())
    prechecking.complete(by=request.member, check=found)
    messages.success(request, _("%(code)s waits for a reader now.") % {"code": found.submission.code})
    return redirect("prechecks", slug)


@needs("precheck.do")
@require_POST
def precheck_back(request: HttpRequest, slug: str, check: UUID) -> HttpResponse:
    """Send it back to the educator, with what is missing."""
    found = queries.check_for(request.member, check)
    form = MissingForm(request.POST)
    if done(form, lambda: prechecking.send_back(by=request.member, check=found, **form.cleaned_data)):
        messages.success(request, _("%(code)s went back. It did not use up a try.") % {"code": found.submission.code})
        return redirect("prechecks", slug)
    return _page(request, found, form)


def _page(request: HttpRequest, check: Precheck, form: MissingForm) -> HttpResponse:
    submission = check.submission
    pieces = [(piece, _address(request, piece)) for piece in evidence_of(submission)]
    context = {"check": check, "pieces": pieces, "unreadable": queries.unreadable(submission), "form": form}
    return render(request, "assessment/precheck.html", context, status=422 if form.is_bound else 200)


def _address(request: HttpRequest, piece: object) -> str:
    """Where a piece is opened: a link where it leads, a file by an address that lasts a short time."""
    if piece.artifact is not None and piece.artifact.file_id:
        return address_of(piece.artifact, request.user, tenant=request.tenant)
    return piece.url
