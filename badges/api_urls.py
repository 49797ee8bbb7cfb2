"""API addresses of badges."""

from django.urls import path

from badges import api

urlpatterns = [path("my/badges/", api.MyBadges.as_view(), name="api_my_badges")]
