"""Files come in and go out. Neither holds a database transaction while bytes travel, nor a file in memory."""

import re
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials.models import Criterion
from lib.errors import Invalid, LaurelError
from lib.words import whole_number
from submissions import files, queries, serving
from submissions.actions import evidence
from submissions.actions import uploads as parts
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import Artifact, Preview, Submission
from submissions.quarantine.local import receive
from submissions.shown import row_of
from submissions.views.parts import part_page, save_part
from tenants.doors import members_only
from tenants.middleware import problem


@transaction.non_atomic_requests
@csrf_exempt  # checked below: checking reads the body, and a stranger's is not worth receiving
@members_only
@require_POST
def artifact_upload(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Take the files of a plain form, whose answers are saved too."""
    with transaction.atomic():
        submission = queries.work_of(request.member, work)
        criterion = queries.criterion_of(submission, key)
        require_open(lock_draft(request.member, submission), criterion)
    return _receive(request, submission, criterion)


@csrf_protect
def _receive(request: HttpRequest, submission: Submission, criterion: Criterion) -> HttpResponse:
    uploads = request.FILES.getlist("file")
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


@transaction.non_atomic_requests
@members_only
@require_POST
def upload_begin(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Begin an upload by parts, or find the one of the same file that was not finished. For upload.js."""
    with transaction.atomic():
        submission = queries.work_of(request.member, work)
        criterion = queries.criterion_of(submission, key)
    begun = parts.begin_upload(
        by=request.member,
        submission=submission,
        criterion=criterion,
        name=request.POST.get("name", ""),
        size=whole_number(request.POST.get("size", ""), digits=15) or 0,
    )
    upload, base = begun.upload, [slug, begun.upload.id]
    answer = {
        "artifact": str(upload.artifact_id),
        "size": upload.size,
        "part_size": upload.part_size,
        "have": begun.have,
        "addresses": reverse("upload_addresses", args=base),
        "finish": reverse("upload_finish", args=base),
        "row": reverse("artifact_row", args=[slug, submission.work_id, upload.artifact_id]),
        "remove": reverse("artifact_remove", args=[slug, submission.work_id, upload.artifact_id]),
    }
    return JsonResponse(answer)


@members_only
@require_POST
def upload_addresses(request: HttpRequest, slug: str, upload: UUID) -> HttpResponse:
    """Where to PUT parts: `part` is given once for each, as <number>:<its SHA-256 in hex>."""
    hashes = {}
    for each in request.POST.getlist("part"):
        number, _colon, sha256 = each.partition(":")
        if whole_number(number) is None or not re.fullmatch("[0-9a-f]{64}", sha256):
            raise Invalid(_("This is not how a part is announced. Reload the page and try again."), field="part")
        hashes[whole_number(number)] = sha256
    found = parts.part_addresses(by=request.member, upload=queries.upload_of(request.member, upload), hashes=hashes)
    return JsonResponse({number: {"url": each.url, "headers": each.headers} for number, each in found.items()})


@transaction.non_atomic_requests
@members_only
@require_POST
def upload_finish(request: HttpRequest, slug: str, upload: UUID) -> HttpResponse:
    """All parts are sent: have them checked. Says which are missing, if any (409)."""
    with transaction.atomic():
        found = queries.upload_of(request.member, upload)
    missing = parts.finish_upload(by=request.member, upload=found)
    if missing:
        sentence = _("Some parts of the file did not arrive. They will be sent again.")
        return problem(409, "parts-missing", sentence, missing=missing)
    return JsonResponse({}, status=202)


@transaction.non_atomic_requests
@csrf_exempt  # its signed key, good for one part, says more than a cookie
@require_http_methods(["PUT"])
def upload_part(request: HttpRequest, upload: UUID, number: int) -> HttpResponse:
    """One part, for the quarantine on local disk. Asks no database: what may be written is in the signed key."""
    length = whole_number(request.headers.get("Content-Length", "")) or 0
    receive(upload, number, request.GET.get("key", ""), request, length)
    return HttpResponse(status=204)


@members_only
@require_safe
@never_cache
def artifact_row(request: HttpRequest, slug: str, work: UUID, artifact: UUID) -> HttpResponse:
    """The line of one piece of evidence as it stands now; it asks again by itself until nothing is under way."""
    found = queries.artifact_of(request.member, work, artifact)
    if found.state == Artifact.State.REMOVED:
        return render(request, "submissions/_removed.html", {"artifact": found, "twice": queries.is_there_twice(found)})
    context = {
        "row": row_of(found, request.user, request.tenant),
        "submission": found.submission,
        "locked": "read" in request.GET,
    }
    return render(request, "submissions/_artifact.html", context)


@members_only
@require_safe
def artifact_file(request: HttpRequest, slug: str, artifact: UUID) -> HttpResponse:
    """The file itself, as a download, to its earner, and to whom `files.address_of` gave an address a moment ago."""
    found = _seen(request, artifact, "")
    name = queries.download_name(found, request.user)
    return serving.original(found.file, name=name, wanted=request.headers.get("Range", ""))


@members_only
@require_safe
def artifact_preview(request: HttpRequest, slug: str, artifact: UUID, kind: str, number: int) -> HttpResponse:
    """A preview that we made of a file, to show in a page; for the same people as the file."""
    found = _seen(request, artifact, f"{kind}-{number}")
    preview = Preview.objects.filter(file=found.file_id, kind=kind, position=number).first()
    if preview is None:
        raise Http404
    return serving.preview(preview, wanted=request.headers.get("Range", ""))


def _seen(request: HttpRequest, artifact: UUID, place: str) -> Artifact:
    found = (
        Artifact.objects.filter(id=artifact, kind=Artifact.Kind.FILE, state=Artifact.State.READY, file__state="kept")
        .select_related("criterion", "file")
        .first()
    )
    if found is None:
        raise Http404
    key = request.GET.get("key", "")
    if found.earner_id != request.user.id and not files.check_address(key, found.id, request.user, place):
        raise Http404
    return found
