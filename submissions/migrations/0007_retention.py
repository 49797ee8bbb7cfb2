"""How long evidence is kept, holds, nightly reports, exports and erasures; and the one way to forget old audit rows."""

import django.db.models.deletion
import lib.clock
import lib.ids
import lib.pgscope
from django.conf import settings
from django.db import migrations, models

from lib.postgres import tie, wall

# Audit rows can only be added. This is the one way to delete them: run with the rights of their owner, whom the trigger
# audit_is_forgotten_late lets through, in the tenant that is stamped, and never sooner than its own rule says.
FORGET = """
CREATE FUNCTION forget_old_audit(at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kept integer := COALESCE((SELECT days FROM submissions_retentionrule WHERE kind = 'audit'), 2555);
    forgotten integer;
BEGIN
    DELETE FROM tenants_auditentry WHERE id IN (
        SELECT id FROM tenants_auditentry WHERE at < now() - make_interval(days => kept) ORDER BY at LIMIT at_most
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0006_artifacts_name_files'),
        ('tenants', '0004_old_audit_can_go'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('waiting', 'Being made'), ('made', 'Ready'), ('failed', 'Could not be made'), ('gone', 'Deleted')], default='waiting', max_length=10)),
                ('asked_at', models.DateTimeField(default=lib.clock.now)),
                ('runs', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('dropped_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('waiting', 'Will be erased'), ('cancelled', 'Cancelled'), ('running', 'Being erased'), ('done', 'Erased')], default='waiting', max_length=10)),
                ('asked_at', models.DateTimeField(default=lib.clock.now)),
                ('due_at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=300)),
                ('began_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('certificate', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('set_at', models.DateTimeField(default=lib.clock.now)),
                ('lifted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-set_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PurgeReport',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('night', models.DateField()),
                ('began_at', models.DateTimeField(default=lib.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('deleted', models.JSONField(default=dict)),
                ('held', models.PositiveIntegerField(default=0)),
                ('waiting', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['-night'],
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('film', 'Films and sound'), ('evidence', 'Other files'), ('removed', 'Removed and replaced files'), ('drafts', 'Files of drafts'), ('audit', 'The record of who did what')], max_length=10)),
                ('days', models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='artifact',
            name='artifact_has_its_content',
        ),
        migrations.AddField(
            model_name='artifact',
            name='erased_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='dropped_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(condition=models.Q(('dropped_at', None), ('state', 'gone')), fields=['tenant', 'gone_at'], name='file_to_drop'),
        ),
        migrations.AddConstraint(
            model_name='artifact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'file'), models.Q(('file__isnull', False), models.Q(('state', 'ready'), _negated=True), _connector='OR')), models.Q(('kind', 'link'), models.Q(('url', ''), _negated=True)), models.Q(('kind', 'text'), models.Q(('text', ''), _negated=True)), models.Q(('erased_at__isnull', False), ('link_title', ''), ('name', ''), ('text', ''), ('url', '')), _connector='OR'), name='artifact_has_its_content'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'gone'), ('dropped_at', None), _connector='OR'), name='only_gone_files_are_dropped'),
        ),
        migrations.AddField(
            model_name='dataexport',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='erasure',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='erasure',
            name='tenant',
            field=models.ForeignKey(default=lib.pgscope.require, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='hold',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hold',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hold',
            name='set_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hold',
            name='tenant',
            field=models.ForeignKey(default=lib.pgscope.require, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='hold',
            name='work',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='submissions.work'),
        ),
        migrations.AddField(
            model_name='purgereport',
            name='tenant',
            field=models.ForeignKey(default=lib.pgscope.require, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddField(
            model_name='retentionrule',
            name='tenant',
            field=models.ForeignKey(default=lib.pgscope.require, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant'),
        ),
        migrations.AddIndex(
            model_name='dataexport',
            index=models.Index(fields=['state', 'expires_at'], name='export_by_state'),
        ),
        migrations.AddConstraint(
            model_name='dataexport',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('person',), name='one_export_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='dataexport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'made'), _negated=True), models.Q(('expires_at__isnull', False), ('made_at__isnull', False), ('size__gt', 0)), _connector='OR'), name='made_export_has_an_end'),
        ),
        migrations.AddIndex(
            model_name='erasure',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['tenant', 'due_at'], name='erasure_to_do'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('tenant', 'person'), name='one_erasure_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('began_at__isnull', False), ('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at', None)), _connector='OR'), name='erasure_that_is_done_says_when'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('work', None)), models.Q(('person', None), ('work__isnull', False)), _connector='OR'), name='hold_on_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='hold_says_why'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='lifted_hold_says_who'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('work',), name='one_hold_a_work'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('tenant', 'person'), name='one_hold_a_person'),
        ),
        migrations.AddConstraint(
            model_name='purgereport',
            constraint=models.UniqueConstraint(fields=('tenant', 'night'), name='one_purge_a_night'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.UniqueConstraint(fields=('tenant', 'kind'), name='one_rule_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['film', 'evidence', 'removed', 'drafts', 'audit'])), name='rule_is_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 30), ('days__lte', 36500)), name='rule_keeps_for_a_while'),
        ),
        wall("submissions_retentionrule"),
        wall("submissions_hold"),
        wall("submissions_purgereport"),
        wall("submissions_erasure"),
        tie("submissions_hold", "work_id", "submissions_work"),
        migrations.RunSQL(FORGET, "DROP FUNCTION forget_old_audit(integer)"),
    ]
