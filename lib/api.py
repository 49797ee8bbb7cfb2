"""What every API endpoint shares: one form of error (RFC 9457 problem details) and one form of paging."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import set_rollback

from lib.errors import Invalid, LaurelError


class CursorPages(CursorPagination):
    """Pages that stay put while rows are added: `next` and `previous` are addresses, nothing is counted."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"


def problem_details(raised: Exception, context: dict[str, Any]) -> Response | None:
    """The one exception handler: invisible 404, forbidden 403, rule broken 409, invalid 400."""
    problem = _problem(raised)
    if problem is None:
        return None
    set_rollback()
    headers = {}
    if isinstance(raised, exceptions.APIException):
        if getattr(raised, "auth_header", None):
            headers["WWW-Authenticate"] = raised.auth_header
        if getattr(raised, "wait", None):
            headers["Retry-After"] = str(int(raised.wait))
    return Response(problem, status=problem["status"], headers=headers, content_type="application/problem+json")


def _problem(raised: Exception) -> dict[str, Any] | None:
    if isinstance(raised, Invalid):
        errors = {raised.field: [raised.message]} if raised.field else {}
        return _body(raised.status, raised.code, raised.message, errors=errors)
    if isinstance(raised, LaurelError):
        return _body(raised.status, raised.code, raised.message)
    if isinstance(raised, Http404):
        return _body(404, "not-found", _("There is nothing here that you can see."))
    if isinstance(raised, PermissionDenied):
        return _body(403, "not-allowed", _("You may not do this."))
    if isinstance(raised, ValidationError):
        return _body(400, "invalid", " ".join(raised.messages), errors=getattr(raised, "message_dict", {}))
    if isinstance(raised, exceptions.ValidationError):
        detail = raised.detail if isinstance(raised.detail, dict) else {"": raised.detail}
        return _body(400, "invalid", _("Some of what was sent is not right. See errors."), errors=detail)
    if isinstance(raised, exceptions.APIException):
        return _body(raised.status_code, str(raised.default_code).replace("_", "-"), str(raised.detail))
    return None


def _body(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"type": f"urn:laurel:{code}", "title": detail, "status": status, "detail": detail, **more}
