"""Scoring over the API: the queue, a claim, scores, the decision. As blind as the pages: codes, never names."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessment import serializers as s
from assessment.actions import queue as queueing
from assessment.actions.deciding import finish
from assessment.actions.scoring import Given, save_scores
from assessment.evidence import evidence_parts, file_of
from assessment.models import Review
from assessment.queries import done_by, held_by, own_review, reading, waiting_for
from lib.api import CursorPages
from lib.errors import Invalid
from submissions import serving
from submissions.models import Artifact
from submissions.queries import ai_uses_of, download_name
from tenants.idempotency import Idempotent
from tenants.models import Scope
from tenants.roles import require


class DueFirst(CursorPages):
    """The queue's order."""

    ordering = ("due_on", "id")


class Reviewing(APIView):
    """What the endpoints share: a token needs the scope `review`, also to read."""

    scope_read = Scope.REVIEW
    scope_write = Scope.REVIEW

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """403 for members who are not assessors, before anything is looked up."""
        super().initial(request, *args, **kwargs)
        require(self.member, "review.queue")

    @property
    def member(self) -> Any:
        """Who calls, in the tenant of the path."""
        return self.request._request.member

    def answer(self, review_id: UUID, status: int = 200) -> Response:
        """One's own review as it stands now, with evidence while it is claimed."""
        return Response(_detail(self.request._request, own_review(self.member, review_id)), status=status)


class Queue(Reviewing, ListAPIView):
    """What may be claimed (`state=waiting`), what one is scoring (`claimed`), or what one has sent (`final`)."""

    serializer_class = s.QueueItem
    pagination_class = DueFirst

    def get_queryset(self) -> Any:
        """Reads only: new submissions are put in the queue by claiming and by the worker."""
        state = self.request.query_params.get("state", "waiting")
        lists = {"waiting": waiting_for, "claimed": held_by, "final": done_by}
        if state not in lists:
            raise Invalid(_("Use waiting, claimed or final."), field="state")
        return lists[state](self.member)

    @extend_schema(parameters=[OpenApiParameter("state", str, enum=["waiting", "claimed", "final"])])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class Claim(Idempotent, Reviewing):
    """Take the review that is due first, or the one named. 204 when nothing waits."""

    @extend_schema(request=s.ClaimRequest, responses={201: s.ReviewDetail, 204: None})
    def post(self, request: Request, slug: str) -> Response:
        asked = s.ClaimRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data.get("review")
        chosen = get_object_or_404(Review, id=wanted) if wanted else None
        claimed = queueing.claim(by=self.member, review=chosen)
        return Response(status=204) if claimed is None else self.answer(claimed.id, status=201)


class Detail(Reviewing):
    """A review one has claimed, or had."""

    @extend_schema(responses=s.ReviewDetail)
    def get(self, request: Request, slug: str, review: UUID) -> Response:
        return self.answer(review)


class Scores(Reviewing):
    """Save levels and comments. What is left out stays as it is. Renews the claim; 409 once someone took it over."""

    @extend_schema(request=s.ScoresRequest, responses=s.ReviewDetail)
    def patch(self, request: Request, slug: str, review: UUID) -> Response:
        held = own_review(self.member, review)
        sent = s.ScoresRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        save_scores(
            by=self.member,
            review=held,
            token=data["token"],
            given=_given(held, data.get("scores", [])),
            note=data.get("note"),
        )
        return self.answer(review)


class Finish(Reviewing):
    """Send the score. 400 names the lines that lack something. Sending twice is sending once."""

    @extend_schema(request=s.TokenRequest, responses=s.Finished)
    def post(self, request: Request, slug: str, review: UUID) -> Response:
        held = own_review(self.member, review)
        decision = finish(by=self.member, review=held, token=_token(request))
        return Response({"state": "final", "outcome": decision.outcome if decision else None})


class EvidenceFile(Reviewing):
    """A file of a submission one holds, under a neutral name. Takes a Range header."""

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, slug: str, review: UUID, artifact: UUID) -> HttpResponse:
        file = file_of(own_review(self.member, review), artifact)
        name = download_name(file, request.user)
        return serving.original(file.file, name=name, wanted=request.headers.get("Range", ""))


class Release(Reviewing):
    """Give a claim back to the queue."""

    @extend_schema(request=s.TokenRequest, responses={204: None})
    def post(self, request: Request, slug: str, review: UUID) -> Response:
        queueing.release(by=self.member, review=own_review(self.member, review), token=_token(request))
        return Response(status=204)


class KnowThisPerson(Reviewing):
    """Say that one knows the earner: gives the claim back, and their work is not offered again."""

    @extend_schema(request=s.TokenRequest, responses={204: None})
    def post(self, request: Request, slug: str, review: UUID) -> Response:
        queueing.declare_conflict(by=self.member, review=own_review(self.member, review), token=_token(request))
        return Response(status=204)


def _token(request: Request) -> int:
    sent = s.TokenRequest(data=request.data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data["token"]


def _given(held: Review, scores: list[dict[str, Any]]) -> list[Given]:
    lines = {each.line.key: each.line for each in reading(held)}
    given = []
    for n, score in enumerate(scores):
        line = lines.get(score["line"])
        if line is None:
            raise Invalid(_("There is no line with this key."), field=f"scores[{n}].line")
        levels = {level.position: level for level in line.levels.all()}
        position = score.get("level")
        if position is not None and position not in levels:
            raise Invalid(_("This line has no such level."), field=f"scores[{n}].level")
        given.append(Given(line, levels.get(position), score.get("comment")))
    return given


def _file_url(request: HttpRequest, review: Review, artifact: Artifact) -> str:
    path = reverse("api_review_evidence", args=[request.tenant.slug, review.id, artifact.id])
    return request.build_absolute_uri(path)


def _detail(request: HttpRequest, review: Review) -> dict[str, Any]:
    lines = reading(review)
    body = s.ReviewDetail(review).data
    body["ai_uses"] = s.AiUseSerializer(ai_uses_of(review.submission), many=True).data
    body["lines"] = s.Line(lines, many=True).data
    parts = evidence_parts(review, lines) if review.state == Review.State.CLAIMED else []
    body["evidence"] = [
        {
            "criterion": item.piece.criterion.key,
            "kind": item.piece.kind,
            "title": item.piece.title,
            "question": item.piece.note,
            "text": item.piece.text,
            "url": _file_url(request, review, item.piece.artifact) if item.src else item.piece.url,
        }
        for part in parts
        for item in part.items
    ]
    return body
