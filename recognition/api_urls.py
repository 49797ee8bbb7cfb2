"""API addresses of recognition."""

from django.urls import path

from recognition import api

urlpatterns = [
    path("my/rewards/", api.MyRewards.as_view(), name="api_my_rewards"),
    path("t/<slug:slug>/inbox/", api.Inbox.as_view(), name="api_inbox"),
    path("t/<slug:slug>/inbox/<uuid:grant>/", api.OneGrant.as_view(), name="api_grant"),
    path("t/<slug:slug>/inbox/<uuid:grant>/honor/", api.Honour.as_view(), name="api_grant_honour"),
    path("t/<slug:slug>/inbox/<uuid:grant>/ask/", api.Ask.as_view(), name="api_grant_ask"),
    path("t/<slug:slug>/inbox/<uuid:grant>/decline/", api.Decline.as_view(), name="api_grant_decline"),
]
