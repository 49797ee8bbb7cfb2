"""The logo moves to a table of its own, so that reading a tenant does not read a picture."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_walls")]

    operations = [
        migrations.RemoveField(model_name="tenant", name="logo"),
        migrations.AddField(
            model_name="tenant",
            name="logo_digest",
            field=models.CharField(blank=True, editable=False, max_length=10),
        ),
        migrations.CreateModel(
            name="Logo",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="tenants.tenant"
                    ),
                ),
                ("png", models.BinaryField()),
            ],
        ),
    ]
