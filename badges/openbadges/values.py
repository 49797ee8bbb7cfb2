"""Reading single values out of credentials that strangers wrote: nothing here raises."""

from datetime import UTC, datetime
from typing import Any

from badges.openbadges.errors import BadgeError, NotResolved
from badges.openbadges.report import State, Step


def issuer_id(document: dict[str, Any]) -> str:
    """The id of the issuer, whether it is written as a text or as a Profile."""
    issuer = document.get("issuer")
    return str(issuer.get("id")) if isinstance(issuer, dict) else str(issuer)


def moment(value: object) -> datetime | None:
    """An XML Schema dateTimeStamp; None for anything else, also for a time without zone."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def dicts(value: object) -> list[dict[str, Any]]:
    """The objects among one or several values."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def strings(value: object) -> list[str]:
    """The texts among one or several values."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def text_of(value: object, most: int = 200) -> str:
    """A text, or the first of a language map (Open Badges 3.0 allows both); empty for anything else."""
    if isinstance(value, dict):
        value = next((inner for inner in value.values() if isinstance(inner, str)), "")
    return value[:most].strip() if isinstance(value, str) else ""


def step_from(name: str, error: BadgeError, state: State = "failed") -> Step:
    """The step that an error stands for."""
    return Step(name, state, error.template, error.params, unreachable=isinstance(error, NotResolved))
