"""The promise: own work, students, the words for each piece of evidence, and AI tools."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from lib.errors import Invalid
from lib.methods import get_and_post
from submissions import queries
from submissions.actions import ai_uses as ai
from submissions.actions import handing_in
from submissions.actions.attesting import attest_all
from submissions.models import Artifact, Promise, Submission
from submissions.outline import Outline, outline_of
from submissions.promise_forms import AiUseForm, PromiseForm, ai_forms
from submissions.shown import rows_of
from submissions.views.works import next_address
from tenants.doors import members_only


@members_only
@get_and_post
@never_cache
def work_promise(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """The promise; what was promised before is shown, but never ticked in advance.

    POST with `more` gives the page with one more line for an AI tool, and all that was typed.
    """
    submission = queries.work_of(request.member, work)
    if submission.state != Submission.State.DRAFT:
        return redirect("work", slug, work)
    outline = outline_of(submission)
    if request.method != "POST":
        form = PromiseForm(pieces=_pieces(outline), initial=_given(outline))
        return _page(request, outline, form, _stored_lines(outline))
    form = PromiseForm(request.POST, pieces=_pieces(outline))
    lines = ai_forms(request.POST, outline.criteria)
    if "more" in request.POST:
        return _page(request, outline, _as_typed(outline, form), _one_more(outline, lines))
    used_ai, written = _ai(form, lines)
    if form.errors or any(each.errors for each in written):
        return _page(request, outline, form, lines, status=422)
    given = form.cleaned_data
    with transaction.atomic():
        attest_all(by=request.member, submission=submission, said=form.cleaned_pieces)
        handing_in.promise(
            by=request.member,
            submission=submission,
            own_work=given["own_work"],
            protected=given["protected"],
            training=given["training"],
            used_ai=used_ai,
            ai_uses=[each.use for each in written if each.use],
        )
    return redirect(next_address(request, submission))


def _ai(form: PromiseForm, lines: list[AiUseForm]) -> tuple[bool | None, list[AiUseForm]]:
    """Whether AI tools were used, and the lines in which one is named; what is wrong with them is said on the forms."""
    used_ai = {"yes": True, "no": False}.get(str(form["used_ai"].value()))
    written = [each for each in lines if each.use] if used_ai else []
    for line in written:
        line.judge()
    try:
        ai.require_answer(used_ai, len(written))
    except Invalid as problem:
        if not form["used_ai"].errors:
            form.add_error("used_ai", problem.message)
    return used_ai, written


def _page(
    request: HttpRequest,
    outline: Outline,
    form: PromiseForm,
    lines: list[AiUseForm],
    *,
    status: int = 200,
) -> HttpResponse:
    pieces = _pieces(outline)
    titles = {each.id: each.title for each in outline.criteria}
    rows = rows_of(pieces, request.user, request.tenant)
    context = {
        "submission": outline.submission,
        "form": form,
        "lines": lines,
        "rows": [replace(row, note=titles[row.artifact.criterion_id]) for row in rows],
        "offers_all": len(pieces) > 1 and not all(each.is_attested for each in pieces),
        "room": len(lines) < ai.MOST_USES,
        "problems": form.errors or any(each.errors for each in lines),
    }
    return render(request, "submissions/promise.html", context, status=status)


def _pieces(outline: Outline) -> list[Artifact]:
    """What is asked about: ready pieces of parts that are open."""
    return [
        each
        for criterion in outline.criteria
        if not outline.is_locked(criterion)
        for each in outline.artifacts[criterion.id]
        if each.state == Artifact.State.READY
    ]


def _given(outline: Outline) -> dict[str, object]:
    """What the earner themselves has said in this try; nothing before the first time."""
    used_ai = outline.submission.used_ai
    return {
        "own_work": Promise.Kind.OWN_WORK in outline.promises,
        "protected": Promise.Kind.STUDENTS in outline.promises,
        "training": Promise.Kind.TRAINING in outline.promises,
        "used_ai": "" if used_ai is None else "yes" if used_ai else "no",
    }


def _stored_lines(outline: Outline) -> list[AiUseForm]:
    typed = [
        {
            "tool": each.tool,
            "criterion": each.criterion.key if each.criterion else "",
            "what_changed": each.what_changed,
        }
        for each in queries.ai_uses_of(outline.submission)
    ]
    return _lines(outline, typed or [{}])


def _lines(outline: Outline, typed: list[dict[str, object]]) -> list[AiUseForm]:
    return [AiUseForm(prefix=f"ai-{number}", initial=each, parts=outline.criteria) for number, each in enumerate(typed)]


def _as_typed(outline: Outline, form: PromiseForm) -> PromiseForm:
    """The same words and ticks in a form that is not judged yet."""
    typed = {name: form[name].value() for name in form.fields}
    return PromiseForm(pieces=_pieces(outline), initial=typed)


def _one_more(outline: Outline, lines: list[AiUseForm]) -> list[AiUseForm]:
    typed = [{name: each[name].value() for name in each.fields} for each in lines]
    longer = _lines(outline, [*typed, {}][: ai.MOST_USES])
    longer[-1].fields["tool"].widget.attrs["autofocus"] = True
    return longer
