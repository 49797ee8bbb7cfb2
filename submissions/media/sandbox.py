"""Run a program that reads files of strangers: limited, without network or other files, and gone when it is over."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import structlog

from submissions.media.limits import Limits

log = structlog.get_logger(__name__)

_CONFINE = Path(__file__).with_name("confine.py")
_ROOT = Path(__file__).resolve().parents[2]
_PATH = "/usr/local/bin:/usr/bin:/bin"
_TAIL = 4000  # bytes of its error output that are worth keeping
_PROGRAMS = (  # what programs load from: code, libraries, fonts, time zones
    *(sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), str(_ROOT / "submissions")),
    *("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/mime.types"),
    *("/dev/urandom", "/dev/zero"),
)
_CORES = 2  # CPU time runs this many times as fast as the clock at most


class Ending(Enum):
    """How a program came to its end."""

    DONE = "done"
    FAILED = "failed"  # its own exit status, or a crash
    TIMEOUT = "timeout"
    TOO_MUCH_OUTPUT = "output"


@dataclass(frozen=True)
class Outcome:
    """`code` as in subprocess: below zero it is the signal that ended the program."""

    ending: Ending
    code: int
    errors: str
    seconds: float
    network_closed: bool
    files_closed: bool


def run_limited(
    command: Sequence[str],
    *,
    folder: Path,
    seconds: float,
    limits: Limits,
    given: bytes = b"",
    readable: Sequence[str] = (),
) -> Outcome:
    """Run `command` (the first part is a path) in `folder`, with `given` as its input, for at most `seconds`.

    It sees none of our environment, reads `readable` files and installed programs, and writes into `folder`. What it
    started in its process group is killed when this returns or raises.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile() as given_file, tempfile.TemporaryFile() as errors:
        given_file.write(given)
        given_file.seek(0)
        report, theirs = os.pipe()
        try:
            process = subprocess.Popen(  # noqa: S603 - a list, no shell
                _confined(command, seconds, limits, theirs, _paths(folder, readable)),
                stdin=given_file,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=folder,
                env=_environment(folder),
                pass_fds=[theirs],
                start_new_session=True,
            )
            os.close(theirs)
            theirs = -1
            try:
                ending = _watch(process, folder, began + seconds, limits.output_bytes)
            finally:
                _end(process)
            closed = json.loads(os.read(report, 100) or '{"files": false, "network": false}')
        finally:
            os.close(report)
            if theirs >= 0:
                os.close(theirs)
        size = errors.seek(0, os.SEEK_END)
        errors.seek(max(0, size - _TAIL))
        tail = errors.read().decode("utf-8", "replace")
    for what in (what for what, is_closed in closed.items() if not is_closed):
        log.warning(f"preview_{what}_open", platform=sys.platform)
    took = time.monotonic() - began
    return Outcome(ending, process.returncode, tail, took, closed["network"], closed["files"])


def _paths(folder: Path, readable: Sequence[str]) -> dict[str, str]:
    """What each path is open for, see confine.close_files. Python lists our root to find the package in it."""
    programs = dict.fromkeys((*_PROGRAMS, *readable), "read")
    return {str(_ROOT): "list", **programs, "/dev/null": "all", str(folder): "all"}


def _confined(command: Sequence[str], seconds: float, limits: Limits, report: int, paths: dict[str, str]) -> list[str]:
    facts = {
        "parent": os.getpid(),
        "report": report,
        "nice": limits.nice,
        "cpu_seconds": int(seconds * _CORES) + 1,
        "file_bytes": limits.output_bytes,
        "files": limits.open_files,
        "memory_bytes": limits.memory_bytes,
        "paths": paths,
    }
    return [sys.executable, "-I", "-S", str(_CONFINE), json.dumps(facts), *command]


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": _PATH,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder),
        "MALLOC_ARENA_MAX": "2",  # else each thread reserves 64 MB of the address space
    }


def _watch(process: subprocess.Popen[bytes], folder: Path, deadline: float, output_bytes: int) -> Ending:
    """Wait for the end, looking at the clock often and at the folder once a second."""
    pause, next_look = 0.005, time.monotonic() + 1
    while process.poll() is None:
        now = time.monotonic()
        if now >= deadline:
            return Ending.TIMEOUT
        if now >= next_look:
            next_look = now + 1
            if size_of(folder) > output_bytes:
                return Ending.TOO_MUCH_OUTPUT
        time.sleep(min(pause, deadline - now))
        pause = min(pause * 1.5, 0.1)
    if process.returncode == -signal.SIGXCPU:
        return Ending.TIMEOUT
    if process.returncode == -signal.SIGXFSZ or size_of(folder) > output_bytes:
        return Ending.TOO_MUCH_OUTPUT
    return Ending.DONE if process.returncode == 0 else Ending.FAILED


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group. Its number stays ours as long as anything in it lives."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder and below. Files that vanish meanwhile count nothing."""
    total = 0
    for where, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.lstat(os.path.join(where, name)).st_size
    return total
