"""The Open Badges 3.0 API and badges from elsewhere: handed in by an app, kept, given back as they came."""

import json

import pytest

from lib import clock
from tests.badges.made import minted
from tests.badges.test_ob_api import App, links, refused
from tests.credentials.sample import published


@pytest.fixture
def app(cast) -> App:
    return App(cast.ada)


def test_a_badge_from_elsewhere_is_kept_and_given_back_as_it_came(cast, app, outside):
    minted(cast, published(cast))
    document = json.dumps(outside.badge(), indent=1).encode()
    answer = app.send(document, "application/vc+ld+json")
    assert (answer.status_code, answer.content) == (201, document)
    held = app.get()
    assert held["X-Total-Count"] == "2"
    assert json.loads(document) in held.json()["credential"]
    assert app.send(document).status_code == 200
    assert app.get()["X-Total-Count"] == "2"


def test_a_badge_that_came_before_is_replaced(app, outside):
    assert app.send(json.dumps(outside.badge())).status_code == 201
    newer = outside.badge(narrative="Corrected.")
    assert app.send(json.dumps(newer)).status_code == 200
    assert app.get().json()["credential"] == [newer]


def test_a_token_is_kept_and_given_back_as_a_token(app, outside):
    token = outside.token()
    answer = app.send(token, "text/plain")
    assert (answer.status_code, answer.content.decode(), answer["Content-Type"]) == (201, token, "text/plain")
    assert app.get().json()["compactJwsString"] == [token]
    assert app.send(token, "text/plain").status_code == 200


def test_pages_and_since_run_over_both_kinds(cast, app, outside):
    minted(cast, published(cast))
    app.send(json.dumps(outside.badge()))
    before = clock.now()
    app.send(outside.token(number=8), "text/plain")
    seen, query = 0, {"limit": "1"}
    while query:
        page = app.get(**query)
        assert page["X-Total-Count"] == "3"
        seen += sum(len(each) for each in page.json().values())
        query = links(page).get("next")
    assert seen == 3
    assert app.get(since=before.isoformat())["X-Total-Count"] == "1"


def test_a_badge_from_elsewhere_for_somebody_else_is_refused(app, outside):
    answer = app.send(json.dumps(outside.badge(email="other@example.org")))
    assert "not issued to the email address" in refused(answer, 403, "forbidden")
    assert app.get()["X-Total-Count"] == "0"


def test_a_badge_that_its_issuer_took_back_is_refused(app, outside):
    badge = outside.badge()
    outside.revoked.add(7)
    outside.serve_status()
    assert "taken this badge back" in refused(app.send(json.dumps(badge)), 400, "invalid_data")


def test_a_badge_of_the_older_standard_is_not_for_this_api(app, outside):
    assert "Open Badges 3.0" in refused(app.send(json.dumps(outside.assertion())), 400, "invalid_data")
