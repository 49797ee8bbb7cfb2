"""Recording what was done. Every action calls `record` in the transaction of its writes."""

from collections.abc import Iterable
from typing import Any

import structlog
from django.db import models

from tenants.models import AuditEntry
from tenants.roles import Member


def record(by: Member, verb: str, obj: models.Model, **facts: Any) -> AuditEntry:
    """Add an audit row for `verb` on `obj` in the tenant of `by`. `facts` must be JSON and free of private text."""
    return record_all(by, verb, [(obj, facts)])[0]


def record_all(by: Member, verb: str, done: Iterable[tuple[models.Model, dict[str, Any]]]) -> list[AuditEntry]:
    """`record` for many objects at once, each with its facts."""
    context = structlog.contextvars.get_contextvars()
    request = str(context.get("request_id") or context.get("task_id") or "")[:64]
    return AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                tenant=by.tenant,
                actor=by.user,
                verb=verb,
                object_type=obj._meta.label_lower,
                object_id=obj.pk,
                facts=facts,
                request_id=request,
            )
            for obj, facts in done
        ]
    )
