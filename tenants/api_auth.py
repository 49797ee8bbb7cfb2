"""Who an API call is by, and whether its token may do that."""

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenants.models import AccessToken, Scope, User

if TYPE_CHECKING:  # rest_framework.views loads this module
    from rest_framework.views import APIView


class TokenAuthentication(BaseAuthentication):
    """Takes the person whom TokenMiddleware found by the bearer token."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        token = request._request.access_token
        return (token.user, token) if token else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(BasePermission):
    """Signed in, a member of the tenant in the path, and with a token that carries the view's scope.

    A view names `scope_read` (default READ) and `scope_write`; a session carries every scope. Views that set
    `public = True` answer anyone.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if getattr(view, "public", False) and request.method in ("GET", "HEAD", "OPTIONS"):
            return True
        if not request.user or not request.user.is_authenticated:
            return False
        if "slug" in view.kwargs and request._request.member is None:
            raise Http404
        token: Any = request.auth
        if not isinstance(token, AccessToken):
            return True
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return getattr(view, "scope_read", Scope.READ) in token.scopes
        return getattr(view, "scope_write", None) in token.scopes


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes personal access tokens."""

    target_class = "tenants.api_auth.TokenAuthentication"
    name = "personalToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A personal access token from your account page."}
