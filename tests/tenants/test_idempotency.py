"""Creating API calls can be repeated: nothing is made twice, and the same answer comes again."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lib.errors import RuleBroken
from tenants import idempotency
from tenants.idempotency import Idempotent
from tenants.models import IdempotentCall, Membership, Role, Tenant, User
from tests.cast import Cast, make_user

GATE = threading.Event()


class MakeTenant(Idempotent, APIView):
    """Creates a row, so that a call that is done twice shows."""

    scope_write = "work"

    def post(self, request: Request) -> Response:
        if request.data.get("slow"):
            assert GATE.wait(20)  # opened by the test that sends it
        tenant = Tenant.objects.create(slug=request.data["slug"], name="New")
        if request.data.get("refuse"):
            raise RuleBroken("Not today.")
        return Response({"id": tenant.id, "at": tenant.created_at}, status=201)


urlpatterns = [path("api/v1/make/", MakeTenant.as_view()), path("", include("config.urls"))]
pytestmark = pytest.mark.urls(__name__)


def send(user: User, body: dict, key: str | None = "k1"):
    client = Client()
    client.force_login(user)
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post("/api/v1/make/", body, content_type="application/json", headers=headers)


def test_a_repeated_call_gets_the_first_answer_and_makes_nothing(cast: Cast):
    first, second = send(cast.ada, {"slug": "one"}), send(cast.ada, {"slug": "one"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Tenant.objects.filter(slug="one").count() == 1


def test_the_same_key_for_another_request_is_422(cast: Cast):
    send(cast.ada, {"slug": "one"})
    answer = send(cast.ada, {"slug": "two"})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:laurel:idempotency-key-reused"
    assert not Tenant.objects.filter(slug="two").exists()


def test_keys_belong_to_a_person(cast: Cast):
    assert send(cast.ada, {"slug": "one"}).status_code == 201
    assert send(cast.bela, {"slug": "two"}).status_code == 201


def test_a_refused_call_leaves_no_trace_and_can_be_tried_again(cast: Cast):
    assert send(cast.ada, {"slug": "one", "refuse": True}).status_code == 409
    assert not IdempotentCall.objects.exists()
    assert not Tenant.objects.filter(slug="one").exists()
    assert send(cast.ada, {"slug": "one"}).status_code == 201


def test_without_a_key_every_call_counts(cast: Cast):
    assert send(cast.ada, {"slug": "one"}, key=None).status_code == 201
    assert send(cast.ada, {"slug": "two"}, key=None).status_code == 201
    assert not IdempotentCall.objects.exists()


@pytest.mark.parametrize("key", ["x" * 256, "tab\there"])
def test_a_bad_key_is_named(cast: Cast, key: str):
    answer = send(cast.ada, {"slug": "one"}, key=key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["errors"]


def test_a_stranger_is_asked_to_sign_in_before_a_key_is_looked_at(db):
    answer = Client().post(
        "/api/v1/make/", {"slug": "one"}, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code in (401, 403)
    assert not IdempotentCall.objects.exists()


@pytest.fixture
def ada(transactional_db) -> Iterator[User]:
    GATE.clear()
    tenant = Tenant.objects.create(slug="lakeside", name="Lakeside")
    yield make_user("Ada Alvarez", tenant, Role.EARNER)
    Membership.objects.all().delete()


def _together(user: User, body: dict, threads: int) -> list:
    """The answers of several calls that start while the first is still at work."""
    answers = []
    tasks = [threading.Thread(target=lambda: answers.append(_closing(user, body))) for _ in range(threads)]
    for task in tasks:
        task.start()
    threading.Timer(0.5, GATE.set).start()
    for task in tasks:
        task.join(30)
    return answers


def _closing(user: User, body: dict):
    try:
        return send(user, body)
    finally:
        connection.close()


def test_calls_at_the_same_moment_wait_for_the_first(ada: User):
    answers = _together(ada, {"slug": "one", "slow": True}, 4)
    assert [answer.status_code for answer in answers] == [201] * 4
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False, True, True, True]
    assert Tenant.objects.filter(slug="one").count() == 1


def test_a_call_that_would_wait_too_long_is_told_so(ada: User, monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT", "50ms")
    answers = _together(ada, {"slug": "one", "slow": True}, 2)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Tenant.objects.filter(slug="one").count() == 1
