"""A load generator that costs little: one process, raw sockets, requests that were written before the clock starts."""

import selectors
import socket
import time
from collections.abc import Sequence
from itertools import cycle

PATIENCE = 10  # seconds without any answer


class Answers:
    """What came back in one measurement."""

    def __init__(self) -> None:
        self.count = 0
        self.bytes = 0
        self.statuses: set[bytes] = set()


def request(port: int, path: str, **headers: str) -> bytes:
    """A GET request as it is sent. Underscores in header names become hyphens."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def fetch(port: int, path: str, **headers: str) -> tuple[bytes, dict[str, str], bytes]:
    """Status, headers (names in small letters) and body of one request."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer:
        peer.sendall(request(port, path, connection="close", **headers))
        whole = b"".join(iter(lambda: peer.recv(65536), b""))
    head, _blank, body = whole.partition(b"\r\n\r\n")
    first, *rest = head.split(b"\r\n")
    found = dict(line.decode("latin-1").split(": ", 1) for line in rest)
    return first.split(b" ")[1], {name.lower(): value for name, value in found.items()}, body


def rate(port: int, requests: Sequence[bytes], *, at_once: int, seconds: float) -> tuple[float, Answers]:
    """Answers a second while `at_once` connections each ask for one thing after the other."""
    answers, waiting, queue = Answers(), selectors.DefaultSelector(), cycle(requests)
    peers = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(at_once)]
    buffers = dict.fromkeys(peers, b"")
    for peer in peers:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(peer, selectors.EVENT_READ)
        peer.sendall(next(queue))
    started = time.perf_counter()
    end = started + seconds
    try:
        while time.perf_counter() < end:
            ready = waiting.select(PATIENCE)
            if not ready:
                raise TimeoutError("the server does not answer")
            for key, _event in ready:
                peer = key.fileobj
                data = buffers[peer] + peer.recv(262_144)
                if _is_whole(data, answers):
                    peer.sendall(next(queue))
                    data = b""
                buffers[peer] = data
        return answers.count / (time.perf_counter() - started), answers
    finally:
        waiting.close()
        for peer in peers:
            peer.close()


def _is_whole(data: bytes, answers: Answers) -> bool:
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    status = data[9:12]
    length = 0
    if status != b"304":
        place = data[:end].lower().find(b"content-length:")
        length = int(data[place + 15 : data.find(b"\r", place)])
    if len(data) < end + 4 + length:
        return False
    answers.count += 1
    answers.bytes += len(data)
    answers.statuses.add(status)
    return True
