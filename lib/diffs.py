"""What changed between two texts, word by word."""

import difflib
import re

_WORDS = re.compile(r"\S+\s*|\s+")  # with the space behind it: spaces alone would match everywhere
MOST_WORDS = 3000  # of both texts together: comparing takes time by the square

Change = tuple[str, str]  # "+", "-" or "", and the words


def word_diff(old: str, new: str) -> list[Change] | None:
    """The words of both in order, each run marked as added, taken out or kept; None for texts too long to compare."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        return None
    changes: list[Change] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            changes.append(("", "".join(before[a:b])))
            continue
        if a != b:
            changes.append(("-", "".join(before[a:b])))
        if c != d:
            changes.append(("+", "".join(after[c:d])))
    return changes
