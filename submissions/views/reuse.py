"""Evidence that is there already: pick a piece of earlier work, or bring back what was removed."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lib.errors import RuleBroken
from lib.methods import get_and_post
from submissions import queries
from submissions.actions.reuse import restore_artifact, reuse_artifact
from submissions.earlier import MOST_SHOWN, earlier_evidence, reusable
from submissions.outline import outline_of
from submissions.views.parts import is_locked, part_page, save_part
from tenants.doors import members_only


@members_only
@get_and_post
@never_cache
def artifact_pick(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """One's own earlier evidence, by name with `q`; POST puts the chosen `artifact` into the part as well."""
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, key)
    problem = ""
    if request.method == "POST":
        chosen = reusable(request.member, submission, criterion, request.POST.get("artifact", ""))
        try:
            made = reuse_artifact(by=request.member, submission=submission, criterion=criterion, artifact=chosen)
        except RuleBroken as refusal:
            problem = refusal.message
        else:
            _say(request, made.already_there, made, _("Added: %(name)s. Say how students are protected in it."))
            return redirect("work_criterion", slug, work, key)
    outline = outline_of(submission)
    if not problem and is_locked(outline, criterion):
        return redirect("work_criterion", slug, work, key)
    wanted = request.GET.get("q", "").strip()[:100]
    context = {
        "submission": submission,
        "criterion": criterion,
        "groups": earlier_evidence(request.member, submission, criterion, wanted),
        "wanted": wanted,
        "most": MOST_SHOWN,
        "is_full": len(outline.artifacts[criterion.id]) >= criterion.artifact_max,
        "problem": problem,
    }
    return render(request, "submissions/pick.html", context, status=409 if problem else 200)


@members_only
@require_POST
def artifact_restore(request: HttpRequest, slug: str, work: UUID, artifact: UUID) -> HttpResponse:
    """Bring removed evidence back; answers in the same form are saved too."""
    found = queries.artifact_of(request.member, work, artifact)
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, found.criterion.key)
    form, stale = save_part(request, submission, criterion)
    try:
        with transaction.atomic():
            back = restore_artifact(by=request.member, artifact=found)
    except RuleBroken as refusal:
        if is_locked(outline_of(submission), criterion):
            raise
        form.add_error(None, refusal.message)
        return part_page(request, submission, criterion, form, status=409)
    if stale or form.errors:
        return part_page(request, submission, criterion, form, status=409 if stale else 422)
    _say(request, back.already_there, back, _("%(name)s is back. Say how students are protected in it."))
    return redirect("work_criterion", slug, work, criterion.key)


def _say(request: HttpRequest, is_there: bool, artifact: object, sentence: str) -> None:
    if is_there:
        sentence = _("%(name)s is in your list already. We kept one copy.")
    messages.success(request, sentence % {"name": artifact})
