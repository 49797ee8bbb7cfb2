"""PostgreSQL and Valkey for as long as a block lasts, on one data folder at a time."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local.environment import local_environment
from config.local.postgres import APP, OWNER, Postgres
from config.local.processes import Child, Ledger
from config.local.terminal import Problem, say
from config.local.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[2]
THROWAWAY_PREFIX = "laurel-throwaway-"


@dataclass
class Services:
    """What a running installation offers: its environment, the ledger, and processes to watch."""

    data: Path
    env: dict[str, str]
    ledger: Ledger
    children: list[Child]


class InUse(Problem):
    """Another run holds the data folder."""


@contextmanager
def services(data: Path, *, port: int, throwaway: bool = False) -> Iterator[Services]:
    """Start the services on a data folder and stop them at the end.

    DATABASE_URL and REDIS_URL in the environment are used as they are, and then nothing is started for them.
    Raises InUse while another run holds the folder.
    """
    data.mkdir(parents=True, exist_ok=True)
    data = data.resolve()
    with _lock(data):
        ledger = Ledger(data / "run" / "processes.json")
        for name in ledger.stop_leftovers():
            say(f"Stopped {name}, left over from an earlier run.")
        env = local_environment(data, port)
        state = data / "run" / "environment.json"
        postgres, children = None, []
        try:
            if "DATABASE_URL" not in os.environ:
                postgres = Postgres(data, ledger, throwaway=throwaway)
                children.append(postgres.start())
                env |= {
                    "DATABASE_URL": postgres.url(APP),
                    "DATABASE_OWNER_URL": postgres.url(OWNER),
                    "DATABASE_APP_ROLE": APP,
                }
            if "REDIS_URL" not in os.environ:
                valkey = Valkey(data, ledger, throwaway=throwaway)
                children.append(valkey.start())
                env["REDIS_URL"] = valkey.url
            env.setdefault("DATABASE_OWNER_URL", env["DATABASE_URL"])
            _write_private(state, json.dumps({k: v for k, v in env.items() if os.environ.get(k) != v}))
            yield Services(data, env, ledger, children)
        finally:
            state.unlink(missing_ok=True)
            for child in reversed(children):
                child.stop()
            if postgres is not None:
                postgres.close()


@contextmanager
def throwaway_services(*, port: int = 8000) -> Iterator[Services]:
    """Like services(), on a new folder that is removed at the end."""
    sweep_throwaways()
    data = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX))
    try:
        with services(data, port=port, throwaway=True) as running:
            yield running
    finally:
        shutil.rmtree(data, ignore_errors=True)


def running_environment(data: Path) -> dict[str, str] | None:
    """Return the environment of the run that holds the folder now, or None if it is not ready."""
    try:
        return dict(os.environ) | json.loads((data / "run" / "environment.json").read_text())
    except (FileNotFoundError, ValueError):
        return None


def sweep_throwaways() -> None:
    """Stop and remove throwaway folders whose run was killed; those in use are left alone."""
    for data in Path(tempfile.gettempdir()).glob(f"{THROWAWAY_PREFIX}*"):
        try:
            if data.stat().st_uid != os.geteuid() or not (data / "laurel.lock").exists():
                continue
            with _lock(data):
                Ledger(data / "run" / "processes.json").stop_leftovers()
                socket = data / "run" / "postgres-socket"
                if socket.is_symlink():
                    shutil.rmtree(socket.resolve(), ignore_errors=True)
                shutil.rmtree(data, ignore_errors=True)
        except (InUse, FileNotFoundError):
            continue


@contextmanager
def _lock(data: Path) -> Iterator[None]:
    """Hold the folder. The system drops the lock when we end, however we end."""
    with (data / "laurel.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise InUse(
                f"Laurel is already running on the data folder {data} (process {holder}). "
                "Stop it first, or choose another folder: make run LAUREL_DATA=..."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
