"""Integrity cases: opening one, the panel's page, the earner's page. Every look at what a case says is on record."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessment import cases as queries
from assessment.actions import casework
from assessment.evidence import ReviewAddresses
from assessment.models import Case
from assessment.trust_forms import ConcernForm, SayForm, VoteForm
from lib.methods import get_and_post
from submissions import serving
from submissions.files import address_of
from submissions.models import Submission
from submissions.names import parts_of
from submissions.viewing import exhibits_of
from tenants.doors import members_only, needs
from tenants.roles import require
from tenants.views.shared import done

State = Case.State


@members_only
@require_safe
@never_cache
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    """The cases one has a part in: on the panel, about one's own work, or opened by oneself."""
    context = {
        "panel": list(queries.on_panel(request.member)[:100]),
        "about": list(queries.about(request.member)[:100]),
        "opened": list(queries.opened_by(request.member)[:100]),
    }
    return render(request, "assessment/cases.html", context)


@needs("case.open")
@get_and_post
def case_new_review(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Open a case about what one scores or has scored."""
    return _open(request, queries.review_to_ask_about(request.member, review))


@needs("case.open")
@get_and_post
def case_new_badge(request: HttpRequest, slug: str, badge: UUID) -> HttpResponse:
    """Open a case about the work behind a badge that was awarded here."""
    return _open(request, queries.badge_to_ask_about(request.member, badge))


def _open(request: HttpRequest, submission: Submission) -> HttpResponse:
    require(request.member, "case.open", submission)
    form = ConcernForm(request.POST or None)
    if request.method == "POST" and done(
        form, lambda: casework.open_case(by=request.member, submission=submission, **form.cleaned_data)
    ):
        messages.success(request, _("The case is open. A panel looks at it; you will see here when it is closed."))
        return redirect("cases", request.tenant.slug)
    context = {"form": form, "submission": submission}
    return render(request, "assessment/case_new.html", context, status=422 if form.is_bound else 200)


@members_only
@get_and_post
@never_cache
def case(request: HttpRequest, slug: str, case: UUID) -> HttpResponse:
    """A case, for its panel: what was noticed, the evidence, the reply, and one's vote."""
    if request.method == "POST":
        return _vote(request, queries.table_of(request.member, case).case)
    table = casework.look_as_panel(by=request.member, case_id=case)
    submission = table.case.submission
    exhibits = exhibits_of(
        submission,
        ReviewAddresses(slug, table.case.id, prefix="case"),
        blind=True,
        name=parts_of(submission.earner.name),
    )
    context = {"table": table, "case": table.case, "exhibits": exhibits, "form": VoteForm()}
    return render(request, "assessment/case.html", context)


def _vote(request: HttpRequest, case: Case) -> HttpResponse:
    form = VoteForm(request.POST)

    def vote() -> None:
        upheld, reason = form.cleaned_data["upheld"] == "yes", form.cleaned_data["reason"]
        casework.vote(by=request.member, case=case, upheld=upheld, reason=reason)

    back = reverse("case", args=[request.tenant.slug, case.id])
    if not done(form, vote):
        return _again(request, case, form, back)
    messages.success(request, _("Your vote counts. Nobody sees it before all have voted."))
    return redirect(back)


def _again(request: HttpRequest, case: Case, form: Form, back: str) -> HttpResponse:
    """What was typed, with what is wrong. Not the case itself: looking at that is on record, and this is no look."""
    context = {"case": case, "form": form, "back": back}
    return render(request, "assessment/case_again.html", context, status=422)


@members_only
@require_safe
def case_evidence(request: HttpRequest, slug: str, case: UUID, artifact: UUID) -> HttpResponse:
    """Lead a member of the panel to a file, by an address that lasts a short time."""
    file = casework.open_evidence(by=request.member, case_id=case, artifact_id=artifact)
    return redirect(address_of(file, request.user, tenant=request.tenant))


@members_only
@require_safe
def case_preview(request: HttpRequest, slug: str, case: UUID, artifact: UUID, kind: str, number: int) -> HttpResponse:
    """Lead a member of the panel to a preview of a file, in the same way."""
    file = queries.file_for_panel(request.member, case, artifact)
    return redirect(
        address_of(file, request.user, tenant=request.tenant, preview=queries.preview_of(file, kind, number))
    )


@members_only
@require_safe
def case_captions(request: HttpRequest, slug: str, case: UUID, artifact: UUID, language: str) -> HttpResponse:
    """The captions of a film, for the panel."""
    made = queries.captions_for_panel(request.member, case, artifact, language)
    if made is None:
        raise Http404
    return serving.captions(made)


@members_only
@get_and_post
@never_cache
def case_about(request: HttpRequest, slug: str, case: UUID) -> HttpResponse:
    """A case about one's own work: the notice, one's reply, the outcome, and the one appeal."""
    if request.method == "POST":
        return _answer(request, queries.case_about(request.member, case))
    found = casework.look_as_earner(by=request.member, case_id=case)
    until = found.appeal_until if found.state == State.TOLD else found.reply_until
    is_open = found.state in (State.NOTICED, State.TOLD) and request.tenant.local_date() <= until
    context = {
        "case": found,
        "form": _answer_form(found) if is_open else None,
        "until": until,
        "findings": queries.findings_of(found),
    }
    return render(request, "assessment/case_about.html", context)


def _answer_form(case: Case, data: QueryDict | None = None) -> SayForm:
    label = _("Why a new panel should look at it") if case.state == State.TOLD else _("Your reply")
    return SayForm(data, label=label)


def _answer(request: HttpRequest, case: Case) -> HttpResponse:
    appeals, form = case.state == State.TOLD, _answer_form(case, request.POST)
    act = casework.appeal_case if appeals else casework.reply
    back = reverse("case_about", args=[request.tenant.slug, case.id])
    if not done(form, lambda: act(by=request.member, case=case, **form.cleaned_data)):
        return _again(request, case, form, back)
    messages.success(request, _("Your appeal is in.") if appeals else _("Your reply is sent to the panel."))
    return redirect(back)
