"""Settling over the API: what two readers differ on, and the last word on it. As blind as the pages."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessment import settling_serializers as s
from assessment.actions import settling as actions
from assessment.api import piece_of
from assessment.differences import differences_of, marks_to_settle, scored_lines
from assessment.evidence import ReviewAddresses, captions_for, evidence_parts, file_of, preview_of
from assessment.models import Settling
from assessment.queries import lines_of
from assessment.serializers import TokenRequest
from assessment.settlings import own_settling, settleable, settling_held
from lib.api import CursorPages
from lib.errors import Invalid
from submissions import serving
from submissions.queries import ai_uses_of, download_name
from submissions.serializers import AiUseSerializer
from tenants.idempotency import Idempotent
from tenants.models import Scope
from tenants.roles import require


class SettlingPages(CursorPages):
    """Due first."""

    ordering = ("due_on", "id")


class Settler(APIView):
    """What the endpoints share: a token needs the scope `review`, also to read."""

    scope_read = Scope.REVIEW
    scope_write = Scope.REVIEW

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """403 for members who are not senior assessors, before anything is looked up."""
        super().initial(request, *args, **kwargs)
        require(self.member, "settling.queue")

    @property
    def member(self) -> Any:
        """Who calls, in the tenant of the path."""
        return self.request._request.member

    def answer(self, settling_id: UUID, status: int = 200) -> Response:
        """One's own settling as it stands now, with evidence while it is claimed."""
        held = own_settling(self.member, settling_id)
        request = self.request._request
        site = request.build_absolute_uri("/").rstrip("/")
        addresses = ReviewAddresses(request.tenant.slug, held.id, prefix="api_settling", site=site)
        lines, marks = scored_lines(held), marks_to_settle(held)
        is_open = held.state == Settling.State.CLAIMED
        parts = evidence_parts(held, lines, addresses) if is_open else []
        body = s.SettlingDetail(held).data
        body["ai_uses"] = AiUseSerializer(ai_uses_of(held.submission), many=True).data if is_open else []
        body["lines"] = s.DifferenceSerializer(differences_of(held, lines, marks, parts, addresses), many=True).data
        body["evidence"] = [piece_of(item, addresses) for part in parts for item in part.items]
        return Response(body, status=status)


class Settlings(Settler, ListAPIView):
    """What may be settled (`state=waiting`), or what one is settling (`claimed`)."""

    serializer_class = s.SettlingItem
    pagination_class = SettlingPages

    def get_queryset(self) -> Any:
        state = self.request.query_params.get("state", "waiting")
        lists = {"waiting": settleable, "claimed": settling_held}
        if state not in lists:
            raise Invalid(_("Use waiting or claimed."), field="state")
        return lists[state](self.member)

    @extend_schema(parameters=[OpenApiParameter("state", str, enum=["waiting", "claimed"])])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class Claim(Idempotent, Settler):
    """Take the settling that is due first, or the one named. 204 when nothing waits."""

    @extend_schema(request=s.SettlingClaimRequest, responses={201: s.SettlingDetail, 204: None})
    def post(self, request: Request, slug: str) -> Response:
        asked = s.SettlingClaimRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data.get("settling")
        chosen = get_object_or_404(Settling, id=wanted) if wanted else None
        claimed = actions.claim_settling(by=self.member, settling=chosen)
        return Response(status=204) if claimed is None else self.answer(claimed.id, status=201)


class Detail(Settler):
    """A settling one has claimed, or had: both readings, only where they differ."""

    @extend_schema(responses=s.SettlingDetail)
    def get(self, request: Request, slug: str, settling: UUID) -> Response:
        return self.answer(settling)


class Words(Settler):
    """Save levels and reasons. What is left out stays as it is. Renews the claim; 409 once someone took it over."""

    @extend_schema(request=s.WordsRequest, responses=s.SettlingDetail)
    def patch(self, request: Request, slug: str, settling: UUID) -> Response:
        held = own_settling(self.member, settling)
        sent = s.WordsRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        words = _words(held, sent.validated_data["words"])
        actions.save_settling(by=self.member, settling=held, token=sent.validated_data["token"], words=words)
        return self.answer(settling)


class Finish(Settler):
    """Settle, which decides. 400 names the lines that lack something. Doing it twice is doing it once."""

    @extend_schema(request=TokenRequest, responses=s.Settled)
    def post(self, request: Request, slug: str, settling: UUID) -> Response:
        held = own_settling(self.member, settling)
        decision = actions.finish_settling(by=self.member, settling=held, token=_token(request))
        return Response(s.Settled({"state": "final", "outcome": decision.outcome if decision else None}).data)


class Release(Settler):
    """Give it back."""

    @extend_schema(request=TokenRequest, responses={204: None})
    def post(self, request: Request, slug: str, settling: UUID) -> Response:
        held = own_settling(self.member, settling)
        actions.release_settling(by=self.member, settling=held, token=_token(request))
        return Response(status=204)


class KnowThisPerson(Settler):
    """Say that one knows the earner: gives it back, and their work is not offered again."""

    @extend_schema(request=TokenRequest, responses={204: None})
    def post(self, request: Request, slug: str, settling: UUID) -> Response:
        held = own_settling(self.member, settling)
        actions.step_aside(by=self.member, settling=held, token=_token(request))
        return Response(status=204)


class EvidenceFile(Settler):
    """A file of a submission one settles, under a neutral name. Takes a Range header."""

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, slug: str, settling: UUID, artifact: UUID) -> HttpResponse:
        file = file_of(own_settling(self.member, settling), artifact)
        name = download_name(file, request.user)
        return serving.original(file.file, name=name, wanted=request.headers.get("Range", ""))


class EvidencePreview(Settler):
    """A preview of a file, made by us. Takes a Range header."""

    @extend_schema(operation_id="t_settlings_preview_retrieve", responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, slug: str, settling: UUID, artifact: UUID, kind: str, number: int) -> HttpResponse:
        _file, preview = preview_of(own_settling(self.member, settling), artifact, kind, number)
        return serving.preview(preview, wanted=request.headers.get("Range", ""))


class EvidenceCaptions(Settler):
    """The captions of a film or a recording, as WebVTT."""

    @extend_schema(responses={(200, "text/vtt"): str})
    def get(self, request: Request, slug: str, settling: UUID, artifact: UUID, language: str) -> HttpResponse:
        return serving.captions(captions_for(own_settling(self.member, settling), artifact, language))


def _token(request: Request) -> int:
    sent = TokenRequest(data=request.data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data["token"]


def _words(held: Settling, words: list[dict[str, Any]]) -> list[actions.Word]:
    rows = lines_of(held.submission_id).prefetch_related("line__levels")
    lines = {each.line.key: each.line for each in rows}
    said = []
    for n, word in enumerate(words):
        line = lines.get(word["line"])
        if line is None:
            raise Invalid(_("There is no line with this key."), field=f"words[{n}].line")
        levels = {level.position: level for level in line.levels.all()}
        position = word.get("level")
        if position is not None and position not in levels:
            raise Invalid(_("This line has no such level."), field=f"words[{n}].level")
        said.append(actions.Word(line, levels.get(position), word.get("reason")))
    return said
