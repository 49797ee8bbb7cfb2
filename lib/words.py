"""Reading what people type: words, counted as the page counts them, and whole numbers."""

import re
from uuid import UUID

_WORD = re.compile(r"\S+")


def count_words(text: str) -> int:
    """Runs of characters that are not white space; the same rule as in static/js/app.js."""
    return len(_WORD.findall(text))


def whole_number(text: str, *, digits: int = 9) -> int | None:
    """The number that `text` is when it is at most `digits` digits and nothing else; None otherwise.

    `int` alone also takes signs, blanks and other scripts, and raises for thousands of digits.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def as_uuid(text: str) -> UUID | None:
    """The id that `text` is; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
