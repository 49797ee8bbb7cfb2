"""Addresses of the earner's pages, under /t/<slug>/."""

from django.urls import path

from submissions.views import handing_in, keeping, logs, owndata, parts, promising, quizzes, reuse, uploads, works

global_urlpatterns = [
    path("upload/<uuid:upload>/<int:number>/", uploads.upload_part, name="upload_part"),
    path("account/data/", owndata.own_data, name="own_data"),
    path("account/data/export/", owndata.export_ask, name="export_ask"),
    path("account/data/export/<uuid:export>/", owndata.export_file, name="export_file"),
    path("account/data/erase/", owndata.erasure_ask, name="erasure_ask"),
    path("account/data/erasure/<uuid:erasure>/", owndata.certificate, name="certificate"),
    path("account/data/erasure/<uuid:erasure>/json/", owndata.certificate_json, name="certificate_json"),
    path("account/data/erasure/<uuid:erasure>/cancel/", owndata.erasure_cancel, name="erasure_cancel"),
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
    path("my/work/<uuid:work>/c/<slug:key>/pick/", reuse.artifact_pick, name="artifact_pick"),
    path("my/uploads/<uuid:upload>/parts/", uploads.upload_addresses, name="upload_addresses"),
    path("my/uploads/<uuid:upload>/finish/", uploads.upload_finish, name="upload_finish"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/", uploads.artifact_row, name="artifact_row"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/recheck/", parts.link_recheck, name="link_recheck"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/remove/", parts.artifact_remove, name="artifact_remove"),
    path("my/work/<uuid:work>/evidence/<uuid:artifact>/restore/", reuse.artifact_restore, name="artifact_restore"),
    path("my/work/<uuid:work>/promise/", promising.work_promise, name="work_promise"),
    path("my/work/<uuid:work>/c/<slug:key>/log/", logs.log_add, name="log_add"),
    path("my/work/<uuid:work>/c/<slug:key>/log/print/", logs.log_print, name="log_print"),
    path("my/work/<uuid:work>/log/<uuid:entry>/", logs.log_entry, name="log_entry"),
    path("my/work/<uuid:work>/log/<uuid:entry>/remove/", logs.log_remove, name="log_remove"),
    path("my/work/<uuid:work>/c/<slug:key>/quiz/", quizzes.quiz_start, name="quiz_start"),
    path("my/work/<uuid:work>/c/<slug:key>/quiz/<int:number>/", quizzes.quiz_try, name="quiz_try"),
    path("my/work/<uuid:work>/check/", handing_in.work_check, name="work_check"),
    path("my/work/<uuid:work>/sent/", handing_in.work_sent, name="work_sent"),
    path("my/work/<uuid:work>/take-back/", handing_in.work_take_back, name="work_take_back"),
    path("manage/settings/keeping/", keeping.rules, name="keeping"),
    path("manage/settings/keeping/holds/", keeping.holds, name="holds"),
    path("manage/settings/keeping/holds/<uuid:hold>/lift/", keeping.hold_lift, name="hold_lift"),
    path("evidence/<uuid:artifact>/", uploads.artifact_file, name="artifact_file"),
    path(
        "evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        uploads.artifact_preview,
        name="artifact_preview",
    ),
]
