"""Earning over the API: my works, answers, evidence, promises, sending. The same actions as the pages."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from credentials.queries import listed_editions
from lib.api import CursorPages
from lib.errors import Invalid
from submissions import queries
from submissions import serializers as s
from submissions.actions import attesting, evidence, handing_in, works, writing
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import Submission
from submissions.outline import outline_of
from tenants.idempotency import Idempotent
from tenants.models import Scope
from tenants.scope import inside


class NewestFirst(CursorPages):
    """The order of my works."""

    ordering = ("-changed_at", "-id")


class MyWorks(ListAPIView):
    """Everything I have begun, in whatever tenant."""

    serializer_class = s.WorkCardSerializer
    pagination_class = NewestFirst
    scope_write = Scope.WORK

    def get_queryset(self) -> Any:
        return queries.cards_of(self.request.user)


class Working(APIView):
    """What the endpoints about one work share: it is one's own, and writing needs the scope `work`."""

    scope_write = Scope.WORK

    @property
    def member(self) -> Any:
        """Who calls, in the tenant of the path."""
        return self.request._request.member

    def submission(self, work: UUID) -> Submission:
        """The newest try of one's own work; 404 for others'."""
        return queries.work_of(self.member, work)

    def read(self, serializer: type, request: Request) -> dict[str, Any]:
        """The body, checked for form only."""
        body = serializer(data=request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data


class Start(Idempotent, Working):
    """Start a micro-credential of this tenant's catalog, or get the work one has."""

    @extend_schema(request=s.StartRequest, responses={201: s.WorkCardSerializer})
    def post(self, request: Request, slug: str) -> Response:
        wanted = self.read(s.StartRequest, request)
        listed = listed_editions(request._request.tenant)
        edition = listed.filter(micro_credential__slug=wanted["micro_credential"]).first()
        if edition is None:
            raise Invalid(_("This catalog has no micro-credential of this name."), field="micro_credential")
        by = self.member
        if edition.tenant.id != by.tenant.id:
            by = works.join_as_earner(by=by, issuer=edition.tenant)
        with inside(edition.tenant):
            work = works.start_work(by=by, edition=edition, via=self.member.tenant, renew=wanted["renew"])
        return Response(s.WorkCardSerializer(queries.cards_of(request.user).get(work_id=work.id)).data, status=201)


class WorkView(Working):
    """One work with its newest try."""

    @extend_schema(responses=s.WorkDetail)
    def get(self, request: Request, slug: str, work: UUID) -> Response:
        return Response(s.WorkDetail(outline_of(self.submission(work))).data)


class ResponseView(Working):
    """The words on one prompt. A stale `rev` is a 409 that carries what is stored, as `current`."""

    @extend_schema(request=s.ResponseRequest, responses=s.ResponseState)
    def put(self, request: Request, slug: str, work: UUID, criterion: str, prompt: str) -> Response:
        body = self.read(s.ResponseRequest, request)
        submission = self.submission(work)
        part = queries.criterion_of(submission, criterion)
        found = next((each for each in part.prompts.all() if each.key == prompt), None)
        if found is None:
            raise Http404
        try:
            writing.save_response(by=self.member, submission=submission, prompt=found, **body)
        except writing.Stale as stale:
            current = {"text": stale.theirs.text, "rev": stale.theirs.rev}
            return _problem(stale, current=current)
        outline = outline_of(submission)
        return Response(s.response_state(outline.part(part), found, outline))


class ArtifactsView(Idempotent, Working):
    """Add a link or a text to one part."""

    @extend_schema(request=s.ArtifactRequest, responses={201: s.ArtifactSerializer})
    def post(self, request: Request, slug: str, work: UUID, criterion: str) -> Response:
        body = self.read(s.ArtifactRequest, request)
        submission = self.submission(work)
        kind = body["kind"]
        add, value = (evidence.add_link, "url") if kind == "link" else (evidence.add_text, "text")
        artifact = add(
            by=self.member,
            submission=submission,
            criterion=queries.criterion_of(submission, criterion),
            name=body.get("name", ""),
            **{value: body.get(value, "")},
        )
        return Response(s.ArtifactSerializer(artifact).data, status=200 if artifact.already_there else 201)


class FilesView(Working):
    """Upload one file as multipart field `file`. The same bytes twice are one artifact (200 in place of 201)."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request={
            "multipart/form-data": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        },
        responses={201: s.ArtifactSerializer},
    )
    def post(self, request: Request, slug: str, work: UUID, criterion: str) -> Response:
        with transaction.atomic():
            submission = self.submission(work)
            part = queries.criterion_of(submission, criterion)
            require_open(lock_draft(self.member, submission), part)
        uploads = request.FILES.getlist("file")  # received here, outside of any transaction
        if len(uploads) != 1:
            raise Invalid(_("Send one file, in the field “file”."), field="file")
        artifact = evidence.add_file(by=self.member, submission=submission, criterion=part, upload=uploads[0])
        artifact.criterion = part
        return Response(s.ArtifactSerializer(artifact).data, status=200 if artifact.already_there else 201)


class ArtifactView(Working):
    """One piece of evidence."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, work: UUID, artifact: UUID) -> Response:
        evidence.remove_artifact(by=self.member, artifact=queries.artifact_of(self.member, work, artifact))
        return Response(status=204)


class AttestationView(Working):
    """How students are protected in one piece of evidence, in place of what was said before."""

    @extend_schema(request=s.AttestationRequest, responses=s.ArtifactSerializer)
    def put(self, request: Request, slug: str, work: UUID, artifact: UUID) -> Response:
        body = self.read(s.AttestationRequest, request)
        found = attesting.attest(by=self.member, artifact=queries.artifact_of(self.member, work, artifact), **body)
        return Response(s.ArtifactSerializer(found).data)


class PromisesView(Working):
    """Promise, in place of what was promised before."""

    @extend_schema(request=s.PromiseRequest, responses=s.WorkDetail)
    def put(self, request: Request, slug: str, work: UUID) -> Response:
        body = self.read(s.PromiseRequest, request)
        submission = handing_in.promise(by=self.member, submission=self.submission(work), **body)
        return Response(s.WorkDetail(outline_of(submission)).data)


class SubmitView(Idempotent, Working):
    """Send it to the reviewers. What is missing comes back as `missing`, part by part (409)."""

    @extend_schema(request=None, responses=s.SubmissionSerializer)
    def post(self, request: Request, slug: str, work: UUID) -> Response:
        try:
            submission = handing_in.submit(by=self.member, submission=self.submission(work))
        except handing_in.NotReady as refusal:
            return _problem(refusal, missing=refusal.facts["missing"])
        return Response(s.SubmissionSerializer(submission).data)


def _problem(refusal: Any, **more: Any) -> Response:
    """Problem details with facts a program can act on. Rolls back, so an Idempotency-Key is not used up."""
    set_rollback()
    body = {"type": f"urn:laurel:{refusal.code}", "title": refusal.message, "detail": refusal.message, **more}
    response = Response(
        {**body, "status": refusal.status}, status=refusal.status, content_type="application/problem+json"
    )
    response.exception = True
    return response
