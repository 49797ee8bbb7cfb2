"""One page a criterion: answers, links and texts, and the list of evidence. Files have views/uploads.py."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from credentials.models import Criterion
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.methods import get_and_post
from submissions import queries
from submissions.actions import evidence, links
from submissions.actions.attesting import attest_all
from submissions.actions.writing import Stale, save_response
from submissions.coaching import notes_of
from submissions.earlier import history_of
from submissions.forms import PartForm
from submissions.leaks import leaks_of
from submissions.log_form import LogForm
from submissions.models import Artifact, Submission
from submissions.outline import Outline, outline_of
from submissions.quizpaper import questions_of
from submissions.shown import limit_text, rows_of
from submissions.talks import whom_to_ask
from submissions.views.works import next_address
from tenants.doors import members_only
from tenants.middleware import problem


@members_only
@get_and_post
@never_cache
def work_criterion(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Read one part; POST saves what is written, and adds the link or text that was put in."""
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, key)
    if request.method != "POST":
        return part_page(request, submission, criterion)
    if "X-Autosave" in request.headers:
        return _autosave(request, submission, criterion)
    form, stale = save_part(request, submission, criterion)
    if stale or form.errors:
        return part_page(request, submission, criterion, form, status=409 if stale else 422)
    if "stay" in request.POST:
        return redirect("work_criterion", slug, work, key)
    if "pick" in request.POST:
        return redirect("artifact_pick", slug, work, key)
    return redirect(next_address(request, submission, after=f"c/{key}"))


def save_part(request: HttpRequest, submission: Submission, criterion: Criterion) -> tuple[PartForm, Stale | None]:
    """Save every answer that can be saved, then add a link and a text. What cannot be stays on the returned form."""
    form = bound_form(request, submission, criterion)
    stale = _save_answers(request, submission, form)
    _save_choices(request, submission, form)
    add = {"url": evidence.add_link, "text": evidence.add_text}
    for name in add.keys() & form.fields.keys():
        value = request.POST.get(name, "").strip()
        if not value:
            continue
        try:
            with transaction.atomic():
                add[name](by=request.member, submission=submission, criterion=criterion, **{name: value})
        except (Invalid, RuleBroken) as refusal:
            form.add_error(name, refusal.message)
        else:
            form.data[name] = ""  # it is in the list now
    return form, stale


def bound_form(request: HttpRequest, submission: Submission, criterion: Criterion) -> PartForm:
    """The form as it was sent, changeable, so that what was taken can be cleared from it."""
    outline = outline_of(submission)
    return PartForm(request.POST.copy(), criterion, outline.responses, outline.artifacts[criterion.id])


def _save_answers(request: HttpRequest, submission: Submission, form: PartForm) -> Stale | None:
    """Save answer by answer. Where another tab was faster, keep both: ours in the box, theirs beside it."""
    found: Stale | None = None
    for prompt, text, rev in form.answers():
        if request.POST.get("keep") == "mine":
            rev = None
        try:
            with transaction.atomic():
                save_response(by=request.member, submission=submission, prompt=prompt, text=text, rev=rev)
        except Stale as stale:
            found = stale
            form.theirs[f"answer-{prompt.key}"] = stale.theirs.text
        except Invalid as refusal:
            form.add_error(f"answer-{prompt.key}", refusal.message)
    form.responses = outline_of(submission).responses
    form.data["rev"] = form.rev_now()
    return found


def _save_choices(
    request: HttpRequest, submission: Submission, form: PartForm, *, unfinished_is_fine: bool = False
) -> None:
    """Save how students are protected in each piece, where somebody has chosen. What is wrong stays on the form."""
    good = form.checked(form.chosen(), unfinished_is_fine=unfinished_is_fine)
    if good:
        attest_all(by=request.member, submission=submission, said=good)


def _autosave(request: HttpRequest, submission: Submission, criterion: Criterion) -> HttpResponse:
    form = bound_form(request, submission, criterion)
    stale = _save_answers(request, submission, form)
    _save_choices(request, submission, form, unfinished_is_fine=True)
    if stale:
        return problem(stale.status, stale.code, stale.message)
    if form.errors:
        return problem(400, "invalid", " ".join(str(each) for errors in form.errors.values() for each in errors))
    return JsonResponse({"rev": form.rev_now(), "saved_at": clock.now().isoformat()})


def part_page(
    request: HttpRequest,
    submission: Submission,
    criterion: Criterion,
    form: PartForm | None = None,
    *,
    status: int = 200,
    file_problem: str = "",
    log_form: LogForm | None = None,
    blank: Sequence[int] = (),
) -> HttpResponse:
    """The page of a part as it stands now, with the form as it was typed where there is one.

    `blank`: the questions of a quiz that have no answer, when it was about to be finished.
    """
    outline = outline_of(submission)
    context = {
        "submission": submission,
        "criterion": criterion,
        "outline": outline,
        "part": outline.part(criterion),
        "form": form or PartForm(None, criterion, outline.responses, outline.artifacts[criterion.id]),
        "coach_notes": notes_of(submission, criterion),
        "removed": history_of(submission, criterion, request.tenant, outline.artifacts[criterion.id]),
        "rows": rows_of(outline.artifacts[criterion.id], request.user, request.tenant),
        "locked": is_locked(outline, criterion),
        "lines": outline.lines[criterion.id],
        "file_problem": file_problem,
        **_log(outline, criterion, log_form),
        **_quiz(request, outline, criterion, blank),
        "leaks": [] if is_locked(outline, criterion) else leaks_of(outline, request.user, request.tenant, criterion),
        **_place(outline, criterion, form),
    }
    return render(request, "submissions/part.html", context, status=status)


def _log(outline: Outline, criterion: Criterion, form: LogForm | None) -> dict[str, Any]:
    """What the page of a log needs; nothing for other parts."""
    book = outline.logs.get(criterion.id)
    return {"log": book, "log_form": form or LogForm()} if book else {}


def _quiz(request: HttpRequest, outline: Outline, criterion: Criterion, blank: Sequence[int]) -> dict[str, Any]:
    """What the page of a quiz needs: the open try, or else the last one with its results; nothing for other parts."""
    standing = outline.quizzes.get(criterion.id)
    if standing is None:
        return {}
    shown = standing.open or next(iter(standing.finished[::-1]), None)
    questions = questions_of(shown, standing) if shown else []
    to_ask = whom_to_ask(request.tenant, request.user) if standing.is_used_up else []
    return {"to_ask": to_ask, "quiz": standing, "quiz_try": shown, "questions": questions, "blank": blank}


def is_locked(outline: Outline, criterion: Criterion) -> bool:
    """Whether this part can only be read: it is sent, or stopped, or was met before."""
    submission = outline.submission
    writable = submission.state == Submission.State.DRAFT and submission.work.state != submission.work.State.WITHDRAWN
    return not writable or outline.is_locked(criterion)


def _place(outline: Outline, criterion: Criterion, form: PartForm | None) -> dict[str, Any]:
    """Where this part stands among all, and what may still be added."""
    answers = [outline.responses[p.id] for p in criterion.prompts.all() if p.id in outline.responses]
    numbers = {part.key: number for number, part in enumerate(outline.parts, start=1)}
    room = criterion.artifact_max - len(outline.artifacts[criterion.id])
    return {
        "number": numbers[f"c/{criterion.key}"],
        "all": len(outline.parts),
        "room": max(0, room),
        "upload_limit": settings.UPLOAD_LIMIT,
        "limit_text": limit_text(settings.UPLOAD_LIMIT),
        "takes_files": "file" in (criterion.artifact_kinds or ["file"]) and criterion.artifact_max > 0,
        "saved_at": max((each.saved_at for each in answers), default=None) if form is None else None,
    }


@members_only
@require_POST
def artifact_add(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Add a link or a text and stay on the page; answers in the same form are saved too."""
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, key)
    if not any(request.POST.get(name, "").strip() for name in ("url", "text")):
        form, stale = save_part(request, submission, criterion)
        name = "url" if "url" in form.fields else "text"
        if name in form.fields:
            form.add_error(name, _("Paste a link or write some text first."))
        return part_page(request, submission, criterion, form, status=409 if stale else 422)
    form, stale = save_part(request, submission, criterion)
    if stale or form.errors:
        return part_page(request, submission, criterion, form, status=409 if stale else 422)
    messages.success(request, _("Added."))
    return redirect("work_criterion", slug, work, key)


@members_only
@require_POST
def artifact_remove(request: HttpRequest, slug: str, work: UUID, artifact: UUID) -> HttpResponse:
    """Take one piece of evidence out. With htmx its row becomes a sentence; without, answers are saved on the way.

    `replace` leads on to where another is added in its place.
    """
    found = queries.artifact_of(request.member, work, artifact)
    removed = evidence.remove_artifact(by=request.member, artifact=found)
    if request.htmx:
        return render(request, "submissions/_removed.html", {"artifact": removed})
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, found.criterion.key)
    form, stale = save_part(request, submission, criterion)
    if stale or form.errors:
        return part_page(request, submission, criterion, form, status=409 if stale else 422)
    if "replace" in request.POST:
        messages.success(request, replace_sentence(removed))
        box = {Artifact.Kind.FILE: "file", Artifact.Kind.LINK: "url", Artifact.Kind.TEXT: "text"}[removed.kind]
        return redirect(f"{reverse('work_criterion', args=[slug, work, found.criterion.key])}#{box}")
    messages.success(request, _("Removed: %(name)s") % {"name": removed})
    return redirect("work_criterion", slug, work, found.criterion.key)


def replace_sentence(removed: Artifact) -> str:
    """What to do next when a piece was taken out for another one."""
    sentences = {
        Artifact.Kind.FILE: _("Removed. Choose the new file below. The old one is kept under “Replaced and removed”."),
        Artifact.Kind.LINK: _("Removed. Paste the new link below. The old one is kept under “Replaced and removed”."),
        Artifact.Kind.TEXT: _("Removed. Write the new text below. The old one is kept under “Replaced and removed”."),
    }
    return sentences[Artifact.Kind(removed.kind)]


@members_only
@require_POST
def link_recheck(request: HttpRequest, slug: str, work: UUID, artifact: UUID) -> HttpResponse:
    """Have a link opened again. With htmx its row says so, and asks again until it is known."""
    found = queries.artifact_of(request.member, work, artifact)
    links.recheck_link(by=request.member, artifact=found)
    if request.htmx:
        return redirect("artifact_row", slug, work, artifact)
    submission = queries.work_of(request.member, work)
    form, stale = save_part(request, submission, found.criterion)
    if stale or form.errors:
        return part_page(request, submission, found.criterion, form, status=409 if stale else 422)
    messages.success(request, _("We are opening the link again. Reload this page in a moment."))
    return redirect("work_criterion", slug, work, found.criterion.key)
