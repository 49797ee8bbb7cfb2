"""Wake a Celery worker after commit. A nudge may get lost: the row is the queue of record and beat sweeps."""

from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def nudge(task: Any, *args: str) -> None:
    """Call `task.delay(*args)` once the current transaction has committed. A broker that is down is only logged."""

    def call() -> None:
        try:
            task.delay(*args)
        except (OperationalError, RedisError, OSError) as problem:
            log.warning("nudge_lost", task=task.name, problem=str(problem))

    transaction.on_commit(call)
