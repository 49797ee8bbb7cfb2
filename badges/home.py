"""Our own documents, for checks: what is at an address of this installation is asked for here, never over the network.

The view that serves an address answers, as it would to anyone who is not signed in. So a check of one of our badges
sees what the world sees, also documents of forms that are added later.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

# Documents that badges lead to. Pages of people are not among them.
DOCUMENTS = {"badge", "badge_json", "badge_jwt", "achievement", "endorsement"}
DOCUMENTS |= {"issuer_profile", "issuer_did", "status_list"}
OLDER_FORM = "ob2_"  # Assertion, BadgeClass, Issuer and RevocationList of Open Badges 2.0
ACCEPT = "application/json"


def is_ours(url: str) -> bool:
    """Whether an address is one of this installation."""
    try:
        parts, ours = urlsplit(url), urlsplit(settings.BASE_URL)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == ours.netloc.lower()


def document_at(url: str) -> bytes | None:
    """What we serve at one of our own addresses, or None when there is no document for everyone."""
    parts = urlsplit(url)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    name = match.url_name or ""
    if name not in DOCUMENTS and not name.startswith(OLDER_FORM):
        return None
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", parts.path, parts.path
    request.META = {"HTTP_ACCEPT": ACCEPT, "HTTP_HOST": parts.netloc, "REQUEST_METHOD": "GET"}
    request.user, request.tenant, request.member = AnonymousUser(), None, None
    request.resolver_match = match
    try:
        answer = match.func(request, *match.args, **match.kwargs)
    except (Http404, PermissionDenied):
        return None
    return answer.content if answer.status_code in (200, 410) and not answer.streaming else None
