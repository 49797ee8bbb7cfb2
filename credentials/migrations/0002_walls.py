"""Row-level security on every scoped table, and keys that cannot reach into another tenant."""

from django.db import migrations

from lib.postgres import wall


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_schema")]

    operations = [
        wall("credentials_vettingnote"),
    ]
