"""The scoring workspace: one claimed submission, its evidence, and the scoring guide."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessment.actions.deciding import Incomplete, finish
from assessment.actions.queue import claim, declare_conflict, release
from assessment.actions.scoring import AlreadySent, save_scores
from assessment.due import due
from assessment.evidence import evidence_parts, file_of
from assessment.forms import ReadingForm
from assessment.models import Review
from assessment.queries import ScoredLine, held_by, own_review, reading
from assessment.views.queue import refused
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.words import whole_number
from submissions.files import address_of
from submissions.queries import ai_uses_of
from tenants.doors import needs
from tenants.middleware import wants_json


@needs("review.queue")
def review(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """The workspace of a claim; for a reading that ended, what one had written."""
    held = own_review(request.member, review)
    lines = reading(held)
    if held.state != Review.State.CLAIMED:
        return render(request, "assessment/kept.html", _kept(held, ReadingForm(held, lines)))
    return _workspace(request, held, lines, ReadingForm(held, lines))


@require_POST
@needs("review.queue")
def review_save(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Save the draft as it stands: by autosave (JSON), or by the button “Save for later”."""
    held = own_review(request.member, review)
    lines = reading(held)
    form = ReadingForm(held, lines, request.POST)
    if not form.is_valid():
        return _refuse(request, held, lines, form)
    try:
        saved = _save(request, held, form)
    except RuleBroken as problem:
        return _too_late(request, held, form, problem)
    if wants_json(request):
        return JsonResponse({"saved_at": clock.now().isoformat(), "lease_until": saved.lease_until.isoformat()})
    until = date_format(saved.lease_until.astimezone(request.tenant.zone), "TIME_FORMAT")
    messages.success(
        request,
        _("Saved. %(code)s stays yours until %(time)s, and after that until someone else takes it.")
        % {"code": held.submission.code, "time": until},
    )
    return redirect("queue", slug)


@require_POST
@needs("review.queue")
def review_finish(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Send the score and open the next one: first what one already holds, then what waits."""
    held = own_review(request.member, review)
    lines = reading(held)
    form = ReadingForm(held, lines, request.POST)
    if not form.is_valid():
        return _refuse(request, held, lines, form)
    try:
        _save(request, held, form)
        finish(by=request.member, review=held, token=form.cleaned_data["token"])
    except AlreadySent:
        pass  # the second click of a double click
    except Incomplete as problem:
        form.problems = problem.problems
        return _workspace(request, held, lines, form, status=422)
    except RuleBroken as problem:
        return _too_late(request, held, form, problem)
    following = held_by(request.member).first() or claim(by=request.member)
    if following is None:
        messages.success(request, _("Score for %(code)s sent. All caught up.") % {"code": held.submission.code})
        return redirect("queue", slug)
    messages.success(
        request,
        _("Score for %(code)s sent. This is the next one.") % {"code": held.submission.code},
    )
    return redirect("review", slug, following.id)


@require_POST
@needs("review.queue")
def review_release(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Give the submission back to the queue."""
    held = own_review(request.member, review)
    try:
        release(by=request.member, review=held, token=_token(request))
    except RuleBroken as problem:
        return refused(request, problem)
    messages.success(request, _("%(code)s is back in the queue.") % {"code": held.submission.code})
    return redirect("queue", slug)


@require_POST
@needs("review.queue")
def review_conflict(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """“I know this person”: give it back, and never be offered their work again."""
    held = own_review(request.member, review)
    try:
        declare_conflict(by=request.member, review=held, token=_token(request))
    except RuleBroken as problem:
        return refused(request, problem)
    messages.success(
        request,
        _("Thank you. %(code)s went back, and you will not get work of this person again.")
        % {"code": held.submission.code},
    )
    return redirect("queue", slug)


@needs("review.queue")
def review_evidence(request: HttpRequest, slug: str, review: UUID, artifact: UUID) -> HttpResponse:
    """Lead the holder of the claim to a file, by an address that is made now and lasts a short time."""
    file = file_of(own_review(request.member, review), artifact)
    return redirect(address_of(file, request.user, tenant=request.tenant))


def _save(request: HttpRequest, held: Review, form: ReadingForm) -> Review:
    data = form.cleaned_data
    return save_scores(by=request.member, review=held, token=data["token"], given=form.given(), note=data["note"])


def _token(request: HttpRequest) -> int:
    return whole_number(request.POST.get("token", "")) or 0


def _workspace(
    request: HttpRequest, held: Review, lines: list[ScoredLine], form: ReadingForm, status: int = 200
) -> HttpResponse:
    parts = evidence_parts(held, lines)
    cards = form.cards()
    shown = cards[0].panel if cards else ""  # the evidence of the first line to score
    mine = list(held_by(request.member))
    at = next((n for n, each in enumerate(mine) if each.id == held.id), 0)
    context = {
        "review": held,
        "form": form,
        "cards": cards,
        "met": [each for each in lines if not each.is_open],
        "parts": parts,
        "ai_uses": ai_uses_of(held.submission),
        "tabs": [{"id": part.id, "label": part.title, "current": part.id == shown} for part in parts],
        "due": due(held.due_on, request.tenant.local_date()),
        "lease_until": held.lease_until.astimezone(request.tenant.zone),
        "place": at + 1,
        "held": len(mine),
        "previous": mine[at - 1] if at > 0 else None,
        "next": mine[at + 1] if at + 1 < len(mine) else None,
    }
    return render(request, "assessment/workspace.html", context, status=status)


def _refuse(request: HttpRequest, held: Review, lines: list[ScoredLine], form: ReadingForm) -> HttpResponse:
    """The answer to a form that cannot be read: the page again with all that was typed."""
    if wants_json(request):
        field, problems = next(iter(form.errors.items()))
        raise Invalid(problems[0], field=field)
    if held.state != Review.State.CLAIMED:
        return render(request, "assessment/kept.html", _kept(held, form), status=422)
    return _workspace(request, held, lines, form, status=422)


def _too_late(request: HttpRequest, held: Review, form: ReadingForm, problem: RuleBroken) -> HttpResponse:
    """The answer to a save that comes too late: why, and everything that was typed, to read and copy."""
    if wants_json(request):
        raise problem
    held.refresh_from_db(fields=["state"])
    return render(request, "assessment/kept.html", _kept(held, form, problem.message), status=409)


def _kept(held: Review, form: ReadingForm, message: str = "") -> dict:
    return {"review": held, "form": form, "cards": form.cards(), "message": message}
