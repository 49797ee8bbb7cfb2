"""Addresses of scoring and feedback, below /t/<slug>/."""

from django.urls import path

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
from assessment.views.feedback import feedback
from assessment.views.marks import mark_add, mark_remove
from assessment.views.practice import practice, practice_home, practice_result, practice_start
from assessment.views.queue import claim, queue, reviews_done
from assessment.views.stats import my_stats
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
]
