"""The API of badges: what I have earned. The documents themselves are public addresses."""

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import generics, serializers

from badges.models import Badge
from badges.queries import badges_of
from tenants.mail import absolute


class BadgeSerializer(serializers.Serializer):
    """One badge of mine."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.SerializerMethodField()
    issuer = serializers.CharField(source="tenant.name")
    state = serializers.ChoiceField(choices=Badge.State.choices)
    visibility = serializers.ChoiceField(choices=Badge.Visibility.choices)
    awarded_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    page = serializers.SerializerMethodField()
    credential = serializers.SerializerMethodField()

    def get_kind(self, badge: Badge) -> str:
        return "stack" if badge.stack_id else "micro-credential"

    def get_page(self, badge: Badge) -> str:
        return absolute(reverse("badge", args=[badge.id]))

    def get_credential(self, badge: Badge) -> str | None:
        return absolute(reverse("badge_json", args=[badge.id])) if badge.state != Badge.State.AWARDED else None


class MyBadges(generics.ListAPIView):
    """My badges from every issuer, newest first."""

    serializer_class = BadgeSerializer
    queryset = Badge.objects.none()

    def get_queryset(self) -> QuerySet[Badge]:
        return badges_of(self.request.user)
