"""The texts of the demo, as data."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@lru_cache
def programme() -> dict[str, Any]:
    """Tenants, editions, stacks and policies."""
    return _read("programme.json")


@lru_cache
def samples() -> dict[str, Any]:
    """What simulated people write, hand in and comment."""
    return _read("samples.json")


def edition(file: str) -> dict[str, Any]:
    """One edition in laurel.edition/1. Nobody opened its links while writing, so none is said to be checked."""
    data = _read(file)
    for item in data["research"]:
        item["checked_on"] = None
    return data


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())
