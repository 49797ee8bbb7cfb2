"""Keeps programs running: one that ends is started again, each time after a longer pause."""

import time
from dataclasses import dataclass

from config.local.processes import Child
from config.local.terminal import say

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds
SETTLED = 60.0  # seconds of running after which the pause is short again


@dataclass
class _Watched:
    child: Child
    pause: float
    started: float
    start_at: float | None = None
    ends: int = 0


class Supervisor:
    """Watches children; call tick() about twice a second."""

    def __init__(self, children: list[Child], first_pause: float = FIRST_PAUSE) -> None:
        """Watch children that run already. `first_pause`: seconds before the first restart."""
        self._first_pause = first_pause
        self._watched: list[_Watched] = []
        for child in children:
            self._watch(child)

    def start(self, child: Child) -> None:
        """Start a child and watch it."""
        child.start()
        self._watch(child)

    def tick(self) -> None:
        """Notice what has ended and start what is due."""
        now = time.monotonic()
        for each in self._watched:
            if each.start_at is not None:
                if now >= each.start_at:
                    each.start_at, each.started = None, now
                    each.child.start()
            elif (code := each.child.exit_code()) is not None:
                self._ended(each, code, now)

    def crash_looping(self, limit: int = 3) -> Child | None:
        """Return a child that has ended `limit` times since the supervisor began."""
        return next((each.child for each in self._watched if each.ends >= limit), None)

    def _watch(self, child: Child) -> None:
        self._watched.append(_Watched(child, self._first_pause, time.monotonic()))

    def _ended(self, each: _Watched, code: int, now: float) -> None:
        each.child.clear()
        if now - each.started > SETTLED:
            each.pause = self._first_pause
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        again = f"starting it again in {each.pause:.0f} s"
        say(f"The {each.child.name} stopped ({how}); {again}. See {each.child.log}")
        each.ends += 1
        each.start_at = now + each.pause
        each.pause = min(each.pause * 2, LONGEST_PAUSE)
