"""Samples for assessors, as authors and admins make them: the list, one being written, one in use."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessment.actions import anchors as actions
from assessment.anchor_forms import AnchorForm, NewAnchorForm, RetireForm
from assessment.anchors import anchor_here, anchor_parts, anchors_here, editions_here
from assessment.evidence import captions_in, file_in, preview_in
from assessment.models import Anchor
from lib.errors import Invalid, RuleBroken
from lib.pages import page_of_rows
from lib.words import as_uuid
from submissions import serving
from submissions.files import address_of
from tenants.doors import needs


@needs("anchor.manage")
def anchors(request: HttpRequest, slug: str) -> HttpResponse:
    """All samples, and the form for a new one."""
    return _list(request, NewAnchorForm(initial={"use": Anchor.Use.PRACTICE}))


@require_POST
@needs("anchor.manage")
def anchor_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make one from a submission, or begin to write one."""
    form = NewAnchorForm(request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    data = form.cleaned_data
    try:
        if data["code"]:
            made = actions.make_anchor(by=request.member, code=data["code"], use=data["use"])
        else:
            edition = get_object_or_404(editions_here(request.member), id=data["edition"])
            made = actions.write_anchor(by=request.member, edition=edition, use=data["use"])
    except (Invalid, RuleBroken) as problem:
        form.add_error("code", problem.message)
        return _list(request, form, 422 if problem.status == 400 else problem.status)
    return redirect("anchor", slug, made.id)


@needs("anchor.manage")
def anchor(request: HttpRequest, slug: str, anchor: UUID) -> HttpResponse:
    """One sample: a form while it is written, and to read once it is in use. POST saves it."""
    found = anchor_here(anchor)
    if request.method != "POST":
        return _page(request, found, AnchorForm(found))
    form = AnchorForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        _save(request, found, form)
    except RuleBroken as problem:
        return _page(request, found, form, problem=problem.message, status=problem.status)
    messages.success(request, _("Saved."))
    return redirect("anchor", slug, found.id)


@require_POST
@needs("anchor.manage")
def anchor_publish(request: HttpRequest, slug: str, anchor: UUID) -> HttpResponse:
    """Save it, and put it into use."""
    found = anchor_here(anchor)
    form = AnchorForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        _save(request, found, form)
        actions.publish_anchor(by=request.member, anchor=found)
    except (Invalid, RuleBroken) as problem:
        status = 422 if problem.status == 400 else problem.status
        return _page(request, found, form, problem=problem.message, status=status)
    messages.success(request, _("Sample %(n)s is in use.") % {"n": found.number})
    return redirect("anchor", slug, found.id)


@require_POST
@needs("anchor.manage")
def anchor_retire(request: HttpRequest, slug: str, anchor: UUID) -> HttpResponse:
    """Take it out of use."""
    found = anchor_here(anchor)
    form = RetireForm(request.POST)
    if not form.is_valid():
        return _page(request, found, AnchorForm(found), retire=form, status=422)
    actions.retire_anchor(by=request.member, anchor=found, why=form.cleaned_data["why"])
    messages.success(request, _("Sample %(n)s is retired.") % {"n": found.number})
    return redirect("anchors", slug)


@needs("anchor.manage")
def anchor_evidence(request: HttpRequest, slug: str, anchor: UUID, artifact: UUID) -> HttpResponse:
    """Lead to a file of a sample, by an address that is made now and lasts a short time."""
    file = file_in(anchor_here(anchor).submission_id, artifact)
    return redirect(address_of(file, request.user, tenant=request.tenant))


@needs("anchor.manage")
def anchor_preview(
    request: HttpRequest, slug: str, anchor: UUID, artifact: UUID, kind: str, number: int
) -> HttpResponse:
    """Lead to a preview of a file of a sample, in the same way."""
    file = file_in(anchor_here(anchor).submission_id, artifact)
    preview = preview_in(file, kind, number)
    return redirect(address_of(file, request.user, tenant=request.tenant, preview=preview))


@needs("anchor.manage")
def anchor_captions(request: HttpRequest, slug: str, anchor: UUID, artifact: UUID, language: str) -> HttpResponse:
    """The captions of a film of a sample."""
    file = file_in(anchor_here(anchor).submission_id, artifact)
    return serving.captions(captions_in(file, language))


def _save(request: HttpRequest, found: Anchor, form: AnchorForm) -> None:
    actions.save_anchor(
        by=request.member,
        anchor=found,
        use=form.cleaned_data["use"],
        stands=form.stands(),
        texts=form.texts(),
        added=form.added(),
        without=[wanted for each in request.POST.getlist("without") if (wanted := as_uuid(each))],
        names_checked=form.cleaned_data["names_checked"],
    )


def _list(request: HttpRequest, form: NewAnchorForm, status: int = 200) -> HttpResponse:
    context = {
        "page": page_of_rows(anchors_here(request.member), request),
        "form": form,
        "editions": editions_here(request.member),
    }
    return render(request, "assessment/anchors.html", context, status=status)


def _page(
    request: HttpRequest,
    found: Anchor,
    form: AnchorForm,
    *,
    retire: RetireForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "anchor": found,
        "form": form,
        "parts": anchor_parts(found),
        "stands": found.lines.select_related("line", "level"),
        "retire": retire or RetireForm(),
        "problem": problem,
    }
    return render(request, "assessment/anchor.html", context, status=status)
