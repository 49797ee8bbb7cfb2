"""What this package tells the person at the terminal."""

import contextlib


class Problem(Exception):
    """Something the person can mend; the message is a sentence that says how."""


def say(text: str) -> None:
    """Print at once. A terminal that has gone away must not keep us from stopping what we started."""
    with contextlib.suppress(OSError):
        print(text, flush=True)
