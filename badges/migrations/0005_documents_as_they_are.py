from django.db import migrations


class Migration(migrations.Migration):
    """Signed documents are stored as they are: packing one takes longer than signing it, and each visit unpacked it."""

    dependencies = [("badges", "0004_verify")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE badges_badge ALTER COLUMN document SET STORAGE EXTERNAL",
            "ALTER TABLE badges_badge ALTER COLUMN document SET STORAGE EXTENDED",
        )
    ]
