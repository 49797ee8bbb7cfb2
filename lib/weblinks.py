"""Web addresses that people type or that other sites send: read once, strictly, so that no two readers can disagree."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, urljoin, urlsplit

from django.utils.translation import gettext as _

from lib.errors import LaurelError

LONGEST = 8_000  # characters of an address
PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[a-z0-9_][a-z0-9._-]*")
_KEPT = "/%:@!$&'()*+,;=~-._"  # what a path may hold as it is


class FetchRefused(LaurelError):
    """Nothing was fetched. `code` is stable, `message` tells a person what to do, `hops` lists the addresses asked."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence, code=code)
        self.hops: list[str] = []


@dataclass(frozen=True)
class Target:
    """An address taken apart. `host` is lower case ASCII (an IPv6 address without brackets), `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def parse_target(url: str) -> Target:
    """Read an http or https address; the part after # is left out. Raises FetchRefused."""
    url = url.strip()
    if len(url) > LONGEST or _CONTROL.search(url):
        raise _not_whole()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _not_whole() from None
    if port == 0:  # to httpcore this is no port at all
        raise _not_whole()
    if parts.scheme not in PORTS:
        raise FetchRefused("scheme", _("Use a web address that starts with https:// or http://."))
    if parts.username is not None or parts.password is not None:
        sentence = _("This address has a user name or password in it. Take it out, so that nobody else can read it.")
        raise FetchRefused("credentials", sentence)
    path = quote(parts.path or "/", safe=_KEPT, errors="replace")
    if parts.query:
        path += "?" + quote(parts.query, safe=_KEPT + "?", errors="replace")
    return Target(parts.scheme, _host(parts.hostname or ""), PORTS[parts.scheme] if port is None else port, path)


def following(target: Target, location: str, *, downgrade: bool) -> Target:
    """Where a redirect leads. Raises FetchRefused, also for https to http unless `downgrade`."""
    try:
        found = parse_target(urljoin(str(target), location.strip()))
    except ValueError:
        raise _not_whole() from None
    if (target.scheme, found.scheme) == ("https", "http") and not downgrade:
        sentence = _("This secure address leads to one that is not secure. Use an address that stays with https://.")
        raise FetchRefused("scheme", sentence)
    return found


def _host(host: str) -> str:
    if ":" in host:
        try:
            address = IPv6Address(host)
        except AddressValueError:
            raise _not_whole() from None
        if address.scope_id:  # names a network card of this machine
            raise _not_whole()
        return str(address)
    try:
        host = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise _not_whole() from None
    if not _HOST.fullmatch(host):
        raise _not_whole()
    return host


def _not_whole() -> FetchRefused:
    sentence = _("This is not a whole web address. Copy it from the address bar of your browser.")
    return FetchRefused("bad-address", sentence)
