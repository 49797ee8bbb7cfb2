"""Lines on AI tools, and whether any were used."""

import django.db.models.deletion
from django.db import migrations, models

import lib.ids
import lib.pgscope


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0003_published_stays_published"),
        ("submissions", "0007_retention"),
        ("tenants", "0003_logo"),
    ]

    operations = [
        migrations.CreateModel(
            name="AiUse",
            fields=[
                (
                    "id",
                    models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("tool", models.CharField(max_length=80, verbose_name="tool")),
                ("what_changed", models.TextField(max_length=1000, verbose_name="what was changed")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "criterion",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credentials.criterion",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ai_uses",
                        to="submissions.submission",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=lib.pgscope.require,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={"ordering": ["position", "id"]},
        ),
        migrations.AddConstraint(
            model_name="aiuse",
            constraint=models.UniqueConstraint(fields=("submission", "position"), name="one_ai_use_a_position"),
        ),
        migrations.AddConstraint(
            model_name="aiuse",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("tool", ""), _negated=True), models.Q(("what_changed", ""), _negated=True)),
                name="ai_use_says_what",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="used_ai",
            field=models.BooleanField(null=True, verbose_name="AI tools were used"),
        ),
    ]
