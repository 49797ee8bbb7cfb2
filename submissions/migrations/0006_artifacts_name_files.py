"""Artifacts name a file row; what was said of the file on each of them is gone."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0005_files_have_rows")]

    operations = [
        migrations.RemoveConstraint(
            model_name='artifact',
            name='artifact_has_its_content',
        ),
        migrations.RemoveConstraint(
            model_name='artifact',
            name='ready_file_was_read_again',
        ),
        migrations.RemoveIndex(
            model_name='artifact',
            name='artifact_by_hash',
        ),
        migrations.RemoveField(
            model_name='artifact',
            name='content_type',
        ),
        migrations.RemoveField(
            model_name='artifact',
            name='sha256',
        ),
        migrations.RemoveField(
            model_name='artifact',
            name='size',
        ),
        migrations.RemoveField(
            model_name='artifact',
            name='storage_key',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='artifact',
            trigger=pgtrigger.compiler.Trigger(name='ready_file_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."kind" = \'file\' AND NEW."state" = \'ready\')', func="\n                    IF EXISTS (\n                        SELECT 1 FROM submissions_storedfile f WHERE f.id = NEW.file_id AND f.state = 'arriving'\n                    ) THEN\n                        RAISE EXCEPTION 'file % was not read again from storage', NEW.file_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='64c4a1e80f3c73c5f34e58b20e79084edb4209fa', operation='INSERT OR UPDATE', pgid='pgtrigger_ready_file_is_kept_d7fa6', table='submissions_artifact', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='artifact',
            index=models.Index(condition=models.Q(('link_state', 'unchecked')), fields=['tenant', 'created_at'], name='artifact_link_to_check'),
        ),
        migrations.AddConstraint(
            model_name='artifact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'file'), models.Q(('file__isnull', False), models.Q(('state', 'ready'), _negated=True), _connector='OR')), models.Q(('kind', 'link'), models.Q(('url', ''), _negated=True)), models.Q(('kind', 'text'), models.Q(('text', ''), _negated=True)), _connector='OR'), name='artifact_has_its_content'),
        ),
        migrations.AddConstraint(
            model_name='artifact',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'file'), models.Q(('file', None), models.Q(('state__in', ['uploading', 'checking']), _negated=True)), _connector='OR'), name='only_files_are_uploaded'),
        ),
        migrations.AddConstraint(
            model_name='artifact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'link'), models.Q(('link_state', ''), _negated=True)), models.Q(models.Q(('kind', 'link'), _negated=True), ('link_state', '')), _connector='OR'), name='only_links_are_opened'),
        ),
        migrations.AddConstraint(
            model_name='artifact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attested_at', None), ('attested_version', ''), ('record_number', ''), ('students', '')), models.Q(models.Q(('students', ''), _negated=True), models.Q(('attested_version', ''), _negated=True), ('attested_at__isnull', False)), _connector='OR'), name='attested_artifact_says_how'),
        ),
        migrations.AddConstraint(
            model_name='artifact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('students', 'released'), _negated=True), models.Q(('record_number', ''), _negated=True), _connector='OR'), name='released_artifact_has_a_record'),
        ),
    ]
