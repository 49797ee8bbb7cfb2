"""The catalog over the API: what is listed, and one whole edition. Open to everyone, as the pages are."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from credentials.exchange import public_edition
from credentials.models import Edition
from credentials.queries import edition_for_page, listed_editions
from credentials.queries.catalog import TIMES, matching
from credentials.queries.wanted import TEXT, Wanted, read_number


class EditionSerializer(serializers.ModelSerializer):
    """One edition as a catalog lists it."""

    micro_credential = serializers.SlugField(source="micro_credential.slug", help_text="Name in addresses.")
    issuer = serializers.SlugField(source="tenant.slug")
    issuer_name = serializers.CharField(source="tenant.name")
    hours = serializers.FloatField(help_text="Hours of work, as the author estimates.")
    url = serializers.SerializerMethodField(help_text="The page for people.")

    class Meta:
        model = Edition
        fields = [
            "id",
            "micro_credential",
            "number",
            "title",
            "summary",
            "language",
            "issuer",
            "issuer_name",
            "hours",
            "weeks",
            "topics",
            "audience",
            "grades",
            "published_at",
            "content_hash",
            "url",
        ]
        read_only_fields = fields

    def get_url(self, edition: Edition) -> str:
        request = self.context["request"]
        kwargs = {"slug": request.tenant.slug, "mc": edition.micro_credential.slug}
        return reverse("micro_credential", kwargs=kwargs, request=request)


class WholeEditionSerializer(EditionSerializer):
    """One edition with everything in it; `content` is in the format laurel.edition/1."""

    state = serializers.ChoiceField(choices=Edition.State.choices)
    content = serializers.SerializerMethodField(
        help_text="laurel.edition/1 without the questions of quizzes; content_hash is the hash of this."
    )

    class Meta(EditionSerializer.Meta):
        fields = [*EditionSerializer.Meta.fields, "state", "content"]
        read_only_fields = fields

    def get_content(self, edition: Edition) -> dict[str, Any]:
        return public_edition(edition)


def _many(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, many=True, description=f"{description} Repeat for more than one (or).", **more)


@extend_schema(
    summary="Search the catalog",
    parameters=[
        OpenApiParameter(TEXT, str, description='Words to search for. Understands "phrases", -without and or.'),
        _many("topic", "Topic."),
        _many("role", "For whom."),
        _many("grade", "Grade: PK, K, 1 to 12."),
        _many("time", "Hours of work, by bucket.", enum=list(TIMES)),
        _many("issuer", "Short name of the issuer."),
        _many("stack", "Short name of a stack it is part of."),
        OpenApiParameter("new", str, enum=["1"], description="Published in the last 90 days."),
    ],
    auth=[],
)
class CatalogList(ListAPIView):
    """The published micro-credentials of a tenant's catalog, newest first, by cursor."""

    public = True
    serializer_class = EditionSerializer
    queryset = Edition.objects.none()  # for the schema; get_queryset answers

    def get_queryset(self) -> Any:
        tenant = self.request._request.tenant
        wanted = Wanted.read(self.request.query_params)
        editions = listed_editions(tenant)
        return editions.filter(id__in=matching(tenant, wanted)) if wanted.filters() else editions


class CatalogItem(APIView):
    """One micro-credential with the whole text of an edition."""

    public = True

    @extend_schema(
        summary="Read one micro-credential",
        parameters=[
            OpenApiParameter("edition", OpenApiTypes.INT, description="An older edition. Default: the newest.")
        ],
        responses=WholeEditionSerializer,
        auth=[],
    )
    def get(self, request: Request, slug: str, mc: str) -> Response:
        edition = edition_for_page(request._request.tenant, mc, read_number(request.query_params.get("edition")))
        return Response(WholeEditionSerializer(edition, context={"request": request}).data)
