"""Scoring over the API: the queue, a claim, scores, the decision. As blind as the pages: codes, never names."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessment import serializers as s
from assessment.actions import queue as queueing
from assessment.actions.deciding import finish, undo
from assessment.actions.scoring import Given, save_scores
from assessment.evidence import Item, ReviewAddresses, captions_for, evidence_parts, file_of, preview_of
from assessment.marks import marks_of
from assessment.models import ORDER, Review
from assessment.queries import done_by, held_by, outcome_of, own_review, reading, waiting_for
from lib.api import CursorPages
from lib.errors import Invalid
from submissions import serving
from submissions.models import Preview
from submissions.queries import ai_uses_of, download_name
from tenants.idempotency import Idempotent
from tenants.models import Scope
from tenants.roles import require


class DueFirst(CursorPages):
    """The queue's order."""

    ordering = ORDER


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
        finish(by=self.member, review=held, token=_token(request))
        sent = own_review(self.member, review)
        body = {"state": "final", "outcome": outcome_of(self.member, sent) or None, "undo_until": sent.undo_until}
        return Response(s.Finished(body).data)


class Undo(Reviewing):
    """Take back a score that was just sent: the review is open again, with a new token. 409 when it is too late."""

    @extend_schema(request=None, responses=s.ReviewDetail)
    def post(self, request: Request, slug: str, review: UUID) -> Response:
        undo(by=self.member, review=own_review(self.member, review))
        return self.answer(review)


class EvidenceFile(Reviewing):
    """A file of a submission one holds, under a neutral name. Takes a Range header."""

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, slug: str, review: UUID, artifact: UUID) -> HttpResponse:
        file = file_of(own_review(self.member, review), artifact)
        name = download_name(file, request.user)
        return serving.original(file.file, name=name, wanted=request.headers.get("Range", ""))


class EvidencePreview(Reviewing):
    """A preview of a file, made by us: a page, a film that plays everywhere, a text as HTML. Takes a Range header."""

    @extend_schema(operation_id="t_reviews_preview_retrieve", responses={(200, "application/octet-stream"): bytes})
    def get(self, request: Request, slug: str, review: UUID, artifact: UUID, kind: str, number: int) -> HttpResponse:
        _file, preview = preview_of(own_review(self.member, review), artifact, kind, number)
        return serving.preview(preview, wanted=request.headers.get("Range", ""))


class EvidenceCaptions(Reviewing):
    """The captions of a film or a recording, as WebVTT."""

    @extend_schema(responses={(200, "text/vtt"): str})
    def get(self, request: Request, slug: str, review: UUID, artifact: UUID, language: str) -> HttpResponse:
        return serving.captions(captions_for(own_review(self.member, review), artifact, language))


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


def _detail(request: HttpRequest, review: Review) -> dict[str, Any]:
    lines = reading(review)
    body = s.ReviewDetail(review).data
    body["ai_uses"] = s.AiUseSerializer(ai_uses_of(review.submission), many=True).data
    body["lines"] = s.Line(lines, many=True).data
    site = request.build_absolute_uri("/").rstrip("/")
    addresses = ReviewAddresses(request.tenant.slug, review.id, prefix="api_review", site=site)
    parts = evidence_parts(review, lines, addresses) if review.state == Review.State.CLAIMED else []
    items = [item for part in parts for item in part.items]
    body["evidence"] = [piece_of(item, addresses) for item in items]
    body["marks"] = s.MarkSerializer(marks_of(review), many=True).data
    return body


def piece_of(item: Item, addresses: ReviewAddresses) -> dict[str, Any]:
    """One piece of evidence, with addresses of the API."""
    exhibit, artifact = item.exhibit, item.exhibit.artifact
    body = {
        "criterion": item.piece.criterion.key,
        "artifact": artifact.id if artifact else None,
        "kind": item.piece.kind,
        "title": item.piece.title,
        "question": item.piece.note,
        "text": item.piece.text,
        "url": exhibit.original or item.piece.url,
        "shown_as": exhibit.shape,
        "seconds": exhibit.seconds,
        "by_others": item.by_others,
        "may_name_earner": exhibit.names_earner,
        "news": item.news.tag if item.news else "",
        "previews": [{"url": addresses.preview(artifact, each), **_facts(each)} for each in exhibit.previews],
        "captions": [{"language": each.language, "url": each.src} for each in exhibit.tracks],
        "pointers": [point.pointer for point in exhibit.points],
    }
    return s.Evidence(body).data


def _facts(preview: Preview) -> dict[str, Any]:
    names = ("kind", "position", "content_type", "size", "width", "height")
    return {name: getattr(preview, name) for name in names}
