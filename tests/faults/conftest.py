"""Real processes to break: a web server and a worker on the test database, and a broker of their own."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.db import connection

from config.local.processes import Child, Ledger
from config.local.services import CHECKOUT
from config.local.valkey import Valkey


class Place:
    """Programs of one installation, each of which can be started, killed and started again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.ledger = Ledger(data / "processes.json")
        self.valkey = Valkey(data, self.ledger, throwaway=True)
        self.broker = self.valkey.start()
        database = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.env = os.environ | {
            "DATABASE_URL": database,
            "REDIS_URL": self.valkey.url,
            "DATA_DIR": str(data),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "UNDO_SECONDS": "0",  # a reading decides in its own request
        }
        self.started: list[Child] = [self.broker]

    def worker(self, *, sweeps: bool) -> Child:
        """A Celery worker, with beat in it or not. It lives until it is killed."""
        command = ["celery", "--app=config", "worker", "--concurrency=2", "--loglevel=info", "--without-gossip"]
        beat = ["--beat", f"--schedule={self.data / 'beat'}"] if sweeps else []
        return self._start("worker", [*command, "--without-mingle", *beat])

    def web(self) -> Child:
        """The web server of `make run`, once it answers."""
        wait_for(lambda: not self._answers(), "the end of the one before")
        command = ["granian", "--interface=wsgi", "--http=1", "--no-ws", "--host=127.0.0.1", f"--port={self.port}"]
        web = self._start("web", [*command, "--workers=1", "--blocking-threads=4", "config.wsgi:application"])
        wait_for(self._answers, "the web server")
        return web

    def _start(self, name: str, command: list[str]) -> Child:
        log = self.data / f"{name}.log"
        child = Child(name, [sys.executable, "-m", *command], log, self.ledger, CHECKOUT, env=self.env)
        child.start()
        self.started.append(child)
        return child

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def queue(self) -> redis.Redis:
        """A client of the broker."""
        return redis.Redis.from_url(self.valkey.url)

    def close(self) -> None:
        for child in reversed(self.started):
            kill(child)


def kill(child: Child) -> None:
    """kill -9 for a program and all it has started."""
    child.clear()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30) -> float:
    """Poll until the condition holds, and return how many seconds that took."""
    start = time.monotonic()
    while not condition():
        took = time.monotonic() - start
        assert took < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - start


@pytest.fixture
def place(transactional_db: None, tmp_path: Path) -> Iterator[Place]:
    """Programs on the database of this test, all ended before it is emptied."""
    place = Place(tmp_path)
    yield place
    place.close()
