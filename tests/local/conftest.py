"""A data folder in a path with spaces, and a way to start the runner as a person would."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.local.services import CHECKOUT

# What a surrounding `make test` has set, and would otherwise win over the services under test.
SET_BY_RUNNER = {
    "ALLOWED_HOSTS",
    "BASE_URL",
    "DATABASE_APP_ROLE",
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "DEBUG",
    "KEY_ENCRYPTION_KEY",
    "LAUREL_DATA",
    "LAUREL_DEMO",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
}


class Runner:
    """Starts `python -m config.local` on one data folder, and kills what a test leaves."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.started: list[subprocess.Popen[str]] = []

    def start(self, mode: str, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """Start in the background; output is one pipe."""
        env = {name: value for name, value in os.environ.items() if name not in SET_BY_RUNNER} | settings
        command = [sys.executable, "-m", "config.local", mode, "--data", str(self.data), *arguments]
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.started.append(process)
        return process

    def finish(self, mode: str, *arguments: str, **settings: str) -> tuple[int, str]:
        """Start, wait for the end, and return exit code and output."""
        process = self.start(mode, *arguments, **settings)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    def python(self, code: str) -> str:
        """Run Python code while the services run, and return what it prints."""
        exit_code, output = self.finish("services", "--", sys.executable, "-c", code)
        assert exit_code == 0, output
        return output

    def background(self) -> subprocess.Popen[str]:
        """Start the services for a minute, and return once they are ready."""
        process = self.start("services", "--", "sleep", "60")
        wait_for(lambda: (self.data / "run" / "environment.json").exists())
        return process

    def pids(self) -> dict[str, int]:
        """Return the process ids that the running services have written down."""
        rows = json.loads((self.data / "run" / "processes.json").read_text())
        return {name: row["pid"] for name, row in rows.items()}


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Poll until the condition holds; fail the test if it never does."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def runner() -> Iterator[Runner]:
    """A runner on a new data folder that the account of PostgreSQL can enter, with spaces in its path."""
    parent = Path(tempfile.mkdtemp(prefix="laurel test "))
    parent.chmod(0o755)
    runner = Runner(parent / "my data")
    yield runner
    for process in runner.started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        if process.stdout:
            process.stdout.close()
    if (runner.data / "run" / "processes.json").exists() and runner.pids():
        runner.finish("services", "--", "true")  # clears what a kill -9 left
    shutil.rmtree(parent)
