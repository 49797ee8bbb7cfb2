"""Who a call of the Open Badges API is by: an app with a token (RFC 6750), which a person let in."""

import hashlib
from typing import Any

from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken as AppToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from lib import clock
from tenants.models import User

REALM = 'Bearer realm="Open Badges"'


class BadToken(AuthenticationFailed):
    """The token is unknown, ran out or was taken back (RFC 6750, section 3.1)."""


class OutOfScope(PermissionDenied):
    """The token is good, but the person did not say yes to this."""

    def __init__(self, scope: str) -> None:
        super().__init__(_("The person did not let your app do this. Ask them again, with the scope that is needed."))
        self.auth_header = f'{REALM}, error="insufficient_scope", scope="{scope}"'


class AppAuthentication(BaseAuthentication):
    """Takes the token from the Authorization header only. Sessions and tokens of our own API do not count."""

    def authenticate(self, request: Request) -> tuple[User, AppToken] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        checksum = hashlib.sha256(secret.strip().encode()).hexdigest()
        token = (
            AppToken.objects.select_related("user", "application")
            .filter(token_checksum=checksum, expires__gt=clock.now(), user__is_active=True)
            .first()
        )
        if token is None:
            raise BadToken(_("This token is not valid. It ran out or was taken back: refresh it, or ask again."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class HasAppScope(BasePermission):
    """The token carries the scope that the view names for the method (Open Badges 3.0, section 6.2.1)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = view.scopes.get("GET" if request.method == "HEAD" else request.method)
        if scope is None:  # of no method here: the view says so
            return True
        if request.auth is None:
            raise NotAuthenticated(_("Send the access token of your app: Authorization: Bearer …"))
        if scope not in request.auth.scope.split():
            raise OutOfScope(scope)
        return True


def challenge(problem: Exception) -> str | None:
    """The WWW-Authenticate header that goes with a refusal (RFC 6750, section 3)."""
    if isinstance(problem, BadToken):
        return f'{REALM}, error="invalid_token"'
    return getattr(problem, "auth_header", None)
