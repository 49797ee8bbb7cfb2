"""What an upload costs the server: parts to our protocol against one plain Django FileField upload, in one run.

Prints parts a second, megabytes a second of both ways and their ratio, and the memory of the web process while 2 GB
come in by parts. Run by hand: `make bench BENCH=uploads`, or with a size in MB: ARGS="500".
"""

import hashlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import django
import psutil

if TYPE_CHECKING:
    from submissions.models import Upload

MEGABYTE = 1_000_000
PART = 8 * MEGABYTE
AT_ONCE = 3


def main() -> None:
    """Serve both ways from one granian process, and drive them from here."""
    size = int(sys.argv[1]) * MEGABYTE if len(sys.argv) > 1 else 2_000 * MEGABYTE
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        os.environ |= {"DATA_DIR": folder, "LOG_LEVEL": "ERROR", "ALLOWED_HOSTS": "127.0.0.1"}
        django.setup()
        from submissions.quarantine.local import LocalQuarantine

        with Server() as server:
            small = min(size, 400 * MEGABYTE)
            _plain(server.port, MEGABYTE)  # both once, so that everything is loaded
            _by_parts(server.port, MEGABYTE)
            plain = _timed(lambda: _plain(server.port, small))
            parts = _timed(lambda: _by_parts(server.port, small))
            _say("plain FileField upload", small, plain)
            _say(f"by parts, {AT_ONCE} at once", small, parts)
            print(f"by parts is {plain / parts:.2f} times as fast as plain")
            before, peak = server.memory(), Peak(server)
            start = time.perf_counter()
            with peak:
                upload = _by_parts(server.port, size)
            _say(f"{size // MEGABYTE:,} MB by parts", size, time.perf_counter() - start)
            print(f"web process: {before / MEGABYTE:.0f} MB before it, {peak.most / MEGABYTE:.0f} MB at most")
            start = time.perf_counter()
            found = LocalQuarantine().read(upload, Path(folder) / "whole")
            assert found.size == size
            print(f"put together and hashed by the worker: {size / MEGABYTE / (time.perf_counter() - start):,.0f} MB/s")


class Server:
    """granian as `make run` starts it, with one worker, so that its memory is one process's."""

    def __enter__(self) -> "Server":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "granian", "--interface=wsgi", "--http=1", "--no-ws", "--host=127.0.0.1"]
        command += [f"--port={self.port}", "--workers=1", "--blocking-threads=8", "bench.upload_site:application"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def memory(self) -> int:
        """Bytes in use by the server and all it has started."""
        main = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in [main, *main.children(recursive=True)])


class Peak:
    """The most memory a server uses while this block runs."""

    def __init__(self, server: Server) -> None:
        self.server, self.most, self.ended = server, 0, threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self.ended.wait(0.05):
            self.most = max(self.most, self.server.memory())

    def __enter__(self) -> "Peak":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()


def _timed(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _say(what: str, size: int, seconds: float) -> None:
    parts = -(-size // PART)
    print(
        f"{what}: {seconds:.1f} s, {size / MEGABYTE / seconds:,.0f} MB/s, {parts / seconds:.1f} parts of 8 MB a second"
    )


def _plain(port: int, size: int) -> None:
    """One multipart form with one file, as a browser without our client sends it."""
    boundary = uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.putrequest("POST", "/plain/")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    connection.putheader("Content-Length", str(len(head) + size + len(tail)))
    connection.endheaders()
    connection.send(head)
    piece = os.urandom(MEGABYTE)
    for _n in range(size // MEGABYTE):
        connection.send(piece)
    connection.send(tail)
    answer = connection.getresponse()
    assert answer.status == 204, answer.read()[:500]


def _by_parts(port: int, size: int) -> "Upload":
    """Parts to their signed addresses, some at once, hashed here as the browser hashes them."""
    from submissions.models import Upload
    from submissions.quarantine.local import LocalQuarantine

    upload = Upload(id=uuid4(), tenant_id=uuid4(), size=size, part_size=PART)
    store = LocalQuarantine()
    store.begin(upload)
    queue = list(range(1, upload.parts + 1))
    body = os.urandom(PART)
    problems: list[str] = []

    def lane() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        while queue:
            number = queue.pop()
            part = body[: upload.size_of(number)]
            address = store.address(upload, number, hashlib.sha256(part).hexdigest())
            connection.request("PUT", address.url, part)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 204:
                problems.append(f"part {number}: {answer.status}")

    lanes = [threading.Thread(target=lane) for _n in range(AT_ONCE)]
    for each in lanes:
        each.start()
    for each in lanes:
        each.join()
    assert not problems, problems[:3]
    return upload


if __name__ == "__main__":
    main()
