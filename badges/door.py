"""The fast door to public badges: anonymous visitors get a page or a document before sessions and accounts wake up.

Whatever it does not know for sure it leaves to the view behind it, which gives the same answer more slowly: a badge
that is private or unknown, a page of a shape that was not rendered yet, a check that did not pass, any cookie.
"""

import re
from collections.abc import Callable
from uuid import UUID

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import translation

from badges import skeletons
from badges.answers import document_answer, is_known, page_answer, wanted
from badges.facts import facts_prepared, state_of
from badges.models import Badge
from badges.page import shape_of, values_of
from badges.standing import is_signed

Handler = Callable[[HttpRequest], HttpResponse]
_ADDRESS = re.compile(r"/b/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\.json)?")
_known_headers: dict[bool, tuple[tuple[str, str], ...]] = {}
_TAG = "SELECT document_sha256, visibility FROM badges_badge WHERE id = %s"
_DOCUMENT = "SELECT document_sha256, visibility, document FROM badges_badge WHERE id = %s"


class BadgeDoor:
    """The first of all middlewares."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._quick(request) or self.get_response(request)

    def _quick(self, request: HttpRequest) -> HttpResponse | None:
        if not request.path_info.startswith("/b/") or request.method not in ("GET", "HEAD") or not _plain(request):
            return None
        match = _ADDRESS.fullmatch(request.path_info)
        if match is None or (settings.SECURE_SSL_REDIRECT and not request.is_secure()):
            return None
        kind = "json" if match[2] else wanted(request)
        if kind == "png":
            return None
        # A connection that has died is noticed by the query itself, so nobody needs to ask it for its health before.
        connection.health_check_done = True
        try:
            language = translation.get_language_from_request(request)
            response = _document(request, match[1]) if kind == "json" else _page(request, UUID(match[1]), language)
        except DatabaseError:
            connection.close()
            return None
        if response is not None:
            response.headers["Content-Language"] = language
            response.headers["Vary"] += ", Accept-Language"
            for name, value in _headers(request):
                response.headers[name] = value
        return response


def _plain(request: HttpRequest) -> bool:
    """Whether nothing in the request says who asks, or asks for more than the address does."""
    return not request.META.get("HTTP_COOKIE") and not request.META.get("QUERY_STRING")


def _document(request: HttpRequest, badge: str) -> HttpResponse | None:
    with connection.cursor() as cursor:
        if request.META.get("HTTP_IF_NONE_MATCH"):
            cursor.execute(_TAG, [badge])
            row = cursor.fetchone()
            if row and row[0] and row[1] != Badge.Visibility.PRIVATE and is_known(request, row[0]):
                return document_answer(request, None, sha256=row[0], visibility=row[1])
        cursor.execute(_DOCUMENT, [badge])
        row = cursor.fetchone()
    if row is None or row[2] is None or row[1] == Badge.Visibility.PRIVATE:
        return None
    return document_answer(request, bytes(row[2]), sha256=row[0], visibility=row[1])


def _page(request: HttpRequest, badge: UUID, language: str) -> HttpResponse | None:
    facts = facts_prepared(badge)
    if facts is None or facts.visibility == Badge.Visibility.PRIVATE:
        return None
    state = state_of(facts, is_signed(facts))
    if state == "broken":
        return None
    with translation.override(language):
        skeleton = skeletons.cache.get(shape_of(facts, state))
        if skeleton is None:
            return None
        page = skeleton.fill(values_of(facts))
    return page_answer(request, page, facts.visibility)


def _headers(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """What the middlewares that this door is in front of add to any answer: the same each time, so asked once."""
    secure = request.is_secure()
    if secure not in _known_headers:
        response = SecurityMiddleware(CSPMiddleware(XFrameOptionsMiddleware(_nothing)))(request)
        added = [(name, value) for name, value in response.headers.items() if name != "Content-Type"]
        _known_headers[secure] = tuple(added)
    return _known_headers[secure]


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
