"""Addresses of the scoring API, below /api/v1/."""

from django.urls import path

from assessment import api, settling_api

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
    path("t/<slug:slug>/reviews/<uuid:review>/undo/", api.Undo.as_view(), name="api_review_undo"),
    path("t/<slug:slug>/reviews/<uuid:review>/release/", api.Release.as_view(), name="api_review_release"),
    path("t/<slug:slug>/reviews/<uuid:review>/conflict/", api.KnowThisPerson.as_view(), name="api_review_conflict"),
    path("t/<slug:slug>/settlings/", settling_api.Settlings.as_view(), name="api_settlings"),
    path("t/<slug:slug>/settlings/claim/", settling_api.Claim.as_view(), name="api_settling_claim"),
    path("t/<slug:slug>/settlings/<uuid:settling>/", settling_api.Detail.as_view(), name="api_settling"),
    path("t/<slug:slug>/settlings/<uuid:settling>/words/", settling_api.Words.as_view(), name="api_settling_words"),
    path("t/<slug:slug>/settlings/<uuid:settling>/finish/", settling_api.Finish.as_view(), name="api_settling_finish"),
    path(
        "t/<slug:slug>/settlings/<uuid:settling>/release/", settling_api.Release.as_view(), name="api_settling_release"
    ),
    path(
        "t/<slug:slug>/settlings/<uuid:settling>/conflict/",
        settling_api.KnowThisPerson.as_view(),
        name="api_settling_conflict",
    ),
    path(
        "t/<slug:slug>/settlings/<uuid:settling>/evidence/<uuid:artifact>/",
        settling_api.EvidenceFile.as_view(),
        name="api_settling_evidence",
    ),
    path(
        "t/<slug:slug>/settlings/<uuid:settling>/evidence/<uuid:artifact>/captions/<slug:language>/",
        settling_api.EvidenceCaptions.as_view(),
        name="api_settling_captions",
    ),
    path(
        "t/<slug:slug>/settlings/<uuid:settling>/evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        settling_api.EvidencePreview.as_view(),
        name="api_settling_preview",
    ),
]
