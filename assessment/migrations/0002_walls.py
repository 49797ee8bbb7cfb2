"""Row-level security on every scoped table, and keys that cannot reach into another tenant."""

from django.db import migrations

from lib.postgres import tie, wall


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_initial"), ("submissions", "0002_walls")]

    operations = [
        wall("assessment_review"),
        wall("assessment_score"),
        wall("assessment_conflict"),
        wall("assessment_decision"),
        wall("assessment_decisionline"),
        tie("assessment_review", "submission_id", "submissions_submission"),
        tie("assessment_score", "review_id", "assessment_review"),
        tie("assessment_decision", "submission_id", "submissions_submission"),
        tie("assessment_decisionline", "decision_id", "assessment_decision"),
        tie("assessment_decisionline", "review_id", "assessment_review"),
    ]
