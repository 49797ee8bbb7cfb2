"""From the bytes that somebody hands in to the credential inside: JSON, or baked into PNG or SVG."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from badges.openbadges.baking import MAX_BADGE, PNG_SIGNATURE, unbake_png, unbake_svg
from badges.openbadges.canonical import MAX_DEPTH, MAX_VALUES
from badges.openbadges.errors import FileInvalid, gettext_noop

BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{\]}]', re.DOTALL)
SURROGATE = re.compile("[\ud800-\udfff]")
ADDRESS = re.compile(r"https?://[^\s<>\"]{1,1900}\Z")
COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")

UNKNOWN_FILE = gettext_noop("This is not a badge file. We can read PNG, SVG and JSON badges, and tokens.")
NOT_JSON = gettext_noop("The badge data is damaged: it is not valid JSON.")
TWICE = gettext_noop("The badge data is not clear: it says “%(key)s” twice.")
NOT_AN_OBJECT = gettext_noop("The badge data is not a badge.")
TOO_BIG = gettext_noop("This file is too big for a badge. The limit is %(kilobytes)s KB.")
TOO_DEEP = gettext_noop("This badge is nested too deeply to be read safely.")
TOO_MANY = gettext_noop("This badge has too many parts to be read safely.")
Source = Literal["json", "png", "svg"]


@dataclass(frozen=True)
class ReadBadge:
    """What was found in a file, not yet checked: a document, a token (compact JWS), or where the badge is kept."""

    source: Source
    credential: dict[str, Any] | None = None
    token: str = ""
    address: str = ""


def read_badge_file(data: bytes) -> ReadBadge:
    """The badge in a PNG, SVG, JSON or token file; raises FileInvalid with a sentence for everything else."""
    if data.startswith(PNG_SIGNATURE):
        return _read_text(unbake_png(data), "png")
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _read_text(unbake_svg(data), "svg")
    if len(data) > MAX_BADGE:
        raise FileInvalid(TOO_BIG, code="size", kilobytes=MAX_BADGE // 1024)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileInvalid(UNKNOWN_FILE, code="file-type") from error
    if not start.startswith(b"{") and not COMPACT_JWS.match(text.strip()):
        raise FileInvalid(UNKNOWN_FILE, code="file-type")
    return _read_text(text, "json")


def _read_text(text: str, source: Source) -> ReadBadge:
    """A badge inside of a picture may also be the address at which it is kept (Open Badges 2.0, baking)."""
    text = text.strip()
    if COMPACT_JWS.match(text):
        if len(text) > MAX_BADGE:
            raise FileInvalid(TOO_BIG, code="size", kilobytes=MAX_BADGE // 1024)
        return ReadBadge(source, token=text)
    if source != "json" and ADDRESS.match(text):
        return ReadBadge(source, address=text)
    return ReadBadge(source, credential=parse_object(text))


def parse_object(text: str) -> dict[str, Any]:
    """The JSON object in `text` within limits of size, depth and number; raises FileInvalid."""
    text = text.strip()
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BADGE:
        raise FileInvalid(TOO_BIG, code="size", kilobytes=MAX_BADGE // 1024)
    _check_depth(data)
    try:
        value = json.loads(text, object_pairs_hook=_unambiguous, parse_constant=_refuse)
    except FileInvalid:
        raise
    except (ValueError, RecursionError) as error:
        raise FileInvalid(NOT_JSON, code="json") from error
    if not isinstance(value, dict):
        raise FileInvalid(NOT_AN_OBJECT, code="not-an-object")
    _check_values(value)
    return value


def _check_depth(data: bytes) -> None:
    """Count brackets outside of strings before any recursive parser sees the text."""
    depth = 0
    for match in BRACKETS.finditer(data):
        token = match.group()
        if token in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise FileInvalid(TOO_DEEP, code="too-deep")
        elif token in b"]}":
            depth -= 1


def _check_values(value: Any) -> None:
    """Refuse too many values, and halves of surrogate pairs, which no page could show."""
    count, stack = 0, [value]
    while stack:
        count += 1
        if count > MAX_VALUES:
            raise FileInvalid(TOO_MANY, code="too-big")
        inner = stack.pop()
        if isinstance(inner, dict):
            stack.extend(inner)
            stack.extend(inner.values())
        elif isinstance(inner, list):
            stack.extend(inner)
        elif isinstance(inner, str) and SURROGATE.search(inner):
            raise FileInvalid(NOT_JSON, code="json")


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise FileInvalid(TWICE, code="duplicate-key", key=ascii(twice)[:60])
    return result


def _refuse(constant: str) -> None:
    raise FileInvalid(NOT_JSON, code="json")
