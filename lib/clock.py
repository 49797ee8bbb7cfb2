"""The one clock. Everything that needs the time asks here, so that the demo and the tests can travel."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _set_to.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Run the block as if it were `moment` (aware). Only this thread and its context are affected."""
    if timezone.is_naive(moment):
        raise ValueError("clock.at() needs a datetime with a time zone")
    token = _set_to.set(moment)
    try:
        yield moment
    finally:
        _set_to.reset(token)
