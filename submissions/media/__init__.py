"""Previews of evidence: one checked file in, pictures, pages, film, sound or a small document out.

A pure library. It knows nothing of works, tenants, storage or the database; it reads one file and writes into one
folder. Everything that touches the content of the file runs in a child process, see sandbox.py and
docs/adr/0011-previews-in-a-child-process.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from submissions.media.answers import CannotPreview, Made, Preview
    from submissions.media.limits import Limits
    from submissions.media.making import can_preview, make_previews

__all__ = ["CannotPreview", "Limits", "Made", "Preview", "can_preview", "make_previews"]

_HOMES = {"CannotPreview": "answers", "Made": "answers", "Preview": "answers", "Limits": "limits"}


def __getattr__(name: str) -> Any:
    """Load on first use: the child process imports this package too and should not load the trusted side of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'making')}"), name)
