"""AuditEntry: who did what to what, and when. Rows are only ever added, and forgotten when they are old."""

import pgtrigger
from django.db import models

from lib import clock
from tenants.models.people import User
from tenants.models.scoped import ScopedModel


class AuditEntry(ScopedModel):
    """One action. `facts` holds what a reader needs to understand it later; never evidence or secrets."""

    at = models.DateTimeField(default=clock.now, editable=False)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the system itself
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["tenant", "-at"], name="audit_by_time"),
            models.Index(fields=["object_id", "-at"], name="audit_by_object"),
        ]
        triggers = [
            pgtrigger.Protect(name="audit_is_append_only", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="audit_is_forgotten_late",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                # Within forget_old_audit() (see docs/adr/0013) the current user is the owner of the table.
                func="""
                    IF OLD.at < now() - interval '30 days' AND pg_has_role(current_user, (
                        SELECT relowner FROM pg_class WHERE oid = TG_RELID
                    ), 'USAGE') THEN
                        RETURN OLD;
                    END IF;
                    RAISE EXCEPTION 'audit rows are only deleted by forget_old_audit()';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.object_type}"
