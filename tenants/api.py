"""Who an API caller is."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants import queries
from tenants.models import AccessToken


class MembershipSerializer(serializers.Serializer):
    """A tenant and what the caller is in it."""

    slug = serializers.CharField(source="tenant.slug", help_text="Goes into /api/v1/t/<slug>/.")
    name = serializers.CharField(source="tenant.name")
    roles = serializers.ListField(child=serializers.CharField())
    time_zone = serializers.CharField(source="tenant.time_zone", help_text="Due dates are days in this zone.")


class MeSerializer(serializers.Serializer):
    """The caller."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    scopes = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="What the token may do; null for a browser session."
    )
    tenants = MembershipSerializer(many=True)


class Me(APIView):
    """Who am I?

    The person behind the token or session, their tenants and roles, and what the token may do.
    """

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        user = request.user
        token: Any = request.auth
        me = {
            "id": user.id,
            "name": user.get_full_name(),
            "email": user.email,
            "scopes": token.scopes if isinstance(token, AccessToken) else None,
            "tenants": queries.memberships_of(user),
        }
        return Response(MeSerializer(me).data)
