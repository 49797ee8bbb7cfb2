"""File names as people see them: kept readable, made harmless. Nothing is ever stored under such a name."""

import re
import unicodedata

LONGEST = 120
_JOINERS = {"\u200c", "\u200d"}  # part of words in Persian and of some emoji


def clean_name(raw: str) -> str:
    """The last part of a path, without control and direction characters, at most LONGEST characters long.

    The extension survives shortening. A name with nothing readable in it becomes "file".
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", raw)[-1])
    name = "".join(each for each in name if each in _JOINERS or unicodedata.category(each)[0] != "C")
    stem, dot, extension = " ".join(name.split()).rpartition(".")
    if not dot or not extension or len(extension) > 10:
        return f"{stem}{dot}{extension}".strip(". ")[:LONGEST] or "file"
    return f"{stem.strip('. ')[: LONGEST - len(extension) - 1] or 'file'}.{extension}"


def extension_of(name: str) -> str:
    """Lower case, without the dot; empty when there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""
