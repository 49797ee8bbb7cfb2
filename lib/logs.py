"""What must not be in a log: the secrets that some addresses carry."""

import re
from collections.abc import MutableMapping
from typing import Any

# Whoever reads one of these could use it: invitation links and password reset links.
_SECRET = re.compile(r"(/join/)[^/?\s]+|(/password/reset/[0-9A-Za-z]+-)[^/?\s]+")


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the secret part of a logged address becomes “…”."""
    for name in ("request", "event"):
        if isinstance(event.get(name), str):
            event[name] = _SECRET.sub(r"\1\2…", event[name])
    return event
