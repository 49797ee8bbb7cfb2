"""Pages of one shape, rendered once in each process: what differs from badge to badge is put in afterwards.

Only what an anonymous visitor without any cookie sees is kept, so that nothing of a person can be in it. What a page
looks like is in its Shape, word by word, so nothing has to be dropped when a tenant changes its name or colours.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from html import escape
from threading import Lock

from django.utils.safestring import SafeString

from badges.page import Shape

KEPT = 500  # shapes, of about 15 kB each
_MARK = secrets.token_hex(16)  # nobody can have written it into a title
_SPLIT = re.compile(f"{_MARK}x([a-z_]+)x")


class Skeleton:
    """A page in pieces: bytes that stay, and names of the values that belong between them."""

    def __init__(self, html: str) -> None:
        pieces = _SPLIT.split(html)
        self._still = [piece.encode() for piece in pieces[::2]]
        self._names = pieces[1::2]
        self._used = set(self._names)

    def fill(self, values: dict[str, str]) -> bytes:
        """The page with these values, each escaped as a template does it."""
        written = {name: _written(values[name]) for name in self._used}
        page = [self._still[0]]
        for name, still in zip(self._names, self._still[1:], strict=True):
            page += (written[name], still)
        return b"".join(page)


def _written(value: str) -> bytes:
    return (value if isinstance(value, SafeString) else escape(value)).encode()


def marks_for(values: dict[str, str]) -> dict[str, str]:
    """For each value a mark that a template takes for plain text, whatever it does with it."""
    return {name: f"{_MARK}x{name}x" for name in values}


class _Cache:
    """The skeletons used last. Threads of one process share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Shape, Skeleton] = OrderedDict()
        self._lock = Lock()

    def get(self, shape: Shape) -> Skeleton | None:
        """The skeleton of a shape, if it was rendered here before."""
        with self._lock:
            found = self._kept.get(shape)
            if found is not None:
                self._kept.move_to_end(shape)
            return found

    def put(self, shape: Shape, skeleton: Skeleton) -> None:
        """Keep a skeleton, and let go of the one that was not used for the longest time."""
        with self._lock:
            self._kept[shape] = skeleton
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._kept.clear()


cache = _Cache()


def page_from(shape: Shape, values: dict[str, str], render: Callable[[dict[str, str]], str]) -> bytes:
    """The page of a badge: from its skeleton, which `render` makes of marks when it is not there yet."""
    skeleton = cache.get(shape)
    if skeleton is None:
        skeleton = Skeleton(render(marks_for(values)))
        cache.put(shape, skeleton)
    return skeleton.fill(values)
