"""Audit rows can be deleted when they are old, and only by a function of their owner (submissions 0007_retention)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0003_logo'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='auditentry',
            name='audit_is_append_only',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditentry',
            trigger=pgtrigger.compiler.Trigger(name='audit_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='96525721e83cf257b3b160b6da4bc9f196bbd95a', operation='UPDATE', pgid='pgtrigger_audit_is_append_only_f0211', table='tenants_auditentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditentry',
            trigger=pgtrigger.compiler.Trigger(name='audit_is_forgotten_late', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF OLD.at < now() - interval '30 days' AND pg_has_role(current_user, (\n                        SELECT relowner FROM pg_class WHERE oid = TG_RELID\n                    ), 'USAGE') THEN\n                        RETURN OLD;\n                    END IF;\n                    RAISE EXCEPTION 'audit rows are only deleted by forget_old_audit()';\n                ", hash='5641593331292fe22581e1b409348d7651af3e60', operation='DELETE', pgid='pgtrigger_audit_is_forgotten_late_d96a0', table='tenants_auditentry', when='BEFORE')),
        ),
    ]
