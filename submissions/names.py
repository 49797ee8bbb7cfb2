"""Finding a person's name in texts: in any case, with or without accents, but only as words of their own."""

import re
import unicodedata

SHORTEST = 3  # letters: shorter parts of names are found everywhere
_LETTERS = re.compile(r"[^\W\d_]+")
_UNSEEN = {"Mn", "Me", "Cf"}  # accents on their own, and signs like the soft hyphen
# Letters that no decomposition takes the stroke off.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})


def words_of(text: str) -> set[str]:
    """The words of a text as they are compared: in small letters, without accents and signs that cannot be seen."""
    return set(_LETTERS.findall(_bare(_bare(text).casefold()).translate(_STROKES)))


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(each for each in decomposed if unicodedata.category(each) not in _UNSEEN)


def parts_of(name: str) -> frozenset[str]:
    """The parts of a person's name that are long enough to look for."""
    return frozenset(word for word in words_of(name) if len(word) >= SHORTEST)


def names_someone(text: str, parts: frozenset[str]) -> bool:
    """Whether one of `parts`, as `parts_of` gives them, stands in `text` as a word of its own."""
    return bool(parts) and not parts.isdisjoint(words_of(text))
