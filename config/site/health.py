"""Whether the parts this installation needs answer, each asked in a thread of its own with a time limit."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from redis import Redis

from config.celery import app

log = structlog.get_logger(__name__)

LIMIT = 2.0  # seconds for all answers together
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")


class Silent(Exception):
    """A part that was asked and did not answer."""


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()  # of this thread


def _broker() -> None:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
        redis.ping()


def _storage() -> None:
    default_storage.exists("healthz")


def _worker() -> None:
    _broker()  # without it there is nobody to ask, and Celery would keep trying to connect
    if not app.control.inspect(timeout=1.0).ping():
        raise Silent("no worker answered")


PARTS: dict[str, Callable[[], None]] = {
    "database": _database,
    "broker": _broker,
    "storage": _storage,
    "worker": _worker,
}


def report() -> dict[str, dict[str, Any]]:
    """For each part {"ok": True} or {"ok": False, "why": …}. Takes at most LIMIT seconds, whatever hangs."""
    deadline = monotonic() + LIMIT
    asked = {name: _pool.submit(part) for name, part in PARTS.items()}
    return {name: _answer(name, answer, deadline) for name, answer in asked.items()}


def _answer(name: str, answer: Future[None], deadline: float) -> dict[str, Any]:
    """What came of one question. The page is public, so it names the kind of problem; the log has the rest."""
    try:
        answer.result(timeout=max(0.0, deadline - monotonic()))
    except TooSlow:
        answer.cancel()
        why = f"no answer within {LIMIT:g} seconds"
    except Silent as problem:
        why = str(problem)
    except Exception as problem:  # whatever a driver raises: it is the answer to the question
        log.warning("unhealthy", part=name, problem=str(problem))
        why = type(problem).__name__
    else:
        return {"ok": True}
    return {"ok": False, "why": why}
