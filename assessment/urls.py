"""Addresses of scoring and feedback, below /t/<slug>/."""

from django.urls import path

from assessment.views.appeals import appeal, appeal_withdraw, appeals
from assessment.views.cases import (
    case,
    case_about,
    case_captions,
    case_evidence,
    case_new_badge,
    case_new_review,
    case_preview,
    cases,
)
from assessment.views.cases_manage import case_manage, cases_manage
from assessment.views.feedback import feedback
from assessment.views.marks import mark_add, mark_remove
from assessment.views.queue import claim, queue, reviews_done
from assessment.views.reactions import comment_flag, comment_thank, comment_undo, flag, flags
from assessment.views.workspace import (
    review,
    review_captions,
    review_conflict,
    review_evidence,
    review_finish,
    review_preview,
    review_release,
    review_save,
)

urlpatterns = [
    path("review/", queue, name="queue"),
    path("review/claim/", claim, name="claim"),
    path("review/done/", reviews_done, name="reviews_done"),
    path("review/<uuid:review>/", review, name="review"),
    path("review/<uuid:review>/save/", review_save, name="review_save"),
    path("review/<uuid:review>/finish/", review_finish, name="review_finish"),
    path("review/<uuid:review>/release/", review_release, name="review_release"),
    path("review/<uuid:review>/conflict/", review_conflict, name="review_conflict"),
    path("review/<uuid:review>/evidence/<uuid:artifact>/", review_evidence, name="review_evidence"),
    path(
        "review/<uuid:review>/evidence/<uuid:artifact>/captions/<slug:language>/",
        review_captions,
        name="review_captions",
    ),
    path(
        "review/<uuid:review>/evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        review_preview,
        name="review_preview",
    ),
    path("review/<uuid:review>/marks/", mark_add, name="mark_add"),
    path("review/<uuid:review>/marks/<uuid:mark>/remove/", mark_remove, name="mark_remove"),
    path("my/work/<uuid:work>/feedback/<int:number>/", feedback, name="feedback"),
    path("my/work/<uuid:work>/appeal/<int:number>/", appeal, name="appeal"),
    path("my/work/<uuid:work>/appeal/<int:number>/withdraw/", appeal_withdraw, name="appeal_withdraw"),
    path("my/comments/<uuid:line>/thank/", comment_thank, name="comment_thank"),
    path("my/comments/<uuid:line>/flag/", comment_flag, name="comment_flag"),
    path("my/comments/<uuid:line>/undo/", comment_undo, name="comment_undo"),
    path("manage/appeals/", appeals, name="appeals"),
    path("manage/flags/", flags, name="flags"),
    path("manage/flags/<uuid:flag>/", flag, name="flag"),
    path("manage/cases/", cases_manage, name="cases_manage"),
    path("manage/cases/<uuid:case>/", case_manage, name="case_manage"),
    path("cases/", cases, name="cases"),
    path("cases/new/review/<uuid:review>/", case_new_review, name="case_new_review"),
    path("cases/new/badge/<uuid:badge>/", case_new_badge, name="case_new_badge"),
    path("cases/<uuid:case>/", case, name="case"),
    path("cases/<uuid:case>/about/", case_about, name="case_about"),
    path("cases/<uuid:case>/evidence/<uuid:artifact>/", case_evidence, name="case_evidence"),
    path(
        "cases/<uuid:case>/evidence/<uuid:artifact>/captions/<slug:language>/",
        case_captions,
        name="case_captions",
    ),
    path(
        "cases/<uuid:case>/evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        case_preview,
        name="case_preview",
    ),
]
