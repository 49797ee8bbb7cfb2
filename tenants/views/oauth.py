"""The authorization server for apps: registering, asking a person, tokens, taking tokens back, and its metadata."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from oauth2_provider.exceptions import OAuthToolkitError
from oauth2_provider.views.base import BaseAuthorizationView, RevokeTokenView, TokenView
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from tenants.actions.apps import let_in, register_app
from tenants.mail import absolute
from tenants.models import ConnectedApp
from tenants.oauth import SCOPES, in_words, issuer
from tenants.registration import GRANTS, PAGES, RegistrationRefused

METADATA_LIMIT = 50_000  # bytes


class RegistrationThrottle(AnonRateThrottle):
    """So many new apps an hour from one address."""

    scope = "app_registration"


class RawParser(BaseParser):
    """The body as it came: what is wrong with it is said in the words of RFC 7591."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        return stream.read(METADATA_LIMIT + 1)


class Register(APIView):
    """Dynamic client registration (RFC 7591): anyone may register, people decide whom they let in."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (RawParser,)
    throttle_classes = (RegistrationThrottle,)
    schema = None

    def post(self, request: Request) -> Response:
        try:
            app, secret = register_app(metadata=_metadata(request.data))
        except RegistrationRefused as refusal:
            return _uncached({"error": refusal.code, "error_description": refusal.message}, status=400)
        return _uncached(_registered(app, secret), status=201)


def _metadata(body: Any) -> Any:
    body = body or b""  # the framework has its own idea of what an empty body is
    if len(body) > METADATA_LIMIT:
        raise RegistrationRefused("invalid_client_metadata", f"The metadata may have {METADATA_LIMIT} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise RegistrationRefused("invalid_client_metadata", "The body must be JSON.") from problem


def _registered(app: ConnectedApp, secret: str) -> dict[str, Any]:
    """What was registered, and the credentials (RFC 7591, section 3.2.1). The secret does not run out."""
    optional = {name: getattr(app, name) for name in (*PAGES, "software_id", "software_version", "contacts")}
    return {
        "client_id": app.client_id,
        "client_secret": secret,
        "client_id_issued_at": int(app.created.timestamp()),
        "client_secret_expires_at": 0,
        "client_name": app.name,
        "redirect_uris": app.redirect_uris.split(),
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": GRANTS,
        "response_types": ["code"],
        "scope": app.scope,
        **{name: value for name, value in optional.items() if value},
    }


def _uncached(body: dict[str, Any], *, status: int) -> Response:
    return Response(body, status=status, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


@method_decorator(never_cache, name="dispatch")
class Authorize(BaseAuthorizationView):
    """Asks the person whether an app may have what it wants (RFC 6749, section 4.1.1).

    All that the app sent stays in the address, and is checked again when the answer comes. A request that is wrong is
    answered before anyone signs in.
    """

    http_method_names = ["get", "post", "options"]

    def handle_no_permission(self) -> HttpResponse:
        try:
            self.validate_authorization_request(self.request)
        except OAuthToolkitError as problem:
            return self.error_response(problem, None)
        return super().handle_no_permission()

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            scopes, asked = self.validate_authorization_request(request)
        except OAuthToolkitError as problem:
            return self.error_response(problem, None)
        app = asked["request"].client
        parts = urlsplit(asked["redirect_uri"])
        context = {"app": app, "host": parts.netloc, "may": in_words(scopes)}
        response = render(request, "tenants/authorize.html", context)
        # Browsers hold where a form leads to against the policy, also when it is a redirect that leads there.
        response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            scopes, asked = self.validate_authorization_request(request)
            app, allow = asked.pop("request").client, "allow" in request.POST
            address, _headers, _body, _status = self.create_authorization_response(
                request=request, scopes=" ".join(scopes), credentials=asked, allow=allow
            )
        except OAuthToolkitError as problem:
            return self.error_response(problem, None)
        let_in(user=request.user, app=app, scopes=scopes)
        said = urlencode({"scope": " ".join(scopes)})  # Open Badges 3.0, section 7.1.2.2
        return self.redirect(f"{address}{'&' if '?' in address else '?'}{said}", app)

    def render_to_response(self, context: dict[str, Any], status: int = 400) -> HttpResponse:
        """A request that must not lead back to whoever sent it: an unknown app, or an address it did not register."""
        return render(self.request, "tenants/authorize_refused.html", context, status=status)


class Token(TokenView):
    """A code or a refresh token for an access token (RFC 6749, sections 4.1.3 and 6)."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.authorization_flow_token_response(request)


class Revoke(RevokeTokenView):
    """A token that its app gives back (RFC 7009)."""

    http_method_names = ["post", "options"]


@require_safe
def metadata(request: HttpRequest) -> JsonResponse:
    """What the authorization server offers (RFC 8414)."""
    basic = ["client_secret_basic"]
    response = JsonResponse(
        {
            "issuer": issuer(),
            "authorization_endpoint": absolute(reverse("oauth_authorize")),
            "token_endpoint": absolute(reverse("oauth_token")),
            "revocation_endpoint": absolute(reverse("oauth_revoke")),
            "registration_endpoint": absolute(reverse("oauth_register")),
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "grant_types_supported": GRANTS,
            "token_endpoint_auth_methods_supported": basic,
            "revocation_endpoint_auth_methods_supported": basic,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response
