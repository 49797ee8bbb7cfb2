"""The one way out: everything that Laurel fetches from outside is fetched here.

Addresses come from people we do not know, so nothing that they lead to is trusted. A name is looked up once, every
address found for it must be public, and the connection goes to the very address that was looked at. One deadline
covers looking up, connecting, sending and reading, over all redirects.
"""

import functools
import socket
import ssl
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

from lib.dialling import Deadline, dial, no_answer, too_slow
from lib.weblinks import FetchRefused, Target, following, parse_target

__all__ = ["FetchRefused", "Fetched", "fetch"]

HEAD_LIMIT = 64 * 1024  # bytes of status line and headers
_REDIRECTS = {301, 302, 303, 307, 308}
_FOR_ANYONE = {"accept", "accept-language"}  # headers that a redirect may carry to another site
_PACKED = {"gzip", "x-gzip", "deflate"}


@dataclass(frozen=True)
class Fetched:
    """An answer. Header names are lower case; `cut` tells that the body went on; `hops` are all addresses asked."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str
    hops: list[str]
    cut: bool


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    most: int = 1_000_000,
    seconds: float = 10,
    redirects: int = 0,
    downgrade: bool = False,
) -> Fetched:
    """Ask a public web server, without cookies, proxies or credentials, and give back what it says, errors included.

    At most `most` bytes of the body are kept, and all must be over within `seconds`. `redirects` is how many are
    followed, for GET and HEAD only; `downgrade` lets them lead from https to http. Raises FetchRefused.
    """
    if redirects and method not in ("GET", "HEAD"):
        raise ValueError("a body is sent to the address that was named and nowhere else")
    deadline = Deadline(seconds)
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    hops: list[str] = []
    try:
        target = parse_target(url)
        while True:
            hops.append(str(target))
            status, received, content, cut = _ask(target, method, sent, body, most, deadline)
            if status not in _REDIRECTS or "location" not in received:
                return Fetched(status, received, content, str(target), hops, cut)
            if len(hops) > redirects:
                raise _too_many(redirects)
            before, target = target, following(target, received["location"], downgrade=downgrade)
            if before.origin != target.origin:
                sent = {name: value for name, value in sent.items() if name in _FOR_ANYONE}
    except FetchRefused as refused:
        refused.hops = hops
        raise


def _too_many(redirects: int) -> FetchRefused:
    if redirects:
        sentence = _("This address leads on to others again and again. Open it yourself and copy where it ends.")
    else:
        sentence = _("This address leads on to another one. Open it yourself and copy where it ends.")
    return FetchRefused("too-many-redirects", sentence)


def _ask(
    target: Target, method: str, headers: Mapping[str, str], body: bytes | None, most: int, deadline: Deadline
) -> tuple[int, dict[str, str], bytes, bool]:
    """One request and its answer: status, headers, body, and whether the body was cut."""
    guard = Guard(deadline)
    address = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    ours = {
        "host": target.authority,
        "user-agent": f"Laurel/{settings.VERSION} (+{settings.BASE_URL})",
        "accept-encoding": "identity",
        "connection": "close",
    }
    if body is None and method in ("POST", "PUT", "PATCH"):
        body = b""
    connection = httpcore.HTTPConnection(address.origin, ssl_context=_trust(), network_backend=guard)
    try:
        with connection.stream(method, address, headers={**headers, **ours}, content=body) as response:
            guard.stream.head_is_read()
            received = _texts(response.headers)
            content, cut = _read(response.iter_stream(), most)
            status = response.status
    except (httpcore.RemoteProtocolError, httpcore.WriteError):
        raise _bad_answer() from None
    finally:
        connection.close()
        guard.close()
    packing = received.get("content-encoding", "identity").strip().lower()
    if content and packing != "identity":
        content, more = _unpack(content, packing, most)
        cut = cut or more
    return status, received, content, cut


@functools.cache
def _trust() -> ssl.SSLContext:
    """The usual authorities; reading their certificates takes a while, so it is done once."""
    return httpcore.default_ssl_context()


def _texts(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("ascii").lower(), value.decode("utf-8", errors="replace")
        found[key] = f"{found[key]}, {text}" if key in found and key != "location" else text
    return found


def _read(chunks: Iterable[bytes], most: int) -> tuple[bytes, bool]:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > most:
            return bytes(content[:most]), True
    return bytes(content), False


def _unpack(content: bytes, packing: str, most: int) -> tuple[bytes, bool]:
    """For servers that compress though we asked them not to: never more than `most` bytes are unpacked."""
    if packing not in _PACKED:
        raise _bad_answer()
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # finds out itself whether it is gzip or zlib
    try:
        unpacked = unpacker.decompress(content, most + 1)
    except zlib.error:
        raise _bad_answer() from None
    return unpacked[:most], len(unpacked) > most


class Guard(httpcore.NetworkBackend):
    """Opens the one connection of a request, through `dial`. Time limits come from our deadline, not from httpcore."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self.stream: Stream | None = None

    def connect_tcp(self, host: str, port: int, *ignored: Any, **also_ignored: Any) -> "Stream":
        connected = dial(host, port, self._deadline, ours=settings.FETCH_ALLOWED_NETWORKS)
        self.stream = Stream(connected, self._deadline)
        return self.stream

    def close(self) -> None:
        """For connections that failed before httpcore took charge of them."""
        if self.stream:
            self.stream.close()


class Stream(httpcore.NetworkStream):
    """A connection on which every wait ends at the deadline, and which takes only so much before the body."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket = connected
        self._deadline = deadline
        self._before_body: int | None = HEAD_LIMIT
        self._heard = False

    def head_is_read(self) -> None:
        """From here on the reader counts the bytes."""
        self._before_body = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._before_body is not None:
            if not self._before_body:
                raise FetchRefused("too-large", _("This site's answer is too large. Use another address."))
            max_bytes = min(max_bytes, self._before_body)
        self._socket.settimeout(self._deadline.left())
        try:
            data = self._socket.recv(max_bytes)
        except TimeoutError:
            raise too_slow() from None
        except OSError:
            raise no_answer() from None
        if self._before_body is not None:
            self._before_body -= len(data)
        if not data and not self._heard:
            raise no_answer()
        self._heard = True
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            self._socket.settimeout(self._deadline.left())
            try:
                buffer = buffer[self._socket.send(buffer) :]
            except TimeoutError:
                raise too_slow() from None
            except OSError as problem:  # httpcore then looks whether the server has answered early
                raise httpcore.WriteError(str(problem)) from None

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        try:
            self._socket.settimeout(self._deadline.left())
            self._socket = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError:
            raise too_slow() from None
        except ssl.SSLError:
            sentence = _("This site has no valid certificate, so that browsers warn about it. Use another address.")
            raise FetchRefused("tls", sentence) from None
        except OSError:
            raise no_answer() from None
        return self


def _bad_answer() -> FetchRefused:
    return FetchRefused("bad-answer", _("The site's answer cannot be read. Check the address, or try again later."))
