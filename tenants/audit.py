"""Recording what was done. Every action calls `record` in the transaction of its writes."""

from typing import Any

import structlog
from django.db import models

from tenants.models import AuditEntry
from tenants.roles import Member


def record(by: Member, verb: str, obj: models.Model, **facts: Any) -> AuditEntry:
    """Add an audit row for `verb` on `obj` in the tenant of `by`. `facts` must be JSON and free of private text."""
    context = structlog.contextvars.get_contextvars()
    return AuditEntry.objects.create(
        tenant=by.tenant,
        actor=by.user,
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        facts=facts,
        request_id=str(context.get("request_id") or context.get("task_id") or "")[:64],
    )
