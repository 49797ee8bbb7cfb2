"""The API of recognition: the recognizer's inbox and answers, and my rewards. Same queries and actions as the pages."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recognition import words
from recognition.actions import grants as actions
from recognition.models import Grant, RewardCard
from recognition.queries import grants as queries
from tenants.idempotency import Idempotent
from tenants.mail import absolute
from tenants.models import Scope
from tenants.roles import require


class MessageSerializer(serializers.Serializer):
    """A question or an answer."""

    author = serializers.CharField(source="author.get_full_name")
    text = serializers.CharField()
    at = serializers.DateTimeField()


class GrantSerializer(serializers.Serializer):
    """One badge under one rule. Amounts are whole numbers: cents, and hundredths of a CEU hour."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Grant.State.choices)
    earner = serializers.CharField(source="earner.get_full_name")
    badge = serializers.CharField(source="earned.title")
    badge_page = serializers.SerializerMethodField()
    awarded_at = serializers.DateTimeField(source="earned.awarded_at")
    rule = serializers.CharField(source="policy.title")
    rule_id = serializers.UUIDField(source="policy_id")
    cents = serializers.IntegerField()
    ceu_hundredths = serializers.IntegerField()
    capped = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_badge_page(self, grant: Grant) -> str | None:
        return absolute(reverse("badge", args=[grant.badge_id])) if grant.badge_id else None


class GrantDetailSerializer(GrantSerializer):
    """The same with the rule in words and the conversation."""

    rule_sentence = serializers.SerializerMethodField()
    messages = serializers.SerializerMethodField()

    def get_rule_sentence(self, grant: Grant) -> str:
        return words.sentence(grant.policy)

    @extend_schema_field(MessageSerializer(many=True))
    def get_messages(self, grant: Grant) -> Any:
        return MessageSerializer(grant.messages.select_related("author"), many=True).data


class TextSerializer(serializers.Serializer):
    """A question or an answer to send."""

    text = serializers.CharField(max_length=actions.LONGEST_MESSAGE)


class ReasonSerializer(serializers.Serializer):
    """Why something is not eligible."""

    reason = serializers.CharField(max_length=actions.LONGEST_REASON)


class RewardSerializer(serializers.Serializer):
    """What one of my badges gives, or may give."""

    id = serializers.UUIDField(source="grant_id")
    state = serializers.ChoiceField(choices=Grant.State.choices)
    tenant = serializers.CharField(source="tenant.name")
    badge = serializers.CharField(source="earned.title")
    rule = serializers.CharField(source="policy.title")
    cents = serializers.IntegerField()
    ceu_hundredths = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class Inbox(generics.ListAPIView):
    """Grants of a tenant, newest first. For recognizers and admins."""

    serializer_class = GrantSerializer

    @extend_schema(
        operation_id="inbox_list",
        parameters=[OpenApiParameter("tab", enum=list(queries.TABS)), OpenApiParameter("q", str)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Grant]:
        if getattr(self, "swagger_fake_view", False):  # the schema is made outside of any tenant
            return Grant._base_manager.none()
        require(self.request._request.member, "grant.see")
        tab = self.request.query_params.get("tab", "waiting")
        text = self.request.query_params.get("q", "")[:100]
        return queries.inbox(tab if tab in queries.TABS else "waiting", text)


class OneGrant(APIView):
    """One grant with its conversation."""

    @extend_schema(operation_id="inbox_read", responses=GrantDetailSerializer)
    def get(self, request: Request, slug: str, grant: UUID) -> Response:
        require(request._request.member, "grant.see")
        return _detail(queries.grant_by_id(grant))


class Honour(Idempotent, APIView):
    """Honor one grant: what it gives is booked to the earner."""

    scope_write = Scope.RECOGNIZE

    @extend_schema(operation_id="grant_honor", request=None, responses=GrantDetailSerializer)
    def post(self, request: Request, slug: str, grant: UUID) -> Response:
        actions.honour(by=_recognizer(request), grant=queries.grant_by_id(grant))
        return _detail(queries.grant_by_id(grant))


class Ask(Idempotent, APIView):
    """Ask the earner a question."""

    scope_write = Scope.RECOGNIZE

    @extend_schema(operation_id="grant_ask", request=TextSerializer, responses=GrantDetailSerializer)
    def post(self, request: Request, slug: str, grant: UUID) -> Response:
        by = _recognizer(request)
        given = TextSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.ask(by=by, grant=queries.grant_by_id(grant), text=given.validated_data["text"])
        return _detail(queries.grant_by_id(grant))


class Decline(Idempotent, APIView):
    """Say that a grant is not eligible, and why."""

    scope_write = Scope.RECOGNIZE

    @extend_schema(operation_id="grant_decline", request=ReasonSerializer, responses=GrantDetailSerializer)
    def post(self, request: Request, slug: str, grant: UUID) -> Response:
        by = _recognizer(request)
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.decline(by=by, grant=queries.grant_by_id(grant), reason=given.validated_data["reason"])
        return _detail(queries.grant_by_id(grant))


class MyRewards(generics.ListAPIView):
    """What my badges gave me, from every tenant, newest first."""

    serializer_class = RewardSerializer
    queryset = RewardCard.objects.none()

    def get_queryset(self) -> QuerySet[RewardCard]:
        cards = RewardCard.objects.filter(earner=self.request.user)
        return cards.select_related("tenant", "policy", "badge__edition", "badge__stack", "outside")


def _recognizer(request: Request) -> Any:
    """Who acts. Asked before the grant is read, so that other members learn nothing about what exists."""
    member = request._request.member
    require(member, "grant.decide")
    return member


def _detail(grant: Grant) -> Response:
    return Response(GrantDetailSerializer(grant).data)
