"""Captions as people bring them, WebVTT, SubRip or typed, made into plain WebVTT: times and words, nothing else."""

import html
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from webvtt import WebVTT
from webvtt.errors import MalformedCaptionError, MalformedFileError

from lib.errors import Invalid

MOST_BYTES = 500_000
_ARROW = "-->"
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,6}))?")
_SETTINGS = re.compile(r"(?:\s+[a-z]+:\S+)*\s*")
_LONE_AMPERSAND = re.compile(r"&amp;(?![A-Za-z#])")
_NO_CUE = ("WEBVTT", "NOTE", "STYLE", "REGION")


@dataclass(frozen=True)
class Cue:
    """Words that are shown from `start` to `end`, both in milliseconds."""

    start: int
    end: int
    text: str


def decoded(content: bytes) -> str:
    """The text of a captions file. Raises Invalid (400) when it is too large or in no encoding we read."""
    if len(content) > MOST_BYTES:
        raise _too_long()
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Invalid(
            _("This is no captions file that we can read. Save it as text in UTF-8 and choose it again."), field="file"
        ) from problem


def cues_of(text: str) -> list[Cue]:
    """The captions in `text`. Raises Invalid (400) that names the line that is wrong."""
    if len(text.encode()) > MOST_BYTES:
        raise _too_long()
    lines = [line.rstrip() for line in text.replace("\x00", "").lstrip("\ufeff").splitlines()]
    strict = _strict(lines)
    try:
        captions = list(WebVTT.from_string(strict, strict=True))
    except (MalformedFileError, MalformedCaptionError) as problem:
        message = _("These captions cannot be read. Each needs a line with times, then its words.")
        raise Invalid(message, field="text") from problem
    cues = [
        Cue(_thousandths(each.start), _thousandths(each.end), html.unescape(each.text).strip()) for each in captions
    ]
    cues = [each for each in cues if each.text]
    if not cues:
        raise Invalid(
            _("There are no captions in this. Each needs a line like 0:02 --> 0:05, then its words."), field="text"
        )
    return cues


def written(cues: list[Cue]) -> str:
    """The cues as a WebVTT file that holds no markup of anyone's."""
    blocks = (f"{_stamp(each.start)} {_ARROW} {_stamp(each.end)}\n{_escaped(each.text)}" for each in cues)
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def editable(text: str) -> str:
    """A stored file as the editor shows it: without its first line, and with signs as people write them.

    Where a sign would then be read as markup it stays written out, so that saving changes nothing.
    """
    return _LONE_AMPERSAND.sub("&", text.removeprefix("WEBVTT").strip().replace("&gt;", ">"))


def _strict(lines: list[str]) -> str:
    """The lines as strict WebVTT. All problems that can be blamed on a line are found here."""
    made = ["WEBVTT", ""]
    for first, block in _blocks(lines):
        at = next((n for n, line in enumerate(block) if _ARROW in line), None)
        if at is None:
            if block[0].startswith(_NO_CUE):
                continue
            message = _("Line %(n)s: these words have no times. Write a line like 0:02 --> 0:05 above them.")
            raise Invalid(message % {"n": first}, field="text")
        more = next((n for n, line in enumerate(block) if n > at and _ARROW in line), None)
        if more is not None:
            message = _("Line %(n)s: leave an empty line before each line with times.")
            raise Invalid(message % {"n": first + more}, field="text")
        made += [_timing(block[at], first + at), *block[at + 1 :], ""]
    return "\n".join(made)


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Runs of lines that are not empty, each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    fresh = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            fresh = True
        elif fresh:
            blocks.append((number, [line]))
            fresh = False
        else:
            blocks[-1][1].append(line)
    return blocks


def _timing(line: str, number: int) -> str:
    left, _arrow, right = line.partition(_ARROW)
    begins, ends = _TIME.fullmatch(left.strip()), _TIME.match(right.strip())
    if begins is None or ends is None or not _SETTINGS.fullmatch(right.strip()[ends.end() :]):
        message = _("Line %(n)s: write times like 0:02 --> 0:05, or 1:02:03.500 --> 1:02:05.000.")
        raise Invalid(message % {"n": number}, field="text")
    start, end = _read(begins), _read(ends)
    if start is None or end is None:
        raise Invalid(_("Line %(n)s: minutes and seconds go up to 59.") % {"n": number}, field="text")
    if start >= end:
        raise Invalid(_("Line %(n)s: the second time has to be later than the first.") % {"n": number}, field="text")
    return f"{_stamp(start)} {_ARROW} {_stamp(end)}"


def _read(match: re.Match[str]) -> int | None:
    hours, minutes, seconds = (int(each or 0) for each in match.groups()[:3])
    if minutes > 59 or seconds > 59:
        return None
    return (hours * 3600 + minutes * 60 + seconds) * 1000 + int((match[4] or "0")[:3].ljust(3, "0"))


def _thousandths(stamp: str) -> int:
    match = _TIME.fullmatch(stamp)
    return _read(match) or 0 if match else 0


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{rest:03}"


def _escaped(text: str) -> str:
    lines = (" ".join(line.split()).replace(_ARROW, "→") for line in text.splitlines())
    return html.escape("\n".join(line for line in lines if line), quote=False)


def _too_long() -> Invalid:
    size = MOST_BYTES // 1000
    return Invalid(_("These captions are too long. The limit is %(n)s kB.") % {"n": size}, field="text")
