"""Editions over the API: list, import, export, send to a vetter, publish. The same actions as the pages."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from credentials.actions import editions
from credentials.exchange import MOST_BYTES, export_edition, read_json
from credentials.models import Edition
from credentials.queries import drafts
from lib.errors import Invalid
from tenants.idempotency import Idempotent
from tenants.models import Scope
from tenants.roles import require


class EditionParser(BaseParser):
    """JSON that may be hostile: a body that is too big or too deep is refused with a sentence."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return read_json(stream.read(MOST_BYTES + 1))


class OwnEditionSerializer(serializers.ModelSerializer):
    """An edition of this tenant in any state, as its authors and vetters see it."""

    micro_credential = serializers.SlugField(source="micro_credential.slug", help_text="Name in addresses.")
    author = serializers.CharField(source="author.get_full_name")
    vetter = serializers.CharField(source="vetter.get_full_name", default=None)

    class Meta:
        model = Edition
        fields = [
            "id",
            "micro_credential",
            "number",
            "state",
            "title",
            "author",
            "vetter",
            "rev",
            "round",
            "created_at",
            "changed_at",
            "sent_at",
            "published_at",
            "content_hash",
        ]
        read_only_fields = fields


class EditionList(Idempotent, ListAPIView):
    """The editions of this tenant, drafts included, newest first; and the door for importing one."""

    scope_write = Scope.AUTHOR
    serializer_class = OwnEditionSerializer
    parser_classes = [EditionParser]
    queryset = Edition.objects.none()  # for the schema; get_queryset answers

    def get_queryset(self) -> Any:
        request = self.request._request
        require(request.member, "edition.see_drafts")
        return drafts.editions_of(request.tenant)

    @extend_schema(summary="List editions of this tenant", description="For authors and vetters. Drafts are included.")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Import an edition as a draft",
        description="The body is laurel.edition/1. Every problem is listed in `errors` by its path.",
        parameters=[
            OpenApiParameter("of", OpenApiTypes.STR, description="Make it the next edition of this micro-credential.")
        ],
        request=OpenApiTypes.OBJECT,
        responses={201: OwnEditionSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        door = request._request
        of = request.query_params.get("of")
        micro_credential = drafts.micro_credential_here(door.tenant, of) if of else None
        try:
            edition = editions.import_edition(by=door.member, data=request.data, micro_credential=micro_credential)
        except Invalid as refusal:
            raise _by_path(refusal) from refusal
        return Response(OwnEditionSerializer(edition).data, status=status.HTTP_201_CREATED)


class EditionExport(APIView):
    """One edition of this tenant in any state."""

    @extend_schema(
        summary="Export an edition",
        description="laurel.edition/1. What is exported can be imported again.",
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, slug: str, edition: UUID) -> Response:
        require(request._request.member, "edition.see_drafts")
        return Response(export_edition(drafts.edition_here(request._request.tenant, edition)))


class EditionSend(APIView):
    """A draft on its way to the vetters."""

    scope_write = Scope.AUTHOR

    @extend_schema(summary="Send a draft to the vetters", request=None, responses=OwnEditionSerializer)
    def post(self, request: Request, slug: str, edition: UUID) -> Response:
        door = request._request
        found = drafts.edition_here(door.tenant, edition)
        return Response(OwnEditionSerializer(editions.send_to_vetting(by=door.member, edition=found)).data)


class EditionPublish(APIView):
    """A vetter's approval."""

    scope_write = Scope.AUTHOR

    @extend_schema(
        summary="Approve and publish",
        description="For vetters, and never for the author. The text is frozen and named by `content_hash`.",
        request=None,
        responses=OwnEditionSerializer,
    )
    def post(self, request: Request, slug: str, edition: UUID) -> Response:
        door = request._request
        found = drafts.edition_here(door.tenant, edition)
        return Response(OwnEditionSerializer(editions.publish(by=door.member, edition=found)).data)


def _by_path(refusal: Invalid) -> Exception:
    """All problems at once, as field errors of the API."""
    errors = refusal.facts.get("errors")
    return serializers.ValidationError({path: [text] for path, text in errors.items()}) if errors else refusal
