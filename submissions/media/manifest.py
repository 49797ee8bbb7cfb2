"""The list of what the child made. It may have been taken over by the file it read, so each line is checked."""

import json
import math
import re
import stat
from pathlib import Path
from typing import Any

from submissions.media.answers import Made, Preview
from submissions.media.limits import Limits
from submissions.media.plain import plain
from submissions.media.processors.task import MANIFEST
from submissions.media.sentences import PROBLEMS, left_out

_MOST_BYTES_BESIDES = 1_000_000  # of the manifest, beside the texts

_TYPES = {
    "thumb": {"image/webp"},
    "image": {"image/webp", "image/jpeg"},
    "page": {"image/webp"},
    "poster": {"image/webp", "image/jpeg"},
    "video": {"video/mp4"},
    "audio": {"audio/mp4"},
    "html": {"text/html"},
}
_MAGIC = {
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "video/mp4": re.compile(rb"....ftyp", re.DOTALL),
    "audio/mp4": re.compile(rb"....ftyp", re.DOTALL),
    "text/html": re.compile(rb"<!doctype html>\n"),
}
_FILE_NAME = re.compile(r"[a-z0-9-]{1,40}\.(webp|jpg|mp4|m4a|html)")
_MOST_SIDE = 100_000  # pixels
_MOST_SECONDS = 1_000_000
_MOST_PAGES = 1_000_000


class Unbelievable(Exception):  # noqa: N818 - says what is wrong with the manifest, for the log
    """The child wrote something that it cannot have meant."""


def read_manifest(scratch: Path, folder: Path, limits: Limits) -> tuple[str, Made]:
    """The problem the child reports ("" for none) and what it made, with paths as they will be in `folder`.

    Raises Unbelievable when the manifest is missing or anything in it is not as agreed.
    """
    path = scratch / MANIFEST
    _check_file(path, _MOST_BYTES_BESIDES + 8 * limits.text_characters)
    try:
        told = json.loads(path.read_bytes())
        problem = told["problem"]
        if problem not in {"", *PROBLEMS}:
            raise Unbelievable(f"problem {problem!r}")
        if problem:
            return problem, Made([], None, 0, [], "")
        previews = [_preview(each, scratch, folder, limits) for each in told["previews"]]
        _check_previews(previews, limits)
        made = Made(previews, _seconds(told["seconds"]), _whole(told["pages"], _MOST_PAGES), [], "")
        note = left_out(
            (what, {key: _whole(value, 10**12) for key, value in facts.items()}) for what, facts in told["left_out"]
        )
        texts = _texts(told["texts"], limits)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as reason:
        raise Unbelievable(repr(reason)) from reason
    return "", Made(made.previews, made.seconds, made.pages, texts, note)


def _preview(told: dict[str, Any], scratch: Path, folder: Path, limits: Limits) -> Preview:
    kind, name, content_type = told["kind"], told["name"], told["content_type"]
    if content_type not in _TYPES[kind]:
        raise Unbelievable(f"{kind} as {content_type!r}")
    if not _FILE_NAME.fullmatch(name):
        raise Unbelievable(f"file name {name!r}")
    _check_file(scratch / name, limits.output_bytes)
    with (scratch / name).open("rb") as file:
        if not _MAGIC[content_type].match(file.read(32)):
            raise Unbelievable(f"{name} is not {content_type}")
    numbers = {key: _whole(told[key], _MOST_SIDE) for key in ("position", "width", "height")}
    return Preview(kind, folder / name, content_type, **numbers)


def _check_file(path: Path, most_bytes: int) -> None:
    """A plain file, not a link to somewhere else, neither empty nor too large."""
    try:
        found = path.lstat()
    except OSError as reason:
        raise Unbelievable(f"{path.name}: {reason.strerror}") from reason
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or not 0 < found.st_size <= most_bytes:
        raise Unbelievable(f"{path.name} is no file we take")


def _check_previews(previews: list[Preview], limits: Limits) -> None:
    places = {(preview.kind, preview.position) for preview in previews}
    names = {preview.path.name for preview in previews}
    if not previews or not len(places) == len(names) == len(previews) or len(previews) > limits.pages + 10:
        raise Unbelievable(f"{len(previews)} previews in {len(places)} places under {len(names)} names")


def _whole(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise Unbelievable(f"number {value!r}")
    return value


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= _MOST_SECONDS:
        raise Unbelievable(f"seconds {value!r}")
    return float(value)


def _texts(value: list[object], limits: Limits) -> list[str]:
    texts = [plain(text) for text in value if isinstance(text, str)]
    if len(texts) != len(value) or len(texts) > max(1, limits.pages):
        raise Unbelievable("texts")
    if sum(map(len, texts)) > limits.text_characters:
        raise Unbelievable("too much text")
    return texts
