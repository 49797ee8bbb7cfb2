"""Logs over the API. The same actions as the pages."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from submissions import log_serializers as s
from submissions import queries
from submissions.actions import logs
from submissions.api import Working
from tenants.idempotency import Idempotent


class LogView(Idempotent, Working):
    """Add an entry to the log of one part. The very same entry again gives the one that is there (200)."""

    @extend_schema(request=s.LogEntryRequest, responses={201: s.LogEntrySerializer})
    def post(self, request: Request, slug: str, work: UUID, criterion: str) -> Response:
        body = self.read(s.LogEntryRequest, request)
        submission = self.submission(work)
        part = queries.criterion_of(submission, criterion)
        entry = logs.add_entry(by=self.member, submission=submission, criterion=part, **body)
        return Response(s.LogEntrySerializer(entry).data, status=200 if entry.already_there else 201)


class LogEntryView(Working):
    """One entry of a log."""

    @extend_schema(request=s.LogEntryRequest, responses=s.LogEntrySerializer)
    def put(self, request: Request, slug: str, work: UUID, entry: UUID) -> Response:
        body = self.read(s.LogEntryRequest, request)
        found = queries.entry_of(self.member, work, entry)
        return Response(s.LogEntrySerializer(logs.change_entry(by=self.member, entry=found, **body)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, work: UUID, entry: UUID) -> Response:
        logs.remove_entry(by=self.member, entry=queries.entry_of(self.member, work, entry))
        return Response(status=204)
