"""Addresses of the scoring API, below /api/v1/."""

from django.urls import path

from assessment import api

urlpatterns = [
    path("t/<slug:slug>/reviews/", api.Queue.as_view(), name="api_queue"),
    path("t/<slug:slug>/reviews/claim/", api.Claim.as_view(), name="api_claim"),
    path("t/<slug:slug>/reviews/<uuid:review>/", api.Detail.as_view(), name="api_review"),
    path("t/<slug:slug>/reviews/<uuid:review>/scores/", api.Scores.as_view(), name="api_review_scores"),
    path("t/<slug:slug>/reviews/<uuid:review>/finish/", api.Finish.as_view(), name="api_review_finish"),
    path(
        "t/<slug:slug>/reviews/<uuid:review>/evidence/<uuid:artifact>/",
        api.EvidenceFile.as_view(),
        name="api_review_evidence",
    ),
    path(
        "t/<slug:slug>/reviews/<uuid:review>/evidence/<uuid:artifact>/captions/<slug:language>/",
        api.EvidenceCaptions.as_view(),
        name="api_review_captions",
    ),
    path(
        "t/<slug:slug>/reviews/<uuid:review>/evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        api.EvidencePreview.as_view(),
        name="api_review_preview",
    ),
    path("t/<slug:slug>/reviews/<uuid:review>/release/", api.Release.as_view(), name="api_review_release"),
    path("t/<slug:slug>/reviews/<uuid:review>/conflict/", api.KnowThisPerson.as_view(), name="api_review_conflict"),
]
