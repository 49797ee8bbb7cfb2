"""Counting words the way the page does, so that browser and server never disagree."""

import re

_WORD = re.compile(r"\S+")


def count_words(text: str) -> int:
    """Runs of characters that are not white space; the same rule as in static/js/app.js."""
    return len(_WORD.findall(text))
