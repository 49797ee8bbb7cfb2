"""Addresses of the earner's pages, under /t/<slug>/."""

from django.urls import path

from submissions.views import handing_in, parts, uploads, viewing, works

global_urlpatterns = [
    path("upload/<uuid:upload>/<int:number>/", uploads.upload_part, name="upload_part"),
]

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
    path("my/work/<uuid:work>/c/<slug:key>/uploads/", uploads.upload_begin, name="upload_begin"),
    path("my/uploads/<uuid:upload>/parts/", uploads.upload_addresses, name="upload_addresses"),
    path("my/uploads/<uuid:upload>/finish/", uploads.upload_finish, name="upload_finish"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/", uploads.artifact_row, name="artifact_row"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/remove/", parts.artifact_remove, name="artifact_remove"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/view/", viewing.artifact_view, name="artifact_view"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/pointers/", viewing.pointer_save, name="pointer_save"),
    path(
        "my/work/<uuid:work>/evidence/<uuid:artifact>/pointers/<uuid:pointer>/remove/",
        viewing.pointer_remove,
        name="pointer_remove",
    ),
    path(
        "my/work/<uuid:work>/evidence/<uuid:artifact>/captions/<slug:language>/",
        viewing.captions_edit,
        name="captions_edit",
    ),
    path(
        "my/work/<uuid:work>/evidence/<uuid:artifact>/captions/<slug:language>/file/",
        viewing.captions_file,
        name="captions_file",
    ),
    path("my/work/<uuid:work>/promise/", handing_in.work_promise, name="work_promise"),
    path("my/work/<uuid:work>/check/", handing_in.work_check, name="work_check"),
    path("my/work/<uuid:work>/sent/", handing_in.work_sent, name="work_sent"),
    path("my/work/<uuid:work>/take-back/", handing_in.work_take_back, name="work_take_back"),
    path("evidence/<uuid:artifact>/", uploads.artifact_file, name="artifact_file"),
    path(
        "evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        uploads.artifact_preview,
        name="artifact_preview",
    ),
]
