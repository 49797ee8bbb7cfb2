"""Opening connections to servers that strangers name: public addresses only, and all within one deadline."""

import queue
import socket
import threading
import time
from collections.abc import Collection
from ipaddress import ip_address
from typing import Any

from django.utils.translation import gettext as _

from lib.addresses import Network, is_public, is_within
from lib.weblinks import PORTS, FetchRefused

TRIED = 4  # addresses of one name


class Deadline:
    """The moment when all has to be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, more than zero. Raises FetchRefused when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise too_slow()
        return left


def dial(host: str, port: int, deadline: Deadline, *, ours: Collection[Network]) -> socket.socket:
    """A connection to a public web server, or to one in the networks of `ours`, at any port there.

    Every address found for the name must be fine, and the connection goes to one of these very addresses: a name that
    is public when it is checked and private when it is used leads nowhere. Raises FetchRefused.
    """
    found = _look_up(host, port, deadline)
    addresses = [ip_address(place[0]) for *_rest, place in found]
    own = [is_within(address, ours) for address in addresses]
    if not all(is_own or is_public(address) for address, is_own in zip(addresses, own, strict=True)):
        sentence = _("This address leads into a private network. Use one that everyone on the internet can open.")
        raise FetchRefused("private-address", sentence)
    if port not in PORTS.values() and not all(own):
        sentence = _("This address names a port (the number after the colon). Use an address without a port.")
        raise FetchRefused("port", sentence)
    return _connect(found[:TRIED], deadline)


def _look_up(host: str, port: int, deadline: Deadline) -> list[Any]:
    """What getaddrinfo says. It cannot be told to hurry, so that it runs in a thread that nobody waits for."""
    answer: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError, OverflowError) as problem:
            answer.put(problem)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except queue.Empty:
        raise too_slow() from None
    if isinstance(found, socket.gaierror) and found.errno not in (socket.EAI_NONAME, socket.EAI_NODATA):
        raise no_answer()
    if isinstance(found, Exception) or not found:
        sentence = _("There is no site with this name. Check how the address is spelled.")
        raise FetchRefused("no-such-host", sentence)
    return found


def _connect(found: list[Any], deadline: Deadline) -> socket.socket:
    """Open a connection to one of the addresses, as they are: no name is looked up again."""
    for turn, (family, kind, protocol, _name, place) in enumerate(found):
        patience = deadline.left() / (len(found) - turn)
        try:
            connected = socket.socket(family, kind, protocol)
        except OSError:  # a family that this machine does not speak
            continue
        try:
            connected.settimeout(patience)
            connected.connect(place)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            connected.close()
            continue
        return connected
    deadline.left()
    raise no_answer()


def too_slow() -> FetchRefused:
    return FetchRefused("too-slow", _("The site took too long to answer. Try again later."))


def no_answer() -> FetchRefused:
    return FetchRefused("no-answer", _("The site does not answer. Check the address, or try again later."))
