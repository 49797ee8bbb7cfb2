"""Row-level security on every scoped table, and keys that cannot reach into another tenant."""

from django.db import migrations

from lib.postgres import wall


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_schema")]

    operations = [
        wall("tenants_staffrecord"),
        wall("tenants_invitation"),
        wall("tenants_auditentry"),
    ]
