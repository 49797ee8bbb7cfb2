"""Where earners say to look in their evidence."""

import django.db.models.deletion
import django.db.models.expressions
import lib.clock
import lib.ids
import lib.pgscope
from django.db import migrations, models

from lib.postgres import tie, wall


class Migration(migrations.Migration):
    dependencies = [
        ('submissions', '0011_log_and_quiz_walls'),
        ('tenants', '0003_logo'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pointer',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('seconds', models.PositiveIntegerField(null=True)),
                ('page', models.PositiveIntegerField(null=True)),
                ('x', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('y', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('w', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('h', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('created_at', models.DateTimeField(default=lib.clock.now, editable=False)),
                ('artifact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='submissions.artifact')),
                ('tenant', models.ForeignKey(default=lib.pgscope.require, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'ordering': ['seconds', 'page', 'created_at', 'id'],
                'abstract': False,
                'indexes': [models.Index(fields=['tenant', 'artifact'], name='pointer_by_artifact')],
                'constraints': [models.CheckConstraint(condition=models.Q(('seconds', None), ('page', None), _connector='OR'), name='pointer_is_at_one_place'), models.CheckConstraint(condition=models.Q(('page', None), ('page__gte', 1), _connector='OR'), name='pointer_page_counts_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('h', None), ('w', None), ('x', None), ('y', None)), models.Q(('h__isnull', False), ('page__isnull', False), ('w__isnull', False), ('x__isnull', False), ('y__isnull', False), ('h__gt', 0), ('w__gt', 0), ('x__gte', 0), ('y__gte', 0), ('x__lte', django.db.models.expressions.CombinedExpression(models.Value(1), '-', models.F('w'))), ('y__lte', django.db.models.expressions.CombinedExpression(models.Value(1), '-', models.F('h')))), _connector='OR'), name='pointer_spot_is_on_its_page')],
            },
        ),
        wall("submissions_pointer"),
        tie("submissions_pointer", "artifact_id", "submissions_artifact"),
    ]
