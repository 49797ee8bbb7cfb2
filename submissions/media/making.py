"""The side that is trusted: start the child, judge how it ended, believe nothing it wrote without a look."""

import json
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import structlog
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from submissions.media.answers import CannotPreview, Made
from submissions.media.limits import Limits
from submissions.media.manifest import Unbelievable, read_manifest
from submissions.media.sandbox import Ending, Outcome, run_limited
from submissions.media.sentences import cannot

log = structlog.get_logger(__name__)

_CHILD = (sys.executable, "-P", "-m", "submissions.media.child")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OFFERED = {
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/heic",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    f"{_OFFICE}.wordprocessingml.document",
    f"{_OFFICE}.presentationml.presentation",
    "text/plain",
    "text/csv",
}


def can_preview(content_type: str) -> bool:
    """Whether there is a preview for files of this content type (one of submissions.filetypes.FAMILIES)."""
    return content_type in _OFFERED


def make_previews(source: Path, content_type: str, folder: Path, *, limits: Limits | None = None) -> Made:
    """Write previews of `source` into `folder`, which must exist. Blocks until done or out of time.

    `content_type` is what the file was found to be, not what it claims. Raises CannotPreview, and nothing else, for
    whatever is wrong with the file; `folder` is then as it was.
    """
    limits = limits or Limits()
    if not can_preview(content_type):
        raise CannotPreview(cannot("not_offered"), problem="not_offered")
    if source.stat().st_size == 0:
        raise CannotPreview(cannot("empty"), problem="empty")
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as scratch:
        at = Path(scratch).resolve()
        seconds = limits.seconds(content_type)
        request = _request(source.resolve(), content_type, seconds, limits)
        outcome = run_limited(
            _CHILD,
            folder=at,
            seconds=seconds,
            limits=limits,
            given=json.dumps(request).encode(),
            readable=[request["source"], request["ffmpeg"]],
        )
        try:
            made = _judge(outcome, at, folder, limits)
        except CannotPreview as problem:
            log.info("preview_not_made", content_type=content_type, problem=problem.problem, **_facts(outcome))
            raise
    log.info("preview_made", content_type=content_type, previews=len(made.previews), **_facts(outcome))
    return made


def _request(source: Path, content_type: str, seconds: float, limits: Limits) -> dict[str, Any]:
    """What the child is told. It has no settings and no translations, so words come with it."""
    words = {
        "language": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "title": _("Preview"),
        "slide": _("Slide %(number)s"),
        "notes": _("Notes"),
    }
    return {
        "source": str(source),
        "content_type": content_type,
        "deadline": time.monotonic() + seconds,  # one clock for all processes of a machine
        "limits": asdict(limits),
        "words": words,
        "ffmpeg": imageio_ffmpeg.get_ffmpeg_exe() if content_type.startswith(("video/", "audio/")) else "",
    }


def _judge(outcome: Outcome, scratch: Path, folder: Path, limits: Limits) -> Made:
    """Turn the end of the child into an answer. Its files move to `folder` only when all of them are as they should."""
    problem = problem_of(outcome)
    if problem == "crashed":  # only then: a message may quote the file
        log.warning("preview_crashed", exit_code=outcome.code, errors=outcome.errors[-1000:])
    if not problem:
        try:
            problem, made = read_manifest(scratch, folder, limits)
        except Unbelievable as reason:
            log.warning("preview_manifest_refused", reason=str(reason))
            problem = "crashed"
    if problem:
        raise CannotPreview(cannot(problem), problem=problem)
    for preview in made.previews:
        shutil.move(scratch / preview.path.name, preview.path)
    return made


def problem_of(outcome: Outcome) -> str:
    """The code of what went wrong with a program that was run limited, "" when it ended well."""
    if outcome.ending is Ending.FAILED:
        return "memory" if outcome.errors.rstrip().endswith("MemoryError") else "crashed"
    by_ending = {Ending.DONE: "", Ending.TIMEOUT: "timeout", Ending.TOO_MUCH_OUTPUT: "output"}
    return by_ending[outcome.ending]


def _facts(outcome: Outcome) -> dict[str, object]:
    return {
        "took": round(outcome.seconds, 2),
        "exit_code": outcome.code,
        "network_closed": outcome.network_closed,
        "files_closed": outcome.files_closed,
    }
