"""Checking badges over the API: the same report as on the page, for anyone, within limits."""

import base64
import json

import pytest

from badges.art import BadgeArt, draw_svg, render_png
from badges.openbadges.baking import bake_png
from tests.badges.made import minted
from tests.credentials.sample import published

ADDRESS = "/api/v1/verify/"
pytestmark = pytest.mark.django_db


def send(client, **given):
    return client.post(ADDRESS, given, content_type="application/json")


def test_anyone_gets_every_step_as_json(client, outside):
    reply = send(client, text=json.dumps(outside.badge()), email="ada@example.org")
    assert reply.status_code == 200
    report = reply.json()
    assert (report["standard"], report["verified"], report["in_force"]) == ("ob3", True, True)
    steps = ["read", "schema", "subject", "proof", "issuer", "status", "dates", "recipient"]
    assert [each["step"] for each in report["steps"]] == steps
    assert all(each["state"] == "ok" and each["sentence"].endswith(".") for each in report["steps"])
    assert report["says"]["issuer_site"] == f"127.0.0.1:{outside.server.port}"
    assert report["says"]["name"] == "Reading Data"


def test_a_file_and_an_address_are_taken_too(client, outside, cast, settings):
    png = bake_png(
        render_png(draw_svg(BadgeArt(title="A", issuer="B", accent="#1d5bb5", description="C"))), outside.token()
    )
    assert send(client, file=base64.b64encode(png).decode()).json()["standard"] == "ob3-jwt"
    assert send(client, address=outside.assertion()["id"]).json()["standard"] == "ob2"
    ours = minted(cast, published(cast))
    assert send(client, address=f"{settings.BASE_URL}/b/{ours.id}").json()["in_force"] is True


def test_what_does_not_hold_is_an_answer(client, outside):
    report = send(client, text=json.dumps({**outside.badge(), "name": "Better"})).json()
    assert report["verified"] is False
    assert [each["step"] for each in report["steps"] if each["state"] == "failed"] == ["proof"]
    assert send(client, text="hello").json()["says"] is None


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"text": "x", "address": "https://x.example"},
        {"file": "not base64!"},
        {"address": "x"},
        {"text": 7, "file": []},
    ],
)
def test_calls_that_make_no_sense_are_refused(client, given):
    reply = send(client, **given)
    assert reply.status_code == 400
    assert reply["Content-Type"] == "application/problem+json"


def test_the_limit_counts_the_page_and_the_api_together(client, settings):
    for _turn in range(15):
        assert send(client, text="x").status_code == 200
        assert client.post("/verify/", {"text": "x"}).status_code == 200
    reply = send(client, text="x")
    assert reply.status_code == 429
    assert int(reply["Retry-After"]) > 0


def test_the_address_is_documented(client):
    paths = client.get("/api/v1/schema/?format=json").json()["paths"]
    assert "/api/v1/verify/" in paths
