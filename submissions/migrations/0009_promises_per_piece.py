"""How students are protected is said of each piece of evidence, and of AI tools in lines; what was said is kept."""

from django.db import migrations

from lib.postgres import tie, wall

# Row-level security holds for migrations too, so the rows are moved tenant by tenant. What was promised of a whole try
# was promised of all that was in it then. The checks that wait for the end of the transaction are made before the
# columns go, since a table with checks outstanding cannot be altered.
MOVE = """
DO $$
DECLARE organization uuid;
BEGIN
    FOR organization IN SELECT id FROM tenants_tenant LOOP
        PERFORM set_config('app.tenant', organization::text, true);
        UPDATE submissions_artifact a SET
            students = p.students, record_number = p.record_number,
            attested_version = p.version, attested_at = p.given_at
            FROM submissions_promise p JOIN submissions_submission s ON s.id = p.submission_id
            WHERE p.kind = 'students' AND a.submission_id = s.id AND a.state = 'ready'
            AND (s.state <> 'draft' OR a.created_at <= p.given_at);
        INSERT INTO submissions_aiuse (id, tenant_id, submission_id, tool, criterion_id, what_changed, position)
            SELECT gen_random_uuid(), tenant_id, id, 'AI tools', NULL, ai_note, 0
            FROM submissions_submission WHERE ai_note <> '';
        UPDATE submissions_submission SET used_ai = true WHERE ai_note <> '';
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0008_ai_uses")]

    operations = [
        wall("submissions_aiuse"),
        tie("submissions_aiuse", "submission_id", "submissions_submission"),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="promise", name="student_promise_says_how"),
        migrations.RemoveConstraint(model_name="promise", name="release_has_a_record"),
        migrations.RemoveField(model_name="promise", name="record_number"),
        migrations.RemoveField(model_name="promise", name="students"),
        migrations.RemoveField(model_name="submission", name="ai_note"),
    ]
