"""The scoring workspace: one claimed submission, its evidence, and the scoring guide."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessment.actions.deciding import Incomplete, finish, undo
from assessment.actions.queue import declare_conflict, next_for, release
from assessment.actions.scoring import AlreadySent, save_scores
from assessment.appeals import second_look
from assessment.bank import comments_for, offers
from assessment.due import due
from assessment.evidence import captions_for, evidence_parts, file_of, preview_of
from assessment.forms import ReadingForm
from assessment.marks import GENERAL, MarkForm, kept_rows, marks_of, pads_of
from assessment.models import Review
from assessment.practice import practiced
from assessment.queries import ScoredLine, held_by, own_review, reading
from assessment.settlings import lessons_of
from assessment.views.pads import add_filled, token_of, typed_notes
from assessment.views.queue import refused
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.words import as_uuid, whole_number
from submissions import serving
from submissions.files import address_of
from submissions.places import Place, read_box
from submissions.queries import ai_uses_of
from tenants.doors import needs
from tenants.middleware import wants_json
from tenants.roles import require


@needs("review.queue")
def review(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """The workspace of a claim; for a reading that ended, what one had written.

    `piece`, with `t`, `page` or `box`, opens a piece at a place. With htmx that piece alone: its preview was awaited.
    """
    held = own_review(request.member, review)
    lines = reading(held)
    if held.state != Review.State.CLAIMED:
        return render(request, "assessment/kept.html", kept(held, ReadingForm(held, lines)))
    piece, page = as_uuid(request.GET.get("piece", "")), whole_number(request.GET.get("page", ""))
    if piece and page:
        return redirect(f"{request.path}#a-{piece}-page-{page}")
    if request.htmx and "piece" in request.GET:
        return _one_piece(request, held, lines)
    return workspace(request, held, lines, ReadingForm(held, lines))


def _one_piece(request: HttpRequest, held: Review, lines: list[ScoredLine]) -> HttpResponse:
    items = (item for part in evidence_parts(held, lines, marks=marks_of(held)) for item in part.items)
    item = next((item for item in items if item.piece.key == f"a-{request.GET['piece']}"), None)
    if item is None:
        raise Http404
    return render(request, "assessment/includes/item.html", {"item": item, "review": held})


@require_POST
@needs("review.queue")
def review_save(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Save the draft as it stands: by autosave (JSON), or by the button “Save for later”."""
    held = own_review(request.member, review)
    lines = reading(held)
    form = ReadingForm(held, lines, request.POST)
    if not form.is_valid():
        return refuse(request, held, lines, form)
    try:
        with transaction.atomic():
            saved = save(request, held, form)
            wrong = [] if wants_json(request) else add_filled(request, held, lines)
    except RuleBroken as problem:
        return too_late(request, held, form, problem)
    if wrong:
        return workspace(request, held, lines, form, status=422, wrong=wrong)
    if wants_json(request):
        return JsonResponse({"saved_at": clock.now().isoformat(), "lease_until": saved.lease_until.isoformat()})
    if held.practice:
        messages.success(request, _("Saved. Go on with this sample whenever you like."))
        return _practice(request, held)
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
        return refuse(request, held, lines, form)
    try:
        with transaction.atomic():
            save(request, held, form)
            wrong = add_filled(request, held, lines)
        if wrong:
            return workspace(request, held, lines, form, status=422, wrong=wrong)
        finish(by=request.member, review=held, token=form.cleaned_data["token"])
    except AlreadySent:
        pass  # the second click of a double click
    except Incomplete as problem:
        form.problems = problem.problems
        return workspace(request, held, lines, form, status=422, wrong=[])
    except RuleBroken as problem:
        return too_late(request, held, form, problem)
    if held.practice:
        return _practice(request, held)
    code = {"code": held.submission.code}
    following = next_for(by=request.member)
    if following is None:
        _say_sent(request, held, _("Score for %(code)s sent. All caught up.") % code)
        return redirect("queue", slug)
    _say_sent(request, held, _("Score for %(code)s sent. This is the next one.") % code)
    return redirect("review", slug, following.id)


def _say_sent(request: HttpRequest, held: Review, sentence: str) -> None:
    """Say so on the next page, with a button that takes the score back while that can be done."""
    undo_url = reverse("review_undo", args=[request.tenant.slug, held.id]) if settings.UNDO_SECONDS else ""
    messages.success(request, sentence, extra_tags=undo_url)


@require_POST
@needs("review.queue")
def review_undo(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Take a score back that was just sent, and open it again."""
    held = own_review(request.member, review)
    try:
        undo(by=request.member, review=held)
    except RuleBroken as problem:
        return refused(request, problem)
    messages.info(request, _("%(code)s is open again. Nothing was sent.") % {"code": held.submission.code})
    return redirect("review", slug, held.id)


def _practice(request: HttpRequest, held: Review) -> HttpResponse:
    """Where practice goes on: with what stands once it was sent, else with the samples of this micro-credential."""
    mc = held.edition.micro_credential.slug
    sent = practiced(held)
    if sent is not None:
        return redirect("practice_result", request.tenant.slug, mc, sent.id)
    return redirect("practice", request.tenant.slug, mc)


@require_POST
@needs("review.queue")
def review_release(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Give the submission back to the queue."""
    held = own_review(request.member, review)
    try:
        release(by=request.member, review=held, token=token_of(request))
    except RuleBroken as problem:
        return refused(request, problem)
    if held.practice:
        return _practice(request, held)
    messages.success(request, _("%(code)s is back in the queue.") % {"code": held.submission.code})
    return redirect("queue", slug)


@require_POST
@needs("review.queue")
def review_conflict(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """“I know this person”: give it back, and never be offered their work again."""
    held = own_review(request.member, review)
    try:
        declare_conflict(by=request.member, review=held, token=token_of(request))
    except RuleBroken as problem:
        return refused(request, problem)
    messages.success(
        request,
        _("Thank you. %(code)s went back, and you will not get work of this person again.")
        % {"code": held.submission.code},
    )
    return redirect("queue", slug)


@require_POST
@needs("review.queue")
def review_ahead(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """The address of what comes after this one, for the browser to load while one is still writing.

    Takes it from the queue if one holds nothing else. {"next": ""} when nothing waits.
    """
    held = own_review(request.member, review)
    require(request.member, "review.score", held)
    following = None if held.practice else next_for(by=request.member, after=held)
    return JsonResponse({"next": reverse("review", args=[slug, following.id]) if following else ""})


@needs("review.queue")
def review_evidence(request: HttpRequest, slug: str, review: UUID, artifact: UUID) -> HttpResponse:
    """Lead the holder of the claim to a file, by an address that is made now and lasts a short time."""
    file = file_of(own_review(request.member, review), artifact)
    return redirect(address_of(file, request.user, tenant=request.tenant))


@needs("review.queue")
def review_preview(
    request: HttpRequest, slug: str, review: UUID, artifact: UUID, kind: str, number: int
) -> HttpResponse:
    """Lead the holder of the claim to a preview of a file, in the same way."""
    file, preview = preview_of(own_review(request.member, review), artifact, kind, number)
    return redirect(address_of(file, request.user, tenant=request.tenant, preview=preview))


@needs("review.queue")
def review_captions(request: HttpRequest, slug: str, review: UUID, artifact: UUID, language: str) -> HttpResponse:
    """The captions of a film, to the holder of the claim. Browsers only take them from the page's own origin."""
    return serving.captions(captions_for(own_review(request.member, review), artifact, language))


def save(request: HttpRequest, held: Review, form: ReadingForm) -> Review:
    """Save what a valid form says."""
    data = form.cleaned_data
    return save_scores(by=request.member, review=held, token=data["token"], given=form.given(), note=data["note"])


def workspace(
    request: HttpRequest,
    held: Review,
    lines: list[ScoredLine],
    form: ReadingForm,
    status: int = 200,
    wrong: Sequence[MarkForm] | None = None,
) -> HttpResponse:
    """The page, with the form as it was typed where it was. `wrong`: what is left in the small forms for marks."""
    marks = marks_of(held)
    aim = aim_of(request)
    parts = evidence_parts(held, lines, aim=aim, marks=marks)
    pads = dict(pads_of(held, lines, parts, marks, request.POST if request.POST and wrong is None else None))
    for each in wrong or ():
        pads[each.key] = replace(pads[each.key], form=each)
    cards = form.cards()
    shown = cards[0].panel if cards else ""  # the evidence of the first line to score
    for part in parts if aim else ():
        if any(item.piece.key == f"a-{aim[0]}" for item in part.items):
            shown = part.id
    bank = comments_for(held)
    mine = [] if held.practice else list(held_by(request.member))
    at = next((n for n, each in enumerate(mine) if each.id == held.id), 0)
    context = {
        "review": held,
        "second_look": second_look(held),
        "form": form,
        "cards": cards,
        "rows": [(card, pads[str(card.scored.line.id)], offers(bank, card.scored.line, card.chosen)) for card in cards],
        "general": pads[GENERAL],
        "met": [each for each in lines if not each.is_open],
        "parts": parts,
        "ai_uses": ai_uses_of(held.submission),
        "wrong": wrong or (),
        "may_name": any(item.exhibit.names_earner for part in parts for item in part.items),
        "tabs": [{"id": part.id, "label": part.title, "current": part.id == shown} for part in parts],
        "due": due(held.due_on, request.tenant.local_date()),
        "lease_until": held.lease_until.astimezone(request.tenant.zone),
        "place": at + 1,
        "held": len(mine),
        "previous": mine[at - 1] if at > 0 else None,
        "next": mine[at + 1] if at + 1 < len(mine) else None,
    }
    return render(request, "assessment/workspace.html", context, status=status)


def aim_of(request: HttpRequest) -> tuple[UUID, Place] | None:
    """The piece that the address names, and the place where it is to be opened."""
    piece = as_uuid(request.GET.get("piece", ""))
    if piece is None:
        return None
    return piece, read_box(request.GET.get("box", "")) or Place(seconds=whole_number(request.GET.get("t", "")))


def refuse(request: HttpRequest, held: Review, lines: list[ScoredLine], form: ReadingForm) -> HttpResponse:
    """The answer to a form that cannot be read: the page again with all that was typed."""
    if wants_json(request):
        field, problems = next(iter(form.errors.items()))
        raise Invalid(problems[0], field=field)
    if held.state != Review.State.CLAIMED:
        return render(request, "assessment/kept.html", kept(held, form, unsaved=typed_notes(request)), status=422)
    return workspace(request, held, lines, form, status=422)


def too_late(request: HttpRequest, held: Review, form: ReadingForm, problem: RuleBroken) -> HttpResponse:
    """The answer to a save that comes too late: why, and everything that was typed, to read and copy."""
    if wants_json(request):
        raise problem
    held.refresh_from_db(fields=["state"])
    return render(request, "assessment/kept.html", kept(held, form, problem.message, typed_notes(request)), status=409)


def kept(held: Review, form: ReadingForm, message: str = "", unsaved: Sequence[str] = ()) -> dict:
    """What the page of a reading that ended shows. `unsaved`: notes on places that came too late."""
    marks = kept_rows(held)
    rows = [(card, marks.get(str(card.scored.line.id), [])) for card in form.cards()]
    return {
        "review": held,
        "form": form,
        "rows": rows,
        "general": marks.get(GENERAL, []),
        "lessons": lessons_of(held),
        "message": message,
        "unsaved": unsaved,
    }
