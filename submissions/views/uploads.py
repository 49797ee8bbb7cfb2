"""Files come in and go out. Neither holds a database transaction while bytes travel, nor a file in memory."""

from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from credentials.models import Criterion
from lib.errors import LaurelError
from submissions import files, queries, serving
from submissions.actions import evidence
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import Artifact, Submission
from submissions.shown import row_of
from submissions.views.parts import part_page, save_part
from tenants.doors import members_only
from tenants.middleware import refuse, wants_json


@transaction.non_atomic_requests
@csrf_exempt  # checked below: checking reads the body, and a stranger's is not worth receiving
@members_only
@require_POST
def artifact_upload(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Take one file from a script, or several from a plain form, whose answers are saved too."""
    with transaction.atomic():
        submission = queries.work_of(request.member, work)
        criterion = queries.criterion_of(submission, key)
        require_open(lock_draft(request.member, submission), criterion)
    return _receive(request, submission, criterion)


@csrf_protect
def _receive(request: HttpRequest, submission: Submission, criterion: Criterion) -> HttpResponse:
    uploads = request.FILES.getlist("file")
    if wants_json(request):
        return _one(request, submission, criterion, uploads)
    with transaction.atomic():
        form, stale = save_part(request, submission, criterion)
    problems = [] if uploads else [_("Choose a file first.")]
    status = 409 if stale else 422
    for upload in uploads:
        try:
            evidence.add_file(by=request.member, submission=submission, criterion=criterion, upload=upload)
        except LaurelError as refusal:
            problems.append(refusal.message if len(uploads) == 1 else f"{upload.name}: {refusal.message}")
            status = max(status, refusal.status)
    if problems or stale or form.errors:
        with transaction.atomic():
            return part_page(request, submission, criterion, form, status=status, file_problem=" ".join(problems))
    messages.success(request, _("Uploaded and checked."))
    return redirect("work_criterion", request.tenant.slug, submission.work_id, criterion.key)


def _one(request: HttpRequest, submission: Submission, criterion: Criterion, uploads: list) -> HttpResponse:
    """The answer app.js waits for: the finished row, or a sentence."""
    if len(uploads) != 1:
        return refuse(request, LaurelError(_("Choose a file first."), code="no-file"))
    try:
        artifact = evidence.add_file(by=request.member, submission=submission, criterion=criterion, upload=uploads[0])
    except LaurelError as refusal:
        return refuse(request, refusal)
    context = {
        "row": row_of(artifact, request.user, request.tenant),
        "submission": submission,
        "tenant": request.tenant,
        "already_there": artifact.already_there,
    }
    html = render_to_string("submissions/_artifact.html", context, request)
    return JsonResponse({"html": html, "id": str(artifact.id), "already_there": artifact.already_there})


@members_only
@require_safe
def artifact_file(request: HttpRequest, slug: str, artifact: UUID) -> HttpResponse:
    """The file itself, to its earner, and to whom `files.address_of` gave an address less than 5 minutes ago."""
    found = (
        Artifact.objects.filter(id=artifact, kind=Artifact.Kind.FILE, state=Artifact.State.READY)
        .select_related("criterion")
        .first()
    )
    if found is None:
        raise Http404
    key = request.GET.get("key", "")
    if found.earner_id != request.user.id and not files.check_address(key, found.id, request.user):
        raise Http404
    return serving.answer(
        default_storage, found, name=queries.download_name(found, request.user), wanted=request.headers.get("Range", "")
    )
