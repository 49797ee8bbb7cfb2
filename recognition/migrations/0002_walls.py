"""Row-level security on every scoped table, and keys that cannot reach into another tenant."""

from django.db import migrations

from lib.postgres import tie, wall


class Migration(migrations.Migration):
    dependencies = [("recognition", "0001_schema")]

    operations = [
        wall("recognition_yearuse"),
        wall("recognition_grant"),
        wall("recognition_grantmessage"),
        wall("recognition_ledgerentry"),
        tie("recognition_grant", "use_id", "recognition_yearuse"),
        tie("recognition_grantmessage", "grant_id", "recognition_grant"),
        tie("recognition_ledgerentry", "grant_id", "recognition_grant"),
    ]
