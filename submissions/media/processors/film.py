"""Video as every browser plays it: H.264 and AAC in MP4, at most 1280 by 720 and 30 frames a second; and a poster."""

from pathlib import Path

from submissions.media.processors.ffmpeg import Facts, convert, form_of, options, probe, source, tell_what_is_missing
from submissions.media.processors.pixels import POSTER_SIDE, add_picture, add_thumb, read
from submissions.media.processors.task import Refused, Task

_LONG, _SHORT, _RATE = 1280, 720, 30  # pixels, pixels, frames a second
_RENDITION, _POSTER = Path("video.mp4"), Path("poster.png")
_POSTER_SECONDS = 60

# Square pixels first, then into a box that lies or stands as the picture does; never larger, sides even for 4:2:0.
_SCALE = (
    "scale=trunc(iw*sar/2)*2:ih,setsar=1,"
    f"scale=w='min(iw,if(gte(iw,ih),{_LONG},{_SHORT}))':h='min(ih,if(gte(iw,ih),{_SHORT},{_LONG}))'"
    ":force_original_aspect_ratio=decrease:force_divisible_by=2"
)
_TRANSCODE = options(
    f"-vf {_SCALE} -fpsmax {_RATE} -pix_fmt yuv420p -c:v libx264 -preset veryfast -crf 25 -maxrate 4M -bufsize 8M "
    "-profile:v high -level:v 4.0 -threads 2"
)
# SEI messages (H.264 type 6) carry what cameras add, places included; players do without.
_COPY = options("-c:v copy -bsf:v filter_units=remove_types=6")
_SOUND = options("-c:a aac -b:a 128k -ac 2")
_BARE = options("-sn -dn -map_metadata -1 -map_chapters -1 -movflags +faststart -max_muxing_queue_size 1024 -f mp4")


def make(task: Task) -> None:
    """A film to play, its poster, and a picture for lists."""
    form = form_of(task.content_type)
    facts = probe(task, task.source, form)
    if not facts.video:
        raise Refused("no_film")
    seconds = task.limits.media_seconds(facts.seconds)
    if not (fits(facts) and form == "mov" and _render(task, form, _COPY, ["-c:a", "copy"], seconds)):
        _transcode(task, form, seconds, sound=bool(facts.audio))
    made = probe(task, _RENDITION, "mov")
    if made.video != "h264" or not made.seconds:
        raise Refused("damaged")
    _take_poster(task, made.seconds)
    poster, _moving = read(_POSTER, "PNG", side=max(_LONG, POSTER_SIDE), pixels=task.limits.pixels)
    _POSTER.unlink()
    task.add("video", str(_RENDITION), "video/mp4", width=poster.width, height=poster.height)
    add_picture(task, "poster", poster)
    add_thumb(task, poster)
    task.seconds = made.seconds
    tell_what_is_missing(task, facts.seconds, made.seconds)


def fits(facts: Facts) -> bool:
    """Whether browsers play the streams as they are, so that a copy in a new container will do."""
    long, short = max(facts.width, facts.height), min(facts.width, facts.height)
    small = 0 < long <= _LONG and 0 < short <= _SHORT and 0 < facts.rate <= _RATE + 0.01
    return facts.video == "h264" and facts.plain_layout and facts.audio in ("aac", "") and small


def _transcode(task: Task, form: str, seconds: float, *, sound: bool) -> None:
    """Sound that cannot be decoded (some phones write their own) does not cost the film."""
    if _render(task, form, _TRANSCODE, _SOUND, seconds):
        return
    if not sound or not _render(task, form, _TRANSCODE, ["-an"], seconds):
        raise Refused("damaged")
    task.leave_out("sound")


def _render(task: Task, form: str, video: list[str], sound: list[str], seconds: float) -> bool:
    streams = ["-map", "0:V:0", "-map", "0:a:0?"]
    given = source(task.source, form, task.limits.pixels)
    return convert(task, [*given, *streams, *video, *sound, *_BARE, f"file:{_RENDITION}"], seconds=seconds)


def _take_poster(task: Task, seconds: float) -> None:
    """A frame of the rendition after a tenth of it, within 1 to 10 seconds; of a very short film the first one."""
    moment = min(10.0, max(1.0, seconds / 10))
    for at in (moment, 0.0) if moment < seconds else (0.0,):
        given = source(_RENDITION, "mov", task.limits.pixels, "-ss", f"{at:.2f}")
        frame = ["-map", "0:v:0", "-frames:v", "1", "-update", "1", "-c:v", "png", "-f", "image2", f"file:{_POSTER}"]
        if convert(task, [*given, *frame], seconds=_POSTER_SECONDS) and _POSTER.exists():
            return
    raise Refused("damaged")
