"""Every refusal of the API is a problem document that says what to do."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions

from lib.api import CursorPages, problem_details
from lib.errors import Invalid, NotAllowed, RuleBroken, TooLarge

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (Invalid("No.", field="name"), 400, "invalid"),
        (NotAllowed("No."), 403, "not-allowed"),
        (RuleBroken("No.", code="last-admin"), 409, "last-admin"),
        (TooLarge("No."), 413, "refused"),
        (Http404(), 404, "not-found"),
        (PermissionDenied(), 403, "not-allowed"),
        (ValidationError({"name": ["Too long."]}), 400, "invalid"),
        (exceptions.ValidationError({"name": ["Too long."]}), 400, "invalid"),
        (exceptions.ValidationError(["Odd."]), 400, "invalid"),
        (exceptions.NotAuthenticated(), 401, "not-authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method-not-allowed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported-media-type"),
        (exceptions.ParseError(), 400, "parse-error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_refusals_become_problem_documents(raised: Exception, status: int, code: str):
    answer = problem_details(raised, {})
    assert answer.status_code == answer.data["status"] == status
    assert answer.content_type == "application/problem+json"
    assert answer.data["type"] == f"urn:laurel:{code}"
    assert answer.data["detail"]
    assert answer.exception is False  # set by DRF's view, which also rolls back


def test_fields_are_named():
    assert problem_details(Invalid("Too long.", field="name"), {}).data["errors"] == {"name": ["Too long."]}
    assert problem_details(ValidationError({"name": ["Too long."]}), {}).data["errors"] == {"name": ["Too long."]}
    assert problem_details(exceptions.ValidationError(["Odd."]), {}).data["errors"] == {"": ["Odd."]}


def test_a_bug_is_not_hidden():
    assert problem_details(ZeroDivisionError(), {}) is None


def test_waiting_times_and_challenges_are_headers():
    assert problem_details(exceptions.Throttled(wait=12.2), {}).headers["Retry-After"] == "13"
    raised = exceptions.NotAuthenticated()
    raised.auth_header = "Bearer"
    assert problem_details(raised, {}).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("asked", "size"), [("10", 10), ("5000", 200), ("0", 50), ("x", 50), (None, 50)])
def test_page_sizes_have_a_limit(asked: str | None, size: int):
    request = SimpleNamespace(query_params={"page_size": asked} if asked else {})
    assert CursorPages().get_page_size(request) == size
