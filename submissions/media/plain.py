"""Text of strangers, made fit for a database and a page."""

import re

# NUL and other control characters, halves of surrogate pairs, and what turns the direction of the text around it
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def plain(text: str) -> str:
    """`text` without control characters, lines ended by a line feed only, no white space around."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")).strip()
