"""Canonical JSON: one sequence of bytes for one value, so that a text can be hashed and compared."""

import hashlib
from typing import Any

import orjson


def dumps(value: Any) -> bytes:
    """Sorted keys, no white space, UTF-8. Floats are not expected; raises TypeError for what JSON has not."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def content_hash(value: Any) -> str:
    """`sha256:` and the hex digest of the canonical JSON of `value`."""
    return "sha256:" + hashlib.sha256(dumps(value)).hexdigest()
