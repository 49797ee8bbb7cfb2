"""Addresses of the earner's pages, under /t/<slug>/."""

from django.urls import path

from submissions.views import handing_in, logs, parts, quizzes, uploads, works

urlpatterns = [
    path("mc/<slug:mc>/start/", works.work_start, name="work_start"),
    path("mc/<slug:mc>/work-button/", works.work_button, name="work_button"),
    path("my/", works.my_work, name="my_work"),
    path("my/work/<uuid:work>/", works.work, name="work"),
    path("my/work/<uuid:work>/about/", works.work_about, name="work_about"),
    path("my/work/<uuid:work>/goal/", works.work_goal, name="work_goal"),
    path("my/work/<uuid:work>/stop/", works.work_stop, name="work_stop"),
    path("my/work/<uuid:work>/c/<slug:key>/", parts.work_criterion, name="work_criterion"),
    path("my/work/<uuid:work>/c/<slug:key>/add/", parts.artifact_add, name="artifact_add"),
    path("my/work/<uuid:work>/c/<slug:key>/upload/", uploads.artifact_upload, name="artifact_upload"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/remove/", parts.artifact_remove, name="artifact_remove"),
    path("my/work/<uuid:work>/c/<slug:key>/log/", logs.log_add, name="log_add"),
    path("my/work/<uuid:work>/c/<slug:key>/log/print/", logs.log_print, name="log_print"),
    path("my/work/<uuid:work>/log/<uuid:entry>/", logs.log_entry, name="log_entry"),
    path("my/work/<uuid:work>/log/<uuid:entry>/remove/", logs.log_remove, name="log_remove"),
    path("my/work/<uuid:work>/c/<slug:key>/quiz/", quizzes.quiz_start, name="quiz_start"),
    path("my/work/<uuid:work>/c/<slug:key>/quiz/<int:number>/", quizzes.quiz_try, name="quiz_try"),
    path("my/work/<uuid:work>/promise/", handing_in.work_promise, name="work_promise"),
    path("my/work/<uuid:work>/check/", handing_in.work_check, name="work_check"),
    path("my/work/<uuid:work>/sent/", handing_in.work_sent, name="work_sent"),
    path("my/work/<uuid:work>/take-back/", handing_in.work_take_back, name="work_take_back"),
    path("evidence/<uuid:artifact>/", uploads.artifact_file, name="artifact_file"),
]
