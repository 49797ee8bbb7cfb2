"""The one way to call ffmpeg, and what it says about a file."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from submissions.media.confine import die_with_parent
from submissions.media.processors.task import Refused, Task

_PROBE_SECONDS = 60
_MOST_SAID = 400_000  # bytes of what ffmpeg says about a file
_NO_MEMORY = 256 - 12  # ffmpeg's exit status is the negative of the error number, here ENOMEM

# The form is named, never guessed: a playlist or a script that calls itself a video would name other files to read.
_FORMS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "audio/mp4": "mov",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
}
# What cameras, phones, screen recorders and browsers write. ffmpeg has hundreds more decoders, for games of the 1990s
# and the like, which see little testing.
_DECODERS = (
    "h264,hevc,libdav1d,av1,vp8,libvpx,vp9,libvpx-vp9,mpeg4,mpeg2video,mpeg1video,h263,mjpeg,prores,dvvideo,png,"
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,opus,libopus,vorbis,flac,alac,ac3,eac3,amrnb,amrwb,"
    "libopencore_amrnb,libopencore_amrwb,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_u8,pcm_s8,"
    "pcm_alaw,pcm_mulaw,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms"
)

# Lines as ffmpeg's av_dump_format prints them. Values from the file stand in lines that are indented further, or behind
# a name and a colon, so that no title can pass for one of these.
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d\d), ", re.MULTILINE)
_STREAM = re.compile(
    r"^  Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([A-Za-z-]{2,12}\))?: (Video|Audio): (\w+)([^\n]*)$", re.MULTILINE
)
_SIZE = re.compile(r", (\d{1,5})x(\d{1,5})(?=[ ,]|$)")
_RATE = re.compile(r", (\d{1,6}(?:\.\d+)?)(k?) fps(?=,|$| )")
_LAYOUT = re.compile(r", (yuvj?420p)(?=[(,])")


@dataclass(frozen=True)
class Facts:
    """What a file says about itself. Streams that are cover art, or neither sound nor film, do not count."""

    seconds: float | None  # None when it states none
    video: str  # name of the codec, "" without film
    audio: str
    width: int = 0  # pixels as stored, before any rotation
    height: int = 0
    rate: float = 0  # frames a second
    plain_layout: bool = False  # 8 bits, 4:2:0: what every browser decodes


def options(line: str) -> list[str]:
    """Options as they stand on a command line, none with a space in it."""
    return line.split()


def form_of(content_type: str) -> str:
    """ffmpeg's name of the form of such files."""
    return _FORMS[content_type]


def source(path: Path, form: str, pixels: int, *before: str) -> list[str]:
    """The options that name an input and bind ffmpeg to it: this file, this form, these decoders, no other file."""
    safe = ["-protocol_whitelist", "file", "-codec_whitelist", _DECODERS, "-max_pixels", str(pixels), "-threads", "2"]
    if form == "mov":
        safe += ["-enable_drefs", "0", "-use_absolute_path", "0"]
    return [*safe, *before, "-f", form, "-i", f"file:{path}"]


def probe(task: Task, path: Path, form: str) -> Facts:
    """Have ffmpeg open a file and read what it prints. Raises Refused when there is nothing in it."""
    with tempfile.TemporaryFile() as said:
        command = [task.ffmpeg, "-nostdin", "-hide_banner", *source(path, form, task.limits.pixels)]
        try:
            subprocess.run(  # noqa: S603 - a list, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                timeout=_PROBE_SECONDS,
                check=False,
                preexec_fn=die_with_parent,  # safe here: this process has one thread
            )
        except subprocess.TimeoutExpired as problem:
            raise Refused("timeout") from problem
        said.seek(0)
        text = said.read(_MOST_SAID).decode("utf-8", "replace")
    facts = parse(text)
    if not facts.video and not facts.audio:
        raise Refused("cut_off" if "moov atom not found" in text and _starts_well(path) else "damaged")
    return facts


def _starts_well(path: Path) -> bool:
    """Whether an MP4 or MOV begins as one (ISO 14496-12, 4.2), so that what it lacks is its end."""
    with path.open("rb") as file:
        return file.read(8)[4:] in (b"ftyp", b"wide", b"mdat", b"free", b"skip")


def parse(said: str) -> Facts:
    """Read the description of the first input from ffmpeg's messages."""
    duration = _DURATION.search(said)
    seconds = int(duration[1]) * 3600 + int(duration[2]) * 60 + float(duration[3]) if duration else None
    streams = [match.groups() for match in _STREAM.finditer(said) if "(attached pic)" not in match[3]]
    video = next(((codec, rest) for kind, codec, rest in streams if kind == "Video"), ("", ""))
    audio = next((codec for kind, codec, _rest in streams if kind == "Audio"), "")
    size, rate = _SIZE.search(video[1]), _RATE.search(video[1])
    return Facts(
        seconds=seconds,
        video=video[0],
        audio=audio,
        width=int(size[1]) if size else 0,
        height=int(size[2]) if size else 0,
        rate=float(rate[1]) * (1000 if rate[2] else 1) if rate else 0,
        plain_layout=bool(_LAYOUT.search(video[1])),
    )


def convert(task: Task, arguments: Sequence[str], *, seconds: float) -> bool:
    """Run ffmpeg for at most `seconds`. Whether it ended well. Raises Refused for want of time or memory."""
    command = [task.ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "fatal", "-y", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            command,
            stdin=subprocess.DEVNULL,
            timeout=max(0.0, min(seconds, task.time_left())),
            check=False,
            preexec_fn=die_with_parent,
        )
    except subprocess.TimeoutExpired as problem:
        raise Refused("timeout") from problem
    if done.returncode == _NO_MEMORY:
        raise Refused("memory")
    return done.returncode == 0


def tell_what_is_missing(task: Task, stated: float | None, read: float) -> None:
    """Say so when much less could be read than the file states: it was cut off, or is damaged."""
    if stated is not None and read < stated * 0.9 and stated - read > 1:
        task.leave_out("end", read=int(read), stated=round(stated))
