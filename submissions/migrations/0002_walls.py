"""Row-level security on every scoped table, and keys that cannot reach into another tenant."""

from django.db import migrations

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
    dependencies = [("submissions", "0001_schema"), ("tenants", "0002_walls")]

    operations = [
        wall("submissions_work"),
        wall("submissions_submission"),
        wall("submissions_submissionline"),
        wall("submissions_response"),
        wall("submissions_promise"),
        wall("submissions_artifact"),
        wall("submissions_storedfile"),
        wall("submissions_rendering"),
        wall("submissions_preview"),
        wall("submissions_captions"),
        wall("submissions_upload"),
        wall("submissions_uploadpart"),
        wall("submissions_retentionrule"),
        wall("submissions_hold"),
        wall("submissions_purgereport"),
        wall("submissions_erasure"),
        wall("submissions_aiuse"),
        wall("submissions_logentry"),
        wall("submissions_quiztry"),
        wall("submissions_pointer"),
        wall("submissions_coaching"),
        wall("submissions_coachnote"),
        wall("submissions_conversation"),
        wall("submissions_fee"),
        wall("submissions_payment"),
        wall("submissions_voucher"),
        wall("submissions_voucheruse"),
        wall("submissions_freefor"),
        tie("submissions_submission", "work_id", "submissions_work"),
        tie("submissions_submissionline", "submission_id", "submissions_submission"),
        tie("submissions_response", "submission_id", "submissions_submission"),
        tie("submissions_promise", "submission_id", "submissions_submission"),
        tie("submissions_artifact", "submission_id", "submissions_submission"),
        tie("submissions_artifact", "carried_from_id", "submissions_artifact"),
        tie("submissions_artifact", "file_id", "submissions_storedfile"),
        tie("submissions_rendering", "file_id", "submissions_storedfile"),
        tie("submissions_preview", "file_id", "submissions_storedfile"),
        tie("submissions_captions", "file_id", "submissions_storedfile"),
        tie("submissions_upload", "artifact_id", "submissions_artifact"),
        tie("submissions_uploadpart", "upload_id", "submissions_upload"),
        tie("submissions_hold", "work_id", "submissions_work"),
        tie("submissions_aiuse", "submission_id", "submissions_submission"),
        tie("submissions_logentry", "submission_id", "submissions_submission"),
        tie("submissions_quiztry", "submission_id", "submissions_submission"),
        tie("submissions_pointer", "artifact_id", "submissions_artifact"),
        tie("submissions_coachnote", "submission_id", "submissions_submission"),
        tie("submissions_conversation", "submission_id", "submissions_submission"),
        tie("submissions_fee", "work_id", "submissions_work"),
        tie("submissions_payment", "fee_id", "submissions_fee"),
        tie("submissions_voucheruse", "voucher_id", "submissions_voucher"),
        tie("submissions_voucheruse", "fee_id", "submissions_fee"),
        migrations.RunSQL(FORGET, "DROP FUNCTION forget_old_audit(integer)"),
    ]
