"""Child processes, and the ledger by which a later run finds those that a kill -9 left behind."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psutil

from config.local import interrupts
from config.local.account import Account
from config.local.terminal import Problem

LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside at the next start


@dataclass(eq=False)
class Child:
    """A long-running program in a session of its own, so that Ctrl-C reaches only its supervisor."""

    name: str
    command: list[str]
    log: Path
    ledger: "Ledger"
    cwd: Path
    env: dict[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 8.0  # seconds between the polite signal and SIGKILL
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program; its output is appended to `log`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        options = self.account.popen_options() if self.account else {}
        with self.log.open("ab") as out, interrupts.hold():
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.env or None,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )
            self.ledger.add(self)

    def exit_code(self) -> int | None:
        """Return the exit code, or None while the program runs."""
        return self.process.poll() if self.process else None

    def ask_to_stop(self) -> None:
        """Send the polite signal to the program, which tells its own children."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop the program and all that it started; after `grace` seconds by force."""
        if self.process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.grace)
        self.clear()

    def clear(self) -> None:
        """Kill what is left of the program's session, and forget it."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.ledger.remove(self.name)
        self.process = None

    def last_lines(self, count: int = 15) -> str:
        """Return the end of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


class Ledger:
    """What this run has started: name -> process id, start time, program, polite signal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, dict[str, object]] = {}

    def add(self, child: Child) -> None:
        """Write a started child down."""
        assert child.process is not None
        try:
            seen = psutil.Process(child.process.pid)
            row = {"pid": seen.pid, "started": seen.create_time(), "signal": int(child.stop_signal)}
        except psutil.NoSuchProcess:  # gone already: nothing to find later
            return
        self.rows[child.name] = row | {"program": child.command[0]}
        self._save()

    def remove(self, name: str) -> None:
        """Strike a child out, once it and its session are gone."""
        self.rows.pop(name, None)
        self._save()

    def stop_leftovers(self) -> list[str]:
        """Stop what an earlier run wrote down and did not strike out; return the names found alive."""
        try:
            rows = json.loads(self.path.read_text())
        except (FileNotFoundError, ValueError):
            return []
        found = [(name, row, _members(row)) for name, row in rows.items()]
        alive = [(name, row, members) for name, row, members in found if members]
        for _, row, members in alive:
            leader = [each for each in members if each.pid == row["pid"]]
            # Without its leader a group cannot end in order any more.
            signal_all(leader or members, row["signal"] if leader else signal.SIGKILL)
        for _, row, members in alive:
            _, stubborn = psutil.wait_procs(members, timeout=10)
            signal_all([*stubborn, *_members(row)], signal.SIGKILL)
            psutil.wait_procs(stubborn, timeout=5)
        self._save()
        return [name for name, _, _ in alive]

    def _save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self.rows, indent=1))
        draft.replace(self.path)


def _members(row: dict[str, object]) -> list[psutil.Process]:
    """Find the processes of one row's session that still live, safe against reused process ids."""
    members = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == row["pid"] and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    leaders = [each for each in members if each.pid == row["pid"]]
    try:
        if leaders:  # clock corrections move the start time a little
            return members if abs(leaders[0].create_time() - row["started"]) < 5 else []
        program = os.path.realpath(str(row["program"]))
        return [each for each in members if each.exe() == program and each.create_time() >= row["started"] - 5]
    except psutil.Error:
        return []


def signal_all(processes: list[psutil.Process], number: int) -> None:
    """Signal every process that still lives."""
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


class NotReady(Problem):
    """A program ended, or took too long, before it was of use; the message ends with its log."""


def wait_until(ready: Callable[[], bool], child: Child, seconds: float, what: str) -> None:
    """Poll `ready()` until it is true; raise NotReady if the child ends or is late."""
    limit = time.monotonic() + seconds
    while not ready():
        if child.exit_code() is not None:
            raise NotReady(f"{what} stopped at once (exit code {child.exit_code()}):\n{child.last_lines()}")
        if time.monotonic() > limit:
            raise NotReady(f"{what} did not get ready in {seconds:.0f} s:\n{child.last_lines()}")
        time.sleep(0.05)


def wheel_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def end(process: subprocess.Popen[bytes]) -> None:
    """Make sure that a command we ran has ended: asked first, killed after 8 s."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
