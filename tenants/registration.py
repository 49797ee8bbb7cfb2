"""What an app says of itself when it registers (RFC 7591, Open Badges 3.0 section 7.1.1.2), read and checked."""

from typing import Any
from urllib.parse import urlsplit

from tenants.oauth import OFFLINE, SCOPES

MOST_REDIRECTS = 10
LOOPBACK = ("127.0.0.1", "::1")  # of apps on one's own device (RFC 8252, section 7.3)
TEXTS = {"client_name": 120, "software_id": 200, "software_version": 200}  # longest, in characters
PAGES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
GRANTS = ["authorization_code", "refresh_token"]


class RegistrationRefused(Exception):
    """`code` is one of the errors of RFC 7591, section 3.2.2; the message says what to change."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read_metadata(given: Any) -> dict[str, Any]:
    """The fields of a ConnectedApp from client metadata. What we do not know is left out (RFC 7591, section 2)."""
    if not isinstance(given, dict):
        raise _refused("The metadata must be one JSON object.")
    _check_flow(given)
    return {
        "name": _text(given, "client_name", needed=True),
        "redirect_uris": " ".join(_redirects(given)),
        "scope": _scope(given),
        "contacts": _contacts(given),
        **{name: _text(given, name) for name in ("software_id", "software_version")},
        **{name: _page(given, name) for name in PAGES},
    }


def _refused(message: str) -> RegistrationRefused:
    return RegistrationRefused("invalid_client_metadata", message)


def _check_flow(given: dict[str, Any]) -> None:
    """Only the code grant with client_secret_basic is to be had here."""
    if given.get("token_endpoint_auth_method", "client_secret_basic") != "client_secret_basic":
        raise _refused("token_endpoint_auth_method must be client_secret_basic.")
    grants = _strings(given, "grant_types", GRANTS)
    if "authorization_code" not in grants or not set(grants) <= set(GRANTS):
        raise _refused("grant_types may be authorization_code and refresh_token, and must have the first.")
    if _strings(given, "response_types", ["code"]) != ["code"]:
        raise _refused("response_types must be code alone.")


def _redirects(given: dict[str, Any]) -> list[str]:
    uris = given.get("redirect_uris")
    if not isinstance(uris, list) or not 0 < len(uris) <= MOST_REDIRECTS:
        raise RegistrationRefused("invalid_redirect_uri", f"Name 1 to {MOST_REDIRECTS} redirect_uris.")
    for uri in uris:
        if not (isinstance(uri, str) and _is_redirect(uri)):
            message = "Each of redirect_uris must be a whole https address without fragment, or http on 127.0.0.1."
            raise RegistrationRefused("invalid_redirect_uri", message)
    return list(dict.fromkeys(uris))


def _is_redirect(uri: str) -> bool:
    parts = _parts(uri)
    if parts is None or parts.fragment or uri.endswith("#"):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _parts(uri: str) -> Any:
    """The parts of a plain absolute address that can stand in a header; None for anything else."""
    if len(uri) > 500 or not uri.isascii() or not uri.isprintable() or set(uri) & set(" \"'<>\\^`{|},;*"):
        return None
    try:
        parts = urlsplit(uri)
        _number = parts.port  # raises for what is none
    except ValueError:
        return None
    return None if not parts.hostname or parts.username or parts.password or "@" in parts.netloc else parts


def _page(given: dict[str, Any], name: str) -> str:
    uri = given.get(name, "")
    if uri == "":
        return ""
    parts = _parts(uri) if isinstance(uri, str) else None
    if parts is None or parts.scheme != "https":
        raise _refused(f"{name} must be a whole https address.")
    return uri


def _text(given: dict[str, Any], name: str, *, needed: bool = False) -> str:
    text = given.get(name, "")
    if not isinstance(text, str) or len(text) > TEXTS[name] or not text.isprintable():
        raise _refused(f"{name} must be text of at most {TEXTS[name]} characters on one line.")
    if needed and not text.strip():
        raise _refused(f"{name} must say what people call the app.")
    return text.strip()


def _scope(given: dict[str, Any]) -> str:
    """What the app may ask for. One that names nothing may ask for everything."""
    scope = given.get("scope", " ".join(SCOPES))
    if not isinstance(scope, str) or not scope.split():
        raise _refused("scope must be names with a space between them.")
    wanted = list(dict.fromkeys(scope.split()))
    unknown = [each for each in wanted if each not in SCOPES]
    if unknown:
        raise _refused(f"We do not know the scope {ascii(unknown[0][:100])}. Discovery lists those that we know.")
    if wanted == [OFFLINE]:
        raise _refused("scope must name something to have access to.")
    return " ".join(wanted)


def _contacts(given: dict[str, Any]) -> list[str]:
    contacts = _strings(given, "contacts", [])
    if len(contacts) > 5 or any(len(each) > 254 or not each.isprintable() for each in contacts):
        raise _refused("contacts may be up to five e-mail addresses.")
    return contacts


def _strings(given: dict[str, Any], name: str, default: list[str]) -> list[str]:
    value = given.get(name, default)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _refused(f"{name} must be a list of strings.")
    return value
