"""From a request to who acts in which tenant; and from a refusal to a page."""

import re
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from lib import clock, imsx, pgscope
from lib.errors import Invalid, LaurelError, TooLarge
from lib.ids import hash_secret
from tenants.members import member_of
from tenants.models import AccessToken, Tenant

Handler = Callable[[HttpRequest], HttpResponse]
_TENANT_PATH = re.compile(r"^/(?:api/v1/)?t/(?P<slug>[-a-zA-Z0-9_]+)(?:/|$)")


class TenantMiddleware:
    """Sets `request.tenant`, `request.member` and the time zone, and makes the tenant active for its members only.

    For everyone else no tenant is active, so that a public page that reads a private row raises instead of leaking.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant, request.member = None, None
        match = _TENANT_PATH.match(request.path_info)
        if match is None:
            return self.get_response(request)
        tenant = Tenant.objects.select_related("parent__parent__parent").filter(slug=match["slug"]).first()
        if tenant is None:
            raise Http404
        request.tenant = tenant
        structlog.contextvars.bind_contextvars(tenant=tenant.slug)
        request.member = member_of(request.user, tenant)
        with timezone.override(tenant.zone), pgscope.scope(tenant.id if request.member else None):
            return self.get_response(request)


class TokenMiddleware:
    """Signs API requests in by `Authorization: Bearer …`. A token that is wrong, revoked or expired is a 401."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.access_token = None
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not request.path_info.startswith("/api/"):
            return self.get_response(request)
        now = clock.now()
        token = (
            AccessToken.objects.select_related("user")
            .filter(
                secret_hash=hash_secret(secret.strip()),
                revoked_at=None,
                expires_at__gt=now,
                user__is_active=True,
            )
            .first()
        )
        if token is None:
            return problem(
                401, "bad-token", _("This token is not valid. It may be revoked or expired: make a new one.")
            )
        if token.last_used_at is None or token.last_used_at < now - timedelta(minutes=1):
            AccessToken.objects.filter(id=token.id).update(last_used_at=now)
        request.access_token, request.user = token, token.user
        return self.get_response(request)


class UploadLimitMiddleware:
    """Refuses a body that is too large before any of it is read. Only upload addresses take large ones."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.headers.get("Content-Length") or 0)
        except ValueError:
            length = 0
        if length > settings.FORM_LIMIT:
            try:
                name = resolve(request.path_info).url_name
            except Resolver404:
                name = None
            limit = settings.UPLOAD_LIMITS.get(name, settings.FORM_LIMIT)
            if length > limit + 100_000:  # room for the form around the file
                message = _("This is too big. The limit is %(limit)s MB.") % {"limit": limit // 1_000_000}
                return refuse(request, TooLarge(message, code="too-large"))
        return self.get_response(request)


class NulMiddleware:
    """Refuses an address with a NUL in it, which PostgreSQL cannot store: nothing of that name can exist (400)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            message = _("This address has a character that cannot be in one. Type it again, or go back.")
            return refuse(request, Invalid(message, code="nul"))
        return self.get_response(request)


class RefusalMiddleware:
    """Turns what an action raised into a page or JSON with the same sentence. The transaction is rolled back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        return refuse(request, problem) if isinstance(problem, LaurelError) else None


def wants_json(request: HttpRequest) -> bool:
    """Whether a script, not a person, waits for the answer."""
    return "X-Autosave" in request.headers or request.headers.get("Accept", "").startswith("application/json")


def refuse(request: HttpRequest, refusal: LaurelError) -> HttpResponse:
    """The answer to a refused request, in the form the asker understands."""
    if request.path_info.startswith(imsx.PREFIX):
        return JsonResponse(imsx.status_info(refusal.status, refusal.message), status=refusal.status)
    if request.path_info.startswith("/api/") or wants_json(request):
        return problem(refusal.status, refusal.code, refusal.message)
    context = {"message": refusal.message, "role": getattr(refusal, "role", "")}
    return render(request, f"{refusal.status}.html", context, status=refusal.status)


def problem(status: int, code: str, detail: str, **more: object) -> JsonResponse:
    """A problem document (RFC 9457)."""
    body = {"type": f"urn:laurel:{code}", "title": detail, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")
