"""Turns Ctrl-C, SIGTERM and SIGHUP into one exception, so that `with` blocks stop what they started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The person or the system asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


class _State:
    held = False
    pending: int | None = None


def install() -> None:
    """Raise Stopped in the main thread on the first signal; later signals do not disturb the stopping."""
    for number in _SIGNALS:
        signal.signal(number, _on_signal)


@contextmanager
def hold() -> Iterator[None]:
    """Delay a signal until the block ends: a process must not start without being written down."""
    _State.held = True
    try:
        yield
    finally:
        _State.held = False
    if _State.pending is not None:
        _raise(_State.pending)


@contextmanager
def keyboard_left_to_child() -> Iterator[None]:
    """Let a child on the same terminal (a shell, say) decide what Ctrl-C means."""
    before = signal.signal(signal.SIGINT, _ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _ignore(number: int, frame: FrameType | None) -> None:
    """A handler rather than SIG_IGN, because a child would inherit SIG_IGN."""


def _on_signal(number: int, frame: FrameType | None) -> None:
    if _State.held:
        _State.pending = number
    else:
        _raise(number)


def _raise(number: int) -> None:
    for each in _SIGNALS:
        signal.signal(each, _ignore)
    raise Stopped(number)
