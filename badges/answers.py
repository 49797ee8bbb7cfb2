"""Answers about one badge, the same from the view and from the fast door: what may be kept, by whom, until when.

A page is asked for anew each time, since what it says of the badge's standing must be true at that moment. Documents
may be kept by the browser but are asked for anew too: they change when a badge is signed anew, and are closed at once
when their earner makes the badge private. A tag (ETag, RFC 9110, section 8.8.3) makes asking anew cheap.
"""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from badges.models import Badge

CREDENTIAL = "application/vc+ld+json"
JSON_LD = "application/ld+json"
FOR_EVER = "public, max-age=31536000, immutable"
PAGE = "private, no-cache"
# Who may keep a copy of a document: for a minute also those on the way, where the whole world may see it.
DOCUMENT = {
    Badge.Visibility.PUBLIC: "public, max-age=60, must-revalidate",
    Badge.Visibility.UNLISTED: "private, no-cache",
    Badge.Visibility.PRIVATE: "private, no-store",
}
_KINDS = {
    "text/html": "html",
    CREDENTIAL: "json",
    "application/vc": "json",
    JSON_LD: "json",
    "application/json": "json",
}
_KINDS |= {"image/png": "png"}


Body = bytes | None | Callable[[], bytes]


def wanted(request: HttpRequest) -> str:
    """Which form of a badge the caller prefers at its own address: html, json or png."""
    accept = request.META.get("HTTP_ACCEPT", "")
    if accept.startswith("text/html"):  # every browser
        return "html"
    best = _KINDS.get(accept)
    return best or _KINDS.get(request.get_preferred_type(list(_KINDS)), "html")


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the caller has the representation with this tag (If-None-Match, RFC 9110, section 13.1.2)."""
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if not asked:
        return False
    tags = {each.removeprefix("W/") for each in parse_etags(asked)}
    return f'"{tag}"' in tags or "*" in tags


def answer(request: HttpRequest, body: Body, kind: str, *, tag: str, cache: str, vary: str) -> HttpResponse:
    """`body` with its tag; a 304 when the caller has it, in which case `body` may be None or is not called."""
    known = is_known(request, tag)
    if callable(body) and not known:
        body = body()
    response = HttpResponse(b"" if known or request.method == "HEAD" else body, status=304 if known else 200)
    if known:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = kind
        response.headers["Content-Length"] = str(len(body))
    response.headers["ETag"] = f'"{tag}"'
    response.headers["Cache-Control"] = cache
    response.headers["Vary"] = vary
    return response


def closed(response: HttpResponse) -> HttpResponse:
    """An answer of which no cache and no search engine keeps anything: it may be another one at any moment."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def document_answer(request: HttpRequest, document: bytes | None, *, sha256: str, visibility: str) -> HttpResponse:
    """The signed document, byte for byte as it was minted."""
    vary = "Accept"
    response = answer(request, document, CREDENTIAL, tag=sha256, cache=DOCUMENT[visibility], vary=vary)
    response.headers["Access-Control-Allow-Origin"] = "*"  # verifiers run in other people's browsers
    return response


def page_answer(request: HttpRequest, page: bytes, visibility: str) -> HttpResponse:
    """The page as anyone sees it. Its tag is made of all its words, so it changes when anything does."""
    tag = hashlib.blake2b(page, digest_size=16).hexdigest()
    response = answer(request, page, "text/html; charset=utf-8", tag=tag, cache=PAGE, vary="Accept, Cookie")
    if visibility != Badge.Visibility.PUBLIC:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
