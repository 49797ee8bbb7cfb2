"""Row-level security on logs and quiz tries, and keys that cannot reach into another tenant."""

from django.db import migrations

from lib.postgres import tie, wall


class Migration(migrations.Migration):
    dependencies = [("submissions", "0010_logs_and_quizzes")]

    operations = [
        wall("submissions_logentry"),
        wall("submissions_quiztry"),
        tie("submissions_logentry", "submission_id", "submissions_submission"),
        tie("submissions_quiztry", "submission_id", "submissions_submission"),
    ]
