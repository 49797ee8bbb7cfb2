"""Row-level security on every scoped table, and keys that cannot reach into another tenant."""

from django.db import migrations

from lib.postgres import tie, wall


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]

    operations = [
        wall("submissions_work"),
        wall("submissions_submission"),
        wall("submissions_submissionline"),
        wall("submissions_response"),
        wall("submissions_promise"),
        wall("submissions_artifact"),
        tie("submissions_submission", "work_id", "submissions_work"),
        tie("submissions_submissionline", "submission_id", "submissions_submission"),
        tie("submissions_response", "submission_id", "submissions_submission"),
        tie("submissions_promise", "submission_id", "submissions_submission"),
        tie("submissions_artifact", "submission_id", "submissions_submission"),
        tie("submissions_artifact", "carried_from_id", "submissions_artifact"),
    ]
