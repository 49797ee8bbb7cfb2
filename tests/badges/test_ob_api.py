"""The Open Badges 3.0 API: discovery, a person's credentials page by page, handing one in, the profile, refusals."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from jsonschema import Draft201909Validator
from referencing import Registry

from badges.actions import revoke, share
from badges.checking import check
from badges.models import Badge
from badges.openbadges.contexts import PROFILE_SCHEMA, schema
from badges.openbadges.documents import compose
from lib import clock
from tenants.models import User
from tenants.oauth import CREDENTIAL_READ, PROFILE_READ
from tests.badges.made import awarded, minted
from tests.badges.samples import award, signed
from tests.badges.wallet import Wallet, bearer
from tests.credentials.sample import published

CREDENTIALS, PROFILE, DISCOVERY = (f"/ims/ob/v3p0/{name}" for name in ("credentials", "profile", "discovery"))


class App:
    """A wallet that a person let in, calling the API."""

    def __init__(self, user: User, scope: str | None = None) -> None:
        self.headers = bearer(Wallet.registered().let_in(user, scope=scope)["access_token"])

    def get(self, path: str = CREDENTIALS, **query: object):
        return Client().get(path, query, headers=self.headers)

    def send(self, body: bytes | str, kind: str = "application/json"):
        return Client().post(CREDENTIALS, body, content_type=kind, headers=self.headers)

    def put(self, profile: object):
        body = profile if isinstance(profile, bytes) else json.dumps(profile)
        return Client().put(PROFILE, body, content_type="application/json", headers=self.headers)


@pytest.fixture
def app(cast) -> App:
    return App(cast.ada)


@pytest.fixture
def badges(cast) -> list[Badge]:
    """Three badges of Ada's, oldest first."""
    made = []
    for number in range(3):
        with clock.at(clock.now() - timedelta(days=30 - 10 * number)):
            made.append(minted(cast, published(cast, title=f"Skill {number}")))
    return made


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["id"].rpartition("/")[2] for each in answer.json()["credential"]]


def links(answer) -> dict[str, dict[str, str]]:
    """What the Link header says: for each relation, its query."""
    found = {}
    for part in answer["Link"].split(", "):
        address, _gap, relation = part.partition("; ")
        query = parse_qs(urlsplit(address.strip("<>")).query)
        found[relation.removeprefix('rel="').removesuffix('"')] = {name: each[0] for name, each in query.items()}
    return found


def refused(answer, status: int, minor: str) -> str:
    """Check that a refusal has the form of the standard; its sentence."""
    said = answer.json()
    assert answer.status_code == status, said
    assert (said["imsx_codeMajor"], said["imsx_severity"]) == ("failure", "error")
    assert said["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == minor
    return said["imsx_description"]


# --- Discovery -----------------------------------------------------------------------------------------------------


def test_discovery_says_where_apps_register_and_ask(db, settings):
    said = Client().get(DISCOVERY).json()
    assert said["openapi"].startswith("3.0")
    assert said["servers"] == [{"url": f"{settings.BASE_URL}/ims/ob/v3p0"}]
    assert said["info"]["termsOfService"].startswith("http")
    security = said["components"]["securitySchemes"]["OAuth2ACG"]
    flow = security["flows"]["authorizationCode"]
    assert security["x-imssf-registrationUrl"] == settings.BASE_URL + reverse("oauth_register")
    assert flow["authorizationUrl"] == settings.BASE_URL + reverse("oauth_authorize")
    assert flow["tokenUrl"] == flow["refreshUrl"] == settings.BASE_URL + reverse("oauth_token")
    names = {scope.rpartition("/")[2] for scope in flow["scopes"]}
    assert {"credential.readonly", "credential.upsert", "profile.readonly", "profile.update"} <= names


# --- Reading -------------------------------------------------------------------------------------------------------


def test_an_app_gets_all_badges_as_they_were_signed(app, badges):
    answer = app.get()
    assert ids(answer) == [str(badge.id) for badge in badges]
    assert (answer["X-Total-Count"], answer["Content-Type"]) == ("3", "application/json")
    assert answer["Cache-Control"] == "no-store"
    assert "Link" not in answer
    for given, badge in zip(answer.json()["credential"], badges, strict=True):
        assert given == json.loads(bytes(badge.document))
        assert check(json.dumps(given).encode()).in_force


def test_private_badges_are_there_and_others_are_not(cast, app, badges):
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badges[0], visibility="private", show_name=True)
        revoke(by=cast.by(cast.cleo), badge=badges[1], reason="error")
    minted(cast, published(cast, title="Of Bela"), cast.bela)
    awarded(cast, published(cast, title="Not signed yet"))
    assert ids(app.get()) == [str(badge.id) for badge in (badges[0], *badges[2:])]


def test_pages_lead_to_each_other(app, badges):
    first = app.get(limit=1)
    assert ids(first) == [str(badges[0].id)]
    assert links(first) == {
        "first": {"limit": "1", "offset": "0"},
        "last": {"limit": "1", "offset": "2"},
        "next": {"limit": "1", "offset": "1"},
    }
    middle = app.get(**links(first)["next"])
    assert links(middle)["prev"]["offset"] == "0"
    last = app.get(**links(middle)["next"])
    assert ids(last) == [str(badges[2].id)]
    assert "next" not in links(last)
    assert ids(app.get(limit=1, offset=99)) == []


def test_walking_through_pages_finds_each_badge_once(app, badges):
    found, query = [], {"limit": "2"}
    while query:
        page = app.get(**query)
        found += ids(page)
        query = links(page).get("next")
    assert found == [str(badge.id) for badge in badges]


def test_since_gives_what_was_signed_later(app, badges):
    late = badges[0].minted_at
    answer = app.get(since=late.isoformat(), limit=1)
    assert (ids(answer), answer["X-Total-Count"]) == ([str(badges[1].id)], "2")
    assert links(answer)["next"]["since"] == late.isoformat()
    assert ids(app.get(since="2100-01-01T00:00:00Z")) == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "many"},
        {"limit": ""},
        {"offset": "-1"},
        {"offset": "1e3"},
        {"offset": "9" * 30},
        {"since": "yesterday"},
        {"since": "2026-13-40T00:00:00Z"},
        {"since": ""},
    ],
)
def test_parameters_that_are_none_are_refused_by_name(app, query):
    [name] = query
    assert refused(app.get(**query), 400, "invalid_query_parameter").startswith(name)


def test_a_nul_in_the_address_is_refused_in_the_same_form(app):
    refused(Client().get(f"{CREDENTIALS}?{urlencode({'since': chr(0)})}", headers=app.headers), 400, "invalid_data")


def test_a_page_is_never_endless(cast, app, badges, monkeypatch):
    monkeypatch.setattr("badges.ims.api.MOST", 2)
    assert len(ids(app.get(limit=1000))) == 2


def test_more_badges_take_no_more_queries(cast, app, badges):
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            app.get(limit=limit)
        return len(seen)

    assert queries(3) == queries(1) <= 8


# --- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [CREDENTIALS, PROFILE])
def test_without_a_token_nothing_is_said(db, path):
    answer = Client().get(path)
    refused(answer, 401, "unauthorizedrequest")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Open Badges"'
    for secret in ("wrong", "", "é", "a b"):
        answer = Client().get(path, headers={"Authorization": f"Bearer {secret}"})
        refused(answer, 401, "unauthorizedrequest")
        assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    refused(Client().get(path, headers={"Authorization": "Basic AAAA"}), 401, "unauthorizedrequest")


def test_a_token_in_the_address_does_not_count(app):
    token = app.headers["Authorization"].partition(" ")[2]
    refused(Client().get(CREDENTIALS, {"access_token": token}), 401, "unauthorizedrequest")


def test_each_call_needs_its_own_scope(cast):
    reads, knows = App(cast.ada, CREDENTIAL_READ), App(cast.ada, PROFILE_READ)
    assert reads.get().status_code == knows.get(PROFILE).status_code == 200
    for answer in (reads.get(PROFILE), reads.send(b"{}"), knows.get(), knows.put({})):
        refused(answer, 403, "forbidden")
        assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize(("path", "method"), [(CREDENTIALS, "delete"), (PROFILE, "post"), (DISCOVERY, "put")])
def test_methods_of_no_call_are_refused(app, path, method):
    answer = getattr(Client(), method)(path, headers=app.headers)
    refused(answer, 405, "not_allowed")
    assert "GET" in answer["Allow"]


def test_an_address_of_nothing_is_answered_in_the_same_form(db):
    refused(Client().get("/ims/ob/v3p0/nothing"), 404, "not_found")


# --- Handing in ----------------------------------------------------------------------------------------------------


def test_handing_in_a_badge_of_ours_changes_nothing(app, badges):
    document = bytes(badges[0].document)
    answer = app.send(document, "application/vc+ld+json")
    assert (answer.status_code, answer.content) == (200, document)
    assert answer["Content-Type"] == "application/vc+ld+json"
    assert len(ids(app.get())) == 3


def test_a_badge_of_somebody_else_is_refused(cast, app):
    other = minted(cast, published(cast), cast.bela)
    assert "not issued to the email address" in refused(app.send(bytes(other.document)), 403, "forbidden")


def test_a_badge_that_was_changed_is_refused_with_the_step(app, badges):
    forged = json.loads(bytes(badges[0].document))
    forged["credentialSubject"]["achievement"]["name"] = "Something better"
    assert "changed after" in refused(app.send(json.dumps(forged)), 400, "invalid_data")


def test_a_badge_that_was_taken_back_is_refused(cast, app, badges):
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badges[0], reason="error")
    assert "taken this badge back" in refused(app.send(bytes(badges[0].document)), 400, "invalid_data")


def test_a_badge_of_an_issuer_that_nobody_can_ask_is_refused(app):
    refused(app.send(json.dumps(signed(compose(award(status=None))))), 400, "invalid_data")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b" ", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"{}", "application/vc+ld+json"),
        (b"a.b.c", "text/plain"),
        (b"not.a.token.at.all", "text/plain"),
        (b"\x00", "text/plain"),
    ],
)
def test_what_is_no_badge_is_refused(app, body, kind):
    assert refused(app.send(body, kind), 400, "invalid_data")


@pytest.mark.parametrize("kind", ["application/xml", "multipart/form-data; boundary=x", "image/png", "nonsense"])
def test_another_kind_of_body_is_refused(app, kind):
    refused(app.send(b"{}", kind), 415, "invalid_data")


def test_a_body_that_is_too_big_is_refused_in_the_same_form(app, settings):
    refused(app.send(b"x" * (settings.FORM_LIMIT + 200_000)), 413, "invalid_data")


# --- Profile -------------------------------------------------------------------------------------------------------


def test_the_profile_is_a_profile_of_the_standard(cast, app):
    said = app.get(PROFILE).json()
    Draft201909Validator(schema(PROFILE_SCHEMA), registry=Registry()).validate(said)
    assert (said["name"], said["email"]) == ("Ada Alvarez", "ada@example.org")
    assert said["id"] == f"urn:uuid:{cast.ada.id}"


def test_an_app_changes_the_name_and_nothing_else(cast, app):
    said = app.get(PROFILE).json()
    answer = app.put({**said, "name": "  Ada   Byron ", "phone": "111-222-3333"})
    assert answer.json() == {**said, "name": "Ada Byron"} == app.get(PROFILE).json()
    cast.ada.refresh_from_db()
    assert (cast.ada.name, cast.ada.email) == ("Ada Byron", "ada@example.org")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "urn:uuid:1"},
        {"id": None},
        {"type": ["Person"]},
        {"email": "other@example.org"},
        {"name": ""},
        {"name": " "},
        {"name": "x" * 121},
        {"name": "Two\nlines"},
        {"name": "\x00"},
        {"name": {"en": "Ada"}},
        {"name": 7},
    ],
)
def test_a_profile_that_will_not_do_is_refused_and_nothing_changes(cast, app, change):
    said = app.get(PROFILE).json()
    given = {name: value for name, value in {**said, **change}.items() if value is not None}
    assert refused(app.put(given), 400, "invalid_data")
    assert app.get(PROFILE).json() == said


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000])
def test_a_profile_that_is_none_is_refused(app, body):
    assert refused(app.put(body), 400, "invalid_data")
