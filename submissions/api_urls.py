"""Addresses of the API of this app, under /api/v1/."""

from django.db import transaction
from django.urls import path

from submissions import api, logs_api, quizzes_api

_WORK = "t/<slug:slug>/works/<uuid:work>"
_QUIZ = f"{_WORK}/criteria/<slug:criterion>/quiz"

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
    path(f"{_WORK}/criteria/<slug:criterion>/log/", logs_api.LogView.as_view(), name="api_log"),
    path(f"{_WORK}/log/<uuid:entry>/", logs_api.LogEntryView.as_view(), name="api_log_entry"),
    path(f"{_QUIZ}/", quizzes_api.QuizStart.as_view(), name="api_quiz_start"),
    path(f"{_QUIZ}/<int:number>/", quizzes_api.QuizTryView.as_view(), name="api_quiz_try"),
    path(f"{_QUIZ}/<int:number>/answers/", quizzes_api.QuizAnswers.as_view(), name="api_quiz_answers"),
    path(f"{_QUIZ}/<int:number>/finish/", quizzes_api.QuizFinish.as_view(), name="api_quiz_finish"),
    path(f"{_WORK}/promises/", api.PromisesView.as_view(), name="api_promises"),
    path(f"{_WORK}/submit/", api.SubmitView.as_view(), name="api_submit"),
]
