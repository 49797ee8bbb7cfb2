"""The wall around files, and a row for each file that artifacts named by its key until now."""

from django.db import migrations

from lib.postgres import tie, wall

# Row-level security holds for migrations too, so the rows are moved tenant by tenant.
MOVE = """
DO $$
DECLARE organization uuid;
BEGIN
    FOR organization IN SELECT id FROM tenants_tenant LOOP
        PERFORM set_config('app.tenant', organization::text, true);
        INSERT INTO submissions_storedfile
            (id, tenant_id, earner_id, state, key, size, sha256, content_type, created_at)
            SELECT DISTINCT ON (storage_key)
                id, tenant_id, earner_id, 'kept', storage_key, size, sha256, content_type, created_at
            FROM submissions_artifact WHERE kind = 'file' AND state = 'ready' ORDER BY storage_key, created_at;
        INSERT INTO submissions_rendering (id, tenant_id, file_id, state, runs, note, pages, texts, created_at)
            SELECT gen_random_uuid(), tenant_id, id, 'waiting', 0, '', 0, '{}', created_at FROM submissions_storedfile;
        UPDATE submissions_artifact a SET file_id = f.id
            FROM submissions_storedfile f WHERE f.key = a.storage_key AND a.kind = 'file' AND a.state = 'ready';
        UPDATE submissions_artifact SET state = 'refused', refusal = 'Remove this and choose the file again.'
            WHERE kind = 'file' AND state = 'checking';
        UPDATE submissions_artifact SET link_state = 'unchecked' WHERE kind = 'link';
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0004_files")]

    operations = [
        wall("submissions_storedfile"),
        wall("submissions_rendering"),
        wall("submissions_preview"),
        wall("submissions_captions"),
        wall("submissions_upload"),
        wall("submissions_uploadpart"),
        tie("submissions_artifact", "file_id", "submissions_storedfile"),
        tie("submissions_rendering", "file_id", "submissions_storedfile"),
        tie("submissions_preview", "file_id", "submissions_storedfile"),
        tie("submissions_captions", "file_id", "submissions_storedfile"),
        tie("submissions_upload", "artifact_id", "submissions_artifact"),
        tie("submissions_uploadpart", "upload_id", "submissions_upload"),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]
