"""What a check needs from elsewhere: documents of issuers, keys, status lists. Each is asked for once a check."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from badges.openbadges.errors import BadgeError, NotResolved, gettext_noop
from badges.openbadges.jws import Token, parse_token
from badges.openbadges.keys import did_key_document
from badges.openbadges.reading import COMPACT_JWS, parse_object

ResolveDid = Callable[[str], dict[str, Any] | bytes]
FetchStatusList = Callable[[str], dict[str, Any] | bytes]
Fetch = Callable[[str], bytes]

ISSUER_UNREACHABLE = gettext_noop("We could not get the key of the issuer. Please try again later.")
ISSUER_METHOD = gettext_noop("We cannot look up keys of the kind that %(did)s uses.")
STATUS_UNREACHABLE = gettext_noop("We could not get the status list of the issuer. Please try again later.")
UNREACHABLE = gettext_noop("We could not get %(url)s. Please try again later.")
NOT_READ = gettext_noop("What we got from %(url)s cannot be read. %(why)s")


def fetch_nothing(url: str) -> bytes:
    """The `Fetch` of a check that must not leave this machine."""
    raise NotResolved(UNREACHABLE, code="unreachable", url=url[:200])


class Sources:
    """Gets documents through the callables that were handed in, and remembers them during one check.

    All methods raise NotResolved when something cannot be had.
    """

    def __init__(self, resolve_did: ResolveDid, fetch_status_list: FetchStatusList, fetch: Fetch) -> None:
        self._resolve_did = resolve_did
        self._fetch_status_list = fetch_status_list
        self._fetch = fetch
        self._known: dict[str, dict[str, Any]] = {}

    def controller(self, identifier: str) -> dict[str, Any]:
        """The document that lists the keys of an issuer: a DID document, or the one at an https address."""
        if identifier not in self._known:
            if identifier.startswith("did:key:"):
                self._known[identifier] = did_key_document(identifier)
            elif identifier.startswith("did:web:"):
                gotten = _gotten(self._resolve_did, identifier, ISSUER_UNREACHABLE)
                self._known[identifier] = _document(gotten, identifier)
            elif is_web_address(identifier):
                self._known[identifier] = self.document(identifier)
            else:
                raise NotResolved(ISSUER_METHOD, code="did-method", did=identifier[:100])
        return self._known[identifier]

    def status_list(self, url: str) -> dict[str, Any] | Token:
        """A status list credential, as a document or as a token."""
        gotten = _gotten(self._fetch_status_list, url, STATUS_UNREACHABLE)
        return gotten if isinstance(gotten, dict) else _parsed(gotten, url)

    def document(self, url: str) -> dict[str, Any]:
        """The JSON object at an address."""
        return _document(_gotten(self._fetch, url, UNREACHABLE, url=url[:200]), url)

    def anything(self, url: str) -> dict[str, Any] | Token:
        """The JSON object or the token at an address."""
        return _parsed(_gotten(self._fetch, url, UNREACHABLE, url=url[:200]), url)


def is_web_address(identifier: str) -> bool:
    """Whether an identifier can be looked up on the web."""
    return identifier.startswith(("https://", "http://"))


def site_of(identifier: str) -> str:
    """Host and port, where there is one, of a web address or a did:web; empty for anything else."""
    if identifier.startswith("did:web:"):
        return unquote(identifier.split(":")[2]).lower()
    if not is_web_address(identifier):
        return ""
    try:
        return urlsplit(identifier).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _gotten(get: Callable[[str], Any], name: str, failure: str, **params: object) -> Any:
    try:
        found = get(name)
    except (OSError, LookupError, ValueError) as error:
        raise NotResolved(failure, code="unreachable", **params) from error
    if not isinstance(found, (dict, bytes)):
        raise NotResolved(failure, code="unreachable", **params)
    return found


def _document(gotten: dict[str, Any] | bytes, name: str) -> dict[str, Any]:
    found = gotten if isinstance(gotten, dict) else _parsed(gotten, name)
    if isinstance(found, Token):
        raise NotResolved(NOT_READ, code="not-json", url=name[:200], why="")
    return found


def _parsed(data: bytes, url: str) -> dict[str, Any] | Token:
    try:
        text = data.decode("utf-8-sig").strip()
        return parse_token(text) if COMPACT_JWS.match(text) else parse_object(text)
    except UnicodeDecodeError as error:
        raise NotResolved(NOT_READ, code="not-json", url=url[:200], why="") from error
    except BadgeError as error:
        raise NotResolved(NOT_READ, code="not-json", url=url[:200], why=str(error)) from error
