"""API addresses of badges."""

from django.db import transaction
from django.urls import path

from badges import api, verify_api

urlpatterns = [
    path("my/badges/", api.MyBadges.as_view(), name="api_my_badges"),
    path("verify/", transaction.non_atomic_requests(verify_api.Verify.as_view()), name="api_verify"),
]
