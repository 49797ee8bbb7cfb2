"""Recording what was done. Every action calls `record` in the transaction of its writes."""

from collections.abc import Sequence
from typing import Any

import orjson
import structlog
from django.db import models

from lib.bulk import insert_many
from lib.ids import uuid7
from tenants.models import AuditEntry
from tenants.roles import Member


def record(by: Member, verb: str, obj: models.Model, **facts: Any) -> AuditEntry:
    """Add an audit row for `verb` on `obj` in the tenant of `by`. `facts` must be JSON and free of private text."""
    entry = _entry(by, verb, obj)
    entry.object_id, entry.facts = obj.pk, facts
    entry.save(force_insert=True)
    return entry


def record_all(by: Member, verb: str, done: Sequence[tuple[models.Model, dict[str, Any]]]) -> None:
    """`record` for many objects of one kind at once, each with its facts."""
    if not done:
        return
    columns = {
        "id": [str(uuid7()) for _each in done],
        "object_id": [str(obj.pk) for obj, _facts in done],
        "facts": [orjson.dumps(facts).decode() for _obj, facts in done],
    }
    insert_many(_entry(by, verb, done[0][0]), columns)


def _entry(by: Member, verb: str, obj: models.Model) -> AuditEntry:
    context = structlog.contextvars.get_contextvars()
    return AuditEntry(
        tenant=by.tenant,
        actor=by.user,
        verb=verb,
        object_type=obj._meta.label_lower,
        request_id=str(context.get("request_id") or context.get("task_id") or "")[:64],
    )
