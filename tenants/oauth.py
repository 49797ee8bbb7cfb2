"""How apps get in: OAuth 2.0 by code grant with PKCE (RFC 6749, 7636, 9700), narrower than the library allows."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.common import Request
from oauthlib.oauth2 import WebApplicationServer

from lib.ids import hash_secret
from tenants.models import ConnectedApp

_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
CREDENTIAL_READ = _OPEN_BADGES + "credential.readonly"
CREDENTIAL_UPSERT = _OPEN_BADGES + "credential.upsert"
PROFILE_READ = _OPEN_BADGES + "profile.readonly"
PROFILE_UPDATE = _OPEN_BADGES + "profile.update"
# Open Badges 3.0 (section 7.1) lets apps ask for this one too. Every app gets a refresh token here, so it adds nothing.
OFFLINE = "offline_access"

# What each scope of Open Badges 3.0 (section 6.2.1) means, as a person reads it before saying yes.
SCOPES: dict[str, Promise] = {
    CREDENTIAL_READ: _("See all your badges, also the ones that only you can see"),
    CREDENTIAL_UPSERT: _("Put badges from elsewhere into your passport"),
    PROFILE_READ: _("See your name and your email address"),
    PROFILE_UPDATE: _("Change your name"),
    OFFLINE: _("Stay connected until you take this back"),
}


def in_words(scopes: Iterable[str]) -> list[Promise]:
    """What these scopes let an app do, in our order."""
    wanted = set(scopes)
    return [words for scope, words in SCOPES.items() if scope in wanted]


def issuer() -> str:
    """The issuer identifier of the authorization server (RFC 8414, RFC 9207)."""
    return settings.BASE_URL


class Scopes(BaseScopes):
    """An app may ask for what it registered for, and gets all of that if it names nothing."""

    def get_all_scopes(self) -> dict[str, Promise]:
        return SCOPES

    def get_available_scopes(
        self, application: ConnectedApp | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return application.scope.split() if application else list(SCOPES)

    def get_default_scopes(
        self, application: ConnectedApp | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


class Validator(OAuth2Validator):
    """Apps name themselves by HTTP Basic only (client_secret_basic); a NUL, which no row can hold, names nothing."""

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return constant_time_compare(hash_secret(provided_secret), stored_secret)

    def _authenticate_request_body(self, request: Request) -> bool:
        return False

    def _load_application(self, client_id: str | None, request: Request) -> ConnectedApp | None:
        return None if "\x00" in (client_id or "") else super()._load_application(client_id, request)

    def validate_code(self, client_id: str, code: str, *args: Any, **kwargs: Any) -> bool:
        return "\x00" not in code and super().validate_code(client_id, code, *args, **kwargs)


class CodeServer(WebApplicationServer):
    """Code grant and refresh tokens, nothing else; and no PKCE method but S256."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.auth_grant._code_challenge_methods
        self.auth_grant._code_challenge_methods = {"S256": known["S256"]}
