"""API addresses of this app, under /api/v1/."""

from django.urls import path

from tenants import api

urlpatterns = [path("me/", api.Me.as_view(), name="api_me")]
