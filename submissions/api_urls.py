"""Addresses of the API of this app, under /api/v1/."""

from django.db import transaction
from django.urls import path

from submissions import api

_WORK = "t/<slug:slug>/works/<uuid:work>"

urlpatterns = [
    path("works/", api.MyWorks.as_view(), name="api_my_works"),
    path("t/<slug:slug>/works/", api.Start.as_view(), name="api_work_start"),
    path(f"{_WORK}/", api.WorkView.as_view(), name="api_work"),
    path(
        f"{_WORK}/responses/<slug:criterion>/<slug:prompt>/",
        api.ResponseView.as_view(),
        name="api_response",
    ),
    path(f"{_WORK}/criteria/<slug:criterion>/artifacts/", api.ArtifactsView.as_view(), name="api_artifact_add"),
    path(
        f"{_WORK}/criteria/<slug:criterion>/files/",
        transaction.non_atomic_requests(api.FilesView.as_view()),
        name="api_artifact_upload",
    ),
    path(f"{_WORK}/artifacts/<uuid:artifact>/", api.ArtifactView.as_view(), name="api_artifact"),
    path(f"{_WORK}/artifacts/<uuid:artifact>/attestation/", api.AttestationView.as_view(), name="api_attestation"),
    path(f"{_WORK}/promises/", api.PromisesView.as_view(), name="api_promises"),
    path(f"{_WORK}/submit/", api.SubmitView.as_view(), name="api_submit"),
]
