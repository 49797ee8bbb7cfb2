"""Sound recordings as every browser plays them: AAC in MP4."""

from pathlib import Path

from submissions.media.processors.ffmpeg import convert, form_of, options, probe, source, tell_what_is_missing
from submissions.media.processors.task import Refused, Task

_RENDITION = Path("audio.m4a")
_RENDER = options(
    "-map 0:a:0 -c:a aac -b:a 128k -ac 2 -vn -sn -dn -map_metadata -1 -map_chapters -1 -movflags +faststart"
)


def make(task: Task) -> None:
    """A recording to play. Cover pictures in it are left alone."""
    form = form_of(task.content_type)
    facts = probe(task, task.source, form)
    if not facts.audio:
        raise Refused("no_sound")
    given = source(task.source, form, task.limits.pixels)
    seconds = task.limits.media_seconds(facts.seconds)
    if not convert(task, [*given, *_RENDER, "-f", "mp4", f"file:{_RENDITION}"], seconds=seconds):
        raise Refused("damaged")
    made = probe(task, _RENDITION, "mov")
    if not made.audio or not made.seconds:
        raise Refused("damaged")
    task.add("audio", str(_RENDITION), "audio/mp4")
    task.seconds = made.seconds
    tell_what_is_missing(task, facts.seconds, made.seconds)
