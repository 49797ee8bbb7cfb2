"""A web server on this machine that plays the outside world: polite, slow, endless or hostile, as each test wants."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Play = Callable[[socket.socket], None]


@dataclass
class Asked:
    """A request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class WebServer:
    """`plays` says what happens for a path; `asked` holds what came in. Any other path is a 404."""

    port: int
    scheme: str = "http"
    plays: dict[str, Play] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def on(self, path: str, play: Play | bytes) -> str:
        """Play this for the path; bytes are sent as they are. Returns the address."""
        self.plays[path] = play if callable(play) else lambda peer: peer.sendall(play)
        return self.url(path)


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; `content_type` becomes Content-Type."""
    lines = {"content-length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(to: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, location=to)


@contextlib.contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """A server on a free port of 127.0.0.1. Plays that wait for long end when the client hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = WebServer(listener.getsockname()[1], "https" if tls else "http")

    def listen() -> None:
        while True:
            try:
                peer, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=attend, args=[peer], daemon=True).start()

    def attend(peer: socket.socket) -> None:
        with contextlib.suppress(OSError):
            peer.settimeout(5)
            with tls.wrap_socket(peer, server_side=True) if tls else peer as spoken:
                asked = _request(spoken)
                server.asked.append(asked)
                path = asked.line.split(" ")[1]
                server.plays.get(path, lambda other: other.sendall(answer(b"", "404 Not Found")))(spoken)

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _request(peer: socket.socket) -> Asked:
    with peer.makefile("rb") as lines:
        line = lines.readline().decode("latin-1").strip()
        if not line:
            raise ConnectionError
        headers = {}
        while text := lines.readline().decode("latin-1").strip():
            name, _colon, value = text.partition(":")
            headers[name.lower()] = value.strip()
        return Asked(line, headers, lines.read(int(headers.get("content-length", 0))))
