"""Asking an address as one of the personas, and what came of it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import connection, reset_queries
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.matrix.routes import Route
from tests.matrix.world import Given, World

# What calls of the API need to say before anything is looked up. Forms of pages look first and read then.
BODIES: dict[str, Callable[[Given], dict]] = {
    "api_work_start": lambda given: {"micro_credential": given["mc"]},
    "api_response": lambda given: {"text": "My own words."},
    "api_artifact_add": lambda given: {"kind": "text", "text": "My own words."},
    "api_attestation": lambda given: {"students": "covered"},
    "api_promises": lambda given: {"own_work": True, "protected": True, "used_ai": False},
    "api_log": lambda given: {"on": "2026-03-02", "minutes": 30, "what": "My own words."},
    "api_log_entry": lambda given: {"on": "2026-03-02", "minutes": 30, "what": "My own words."},
    "api_quiz_answers": lambda given: {"answers": {"1": [0]}},
    "api_review_scores": lambda given: {"token": 1},
    "api_review_finish": lambda given: {"token": 1},
    "api_review_release": lambda given: {"token": 1},
    "api_review_conflict": lambda given: {"token": 1},
    "api_settling_words": lambda given: {"token": 1, "words": []},
    "api_settling_finish": lambda given: {"token": 1},
    "api_settling_release": lambda given: {"token": 1},
    "api_settling_conflict": lambda given: {"token": 1},
    "api_verify": lambda given: {"text": "{}"},
    "api_grant_ask": lambda given: {"text": "Why?"},
    "api_grant_decline": lambda given: {"reason": "It is another subject."},
}
EMPTY_FORM = {"csrfmiddlewaretoken": "-"}  # as browsers send it
FORMS = ("api_artifact_upload",)  # takes multipart, as pages do


def ask(world: World, person: str, method: str, route: Route, given: Given) -> HttpResponse:
    """What `person` gets when they send no more than they have to."""
    call = getattr(world.browser(person), method.lower())
    if method == "GET":
        return call(route.url(given))
    if not route.is_api or route.name in FORMS:
        return call(route.url(given), EMPTY_FORM)
    body = BODIES[route.name](given) if route.name in BODIES else {}
    return call(route.url(given), body, content_type="application/json")


def outcome(answer: HttpResponse) -> str:
    """The status as the table writes it: the code, or “in” when people are asked to sign in first."""
    if answer.status_code == 302 and urlsplit(answer["Location"]).path == reverse("account_login"):
        return "in"
    return str(answer.status_code)


def lasting_writes(queries: CaptureQueriesContext) -> list[str]:
    """The statements among `queries` that changed a row and were not rolled back, but for sign-in sessions."""
    kept: list[tuple[str, list[str]]] = [("", [])]
    for query in queries.captured_queries:
        sql = query["sql"]
        verb = sql.split(" ", 1)[0]
        if verb == "SAVEPOINT":
            kept.append((sql.split()[-1], []))
        elif sql.startswith("ROLLBACK TO SAVEPOINT"):
            while len(kept) > 1 and kept[-1][0] != sql.split()[-1]:
                kept.pop()
            kept[-1] = (kept[-1][0], [])
        elif verb == "RELEASE" and len(kept) > 1:
            _name, done = kept.pop()
            kept[-1][1].extend(done)
        elif verb in ("INSERT", "UPDATE", "DELETE") and '"django_session"' not in sql:
            kept[-1][1].append(sql)
    return [sql for _name, done in kept for sql in done]


def watching() -> CaptureQueriesContext:
    """A block whose statements are remembered."""
    reset_queries()  # Django keeps only so many
    return CaptureQueriesContext(connection)
