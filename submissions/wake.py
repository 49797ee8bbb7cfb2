"""Waking the workers of this app. Tasks are named, not imported: they import the actions that wake them."""

from celery import current_app

from lib.nudge import nudge
from tenants.models import ScopedModel


def wake(task: str, row: ScopedModel) -> None:
    """Ask a worker, once this transaction has committed, to do `submissions.tasks.<task>` for `row`."""
    nudge(current_app.signature(f"submissions.tasks.{task}"), str(row.tenant_id), str(row.id))
