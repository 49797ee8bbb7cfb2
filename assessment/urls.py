"""Addresses of scoring and feedback, below /t/<slug>/."""

from django.urls import path

from assessment.views import settling
from assessment.views.agreement import agreement, agreement_csv
from assessment.views.anchors import (
    anchor,
    anchor_captions,
    anchor_evidence,
    anchor_new,
    anchor_preview,
    anchor_publish,
    anchor_retire,
    anchors,
)
from assessment.views.appeals import appeal, appeal_withdraw, appeals
from assessment.views.bank import kept_comment, kept_comment_drop, kept_comments, review_insert, review_keep
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
from assessment.views.estimates import review_time, work_estimate
from assessment.views.feedback import feedback
from assessment.views.handing_over import review_hand_over
from assessment.views.marks import mark_add, mark_remove
from assessment.views.offers import offer_accept, offers
from assessment.views.practice import practice, practice_home, practice_result, practice_start
from assessment.views.prechecking import precheck, precheck_back, prechecks
from assessment.views.queue import claim, queue, reviews_done
from assessment.views.reactions import comment_flag, comment_thank, comment_undo, flag, flags
from assessment.views.reviewers import reviewer, reviewers, reviewers_move, statements, statements_csv
from assessment.views.stats import my_stats
from assessment.views.working import absence_add, absence_remove, my_assessing
from assessment.views.workspace import (
    review,
    review_ahead,
    review_captions,
    review_conflict,
    review_evidence,
    review_finish,
    review_preview,
    review_release,
    review_save,
    review_undo,
)

urlpatterns = [
    path("manage/agreement/", agreement, name="agreement"),
    path("manage/agreement.csv", agreement_csv, name="agreement_csv"),
    path("manage/samples/", anchors, name="anchors"),
    path("manage/samples/new/", anchor_new, name="anchor_new"),
    path("manage/samples/<uuid:anchor>/", anchor, name="anchor"),
    path("manage/samples/<uuid:anchor>/publish/", anchor_publish, name="anchor_publish"),
    path("manage/samples/<uuid:anchor>/retire/", anchor_retire, name="anchor_retire"),
    path("manage/samples/<uuid:anchor>/evidence/<uuid:artifact>/", anchor_evidence, name="anchor_evidence"),
    path(
        "manage/samples/<uuid:anchor>/evidence/<uuid:artifact>/captions/<slug:language>/",
        anchor_captions,
        name="anchor_captions",
    ),
    path(
        "manage/samples/<uuid:anchor>/evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        anchor_preview,
        name="anchor_preview",
    ),
    path("review/", queue, name="queue"),
    path("review/claim/", claim, name="claim"),
    path("review/done/", reviews_done, name="reviews_done"),
    path("review/comments/", kept_comments, name="kept_comments"),
    path("review/comments/<uuid:comment>/", kept_comment, name="kept_comment"),
    path("review/comments/<uuid:comment>/drop/", kept_comment_drop, name="kept_comment_drop"),
    path("review/me/", my_assessing, name="my_assessing"),
    path("review/me/away/", absence_add, name="absence_add"),
    path("review/me/away/<uuid:absence>/remove/", absence_remove, name="absence_remove"),
    path("review/precheck/", prechecks, name="prechecks"),
    path("review/precheck/<uuid:check>/", precheck, name="precheck"),
    path("review/precheck/<uuid:check>/send-back/", precheck_back, name="precheck_back"),
    path("review/<uuid:review>/hand-over/", review_hand_over, name="review_hand_over"),
    path("manage/reviewers/", reviewers, name="reviewers"),
    path("manage/reviewers/move/", reviewers_move, name="reviewers_move"),
    path("manage/reviewers/statements/", statements, name="statements"),
    path("manage/reviewers/statements/csv/", statements_csv, name="statements_csv"),
    path("manage/reviewers/<uuid:user>/", reviewer, name="reviewer"),
    path("my/offers/", offers, name="offers"),
    path("my/offers/<uuid:stack>/accept/", offer_accept, name="offer_accept"),
    path("my/work/<uuid:work>/estimate/", work_estimate, name="work_estimate"),
    path("mc/<slug:mc>/review-time/", review_time, name="review_time"),
    path("review/stats/", my_stats, name="my_stats"),
    path("review/practice/", practice_home, name="practice_home"),
    path("review/practice/<slug:mc>/", practice, name="practice"),
    path("review/practice/<slug:mc>/start/", practice_start, name="practice_start"),
    path("review/practice/<slug:mc>/<uuid:reading>/", practice_result, name="practice_result"),
    path("review/<uuid:review>/", review, name="review"),
    path("review/<uuid:review>/save/", review_save, name="review_save"),
    path("review/<uuid:review>/finish/", review_finish, name="review_finish"),
    path("review/<uuid:review>/release/", review_release, name="review_release"),
    path("review/<uuid:review>/conflict/", review_conflict, name="review_conflict"),
    path("review/<uuid:review>/undo/", review_undo, name="review_undo"),
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
    path("review/<uuid:review>/insert/", review_insert, name="review_insert"),
    path("review/<uuid:review>/keep/", review_keep, name="review_keep"),
    path("review/<uuid:review>/ahead/", review_ahead, name="review_ahead"),
    path("review/<uuid:review>/marks/", mark_add, name="mark_add"),
    path("review/<uuid:review>/marks/<uuid:mark>/remove/", mark_remove, name="mark_remove"),
    path("settle/", settling.settlings, name="settlings"),
    path("settle/claim/", settling.settling_claim, name="settling_claim"),
    path("settle/<uuid:settling>/", settling.settling, name="settling"),
    path("settle/<uuid:settling>/save/", settling.settling_save, name="settling_save"),
    path("settle/<uuid:settling>/finish/", settling.settling_finish, name="settling_finish"),
    path("settle/<uuid:settling>/release/", settling.settling_release, name="settling_release"),
    path("settle/<uuid:settling>/conflict/", settling.settling_conflict, name="settling_conflict"),
    path("settle/<uuid:settling>/evidence/<uuid:artifact>/", settling.settling_evidence, name="settling_evidence"),
    path(
        "settle/<uuid:settling>/evidence/<uuid:artifact>/captions/<slug:language>/",
        settling.settling_captions,
        name="settling_captions",
    ),
    path(
        "settle/<uuid:settling>/evidence/<uuid:artifact>/<slug:kind>/<int:number>/",
        settling.settling_preview,
        name="settling_preview",
    ),
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
