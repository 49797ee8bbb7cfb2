"""Wake a Celery worker after commit. A nudge may get lost: the row is the queue of record and beat sweeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Nudge nobody in this block: for bulk work that finishes its own rows, or leaves them to the sweeps."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def nudge(task: Any, *args: str, after: int = 0) -> None:
    """Run `task` once the current transaction has committed, and `after` seconds more have passed.

    A broker that is down is only logged.
    """

    def call() -> None:
        try:
            if after:
                task.apply_async(args, countdown=after)
            else:
                task.delay(*args)
        except (OperationalError, RedisError, OSError) as problem:
            log.warning("nudge_lost", task=task.name, problem=str(problem))

    if not _quiet.get():
        transaction.on_commit(call)
