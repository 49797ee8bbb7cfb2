"""Apps get in by asking: registration, the question, codes with PKCE, tokens that turn over, taking access back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken as AppToken
from oauth2_provider.models import Grant as CodeGrant
from oauth2_provider.models import RefreshToken

from lib import clock
from lib.ids import hash_secret, uuid7
from tenants.actions.tokens import create_token
from tenants.models import ConnectedApp
from tenants.oauth import CREDENTIAL_READ, PROFILE_READ
from tenants.tasks import clear_expired
from tenants.views.oauth import RegistrationThrottle
from tests.badges.wallet import METADATA, REDIRECT, Wallet, bearer, browser_of, came_back, register

CREDENTIALS, PROFILE = "/ims/ob/v3p0/credentials", "/ims/ob/v3p0/profile"


@pytest.fixture
def wallet(db) -> Wallet:
    return Wallet.registered()


# --- Registering ---------------------------------------------------------------------------------------------------


def test_an_app_registers_and_gets_back_what_it_said(db):
    answer = register()
    given = answer.json()
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert {name: given[name] for name in METADATA} == METADATA
    assert given["client_secret_expires_at"] == 0
    assert abs(given["client_id_issued_at"] - clock.now().timestamp()) < 60
    app = ConnectedApp.objects.get(client_id=given["client_id"])
    assert app.client_secret == hash_secret(given["client_secret"])


@pytest.mark.parametrize(
    "uri",
    [
        "http://wallet.example.org/back",
        "https://wallet.example.org/back#part",
        "https://wallet.example.org/back#",
        "https://somebody@wallet.example.org/",
        "https://wallet.example.org/a b",
        "https://wallet.example.org/\r\nX: y",
        "https://wallet.example.org;script-src/",
        "https://*.example.org/",
        "https://wallet.example.org:port/",
        "javascript:alert(1)",
        "/back",
        "http://localhost/",
        "https://" + "a" * 600,
        7,
    ],
)
def test_an_address_that_is_not_safe_to_lead_to_is_refused(db, uri):
    answer = register(redirect_uris=[REDIRECT, uri])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert not ConnectedApp.objects.exists()


@pytest.mark.parametrize("uris", [[], None, "https://wallet.example.org/", [REDIRECT + str(n) for n in range(11)]])
def test_an_app_names_one_to_ten_addresses(db, uris):
    assert register(redirect_uris=uris).json()["error"] == "invalid_redirect_uri"


def test_an_app_on_ones_own_device_may_wait_on_loopback(db):
    assert register(redirect_uris=["http://127.0.0.1/back", "http://[::1]:8000/back"]).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"client_name": None},
        {"client_name": "  "},
        {"client_name": "x" * 121},
        {"client_name": "Two\nlines"},
        {"client_name": "nul\x00"},
        {"client_name": ["list"]},
        {"token_endpoint_auth_method": "none"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["refresh_token"]},
        {"grant_types": "authorization_code"},
        {"response_types": ["token"]},
        {"scope": "admin"},
        {"scope": ""},
        {"scope": "offline_access"},
        {"scope": ["list"]},
        {"logo_uri": "http://wallet.example.org/logo.png"},
        {"policy_uri": "javascript:alert(1)"},
        {"contacts": "somebody"},
    ],
)
def test_metadata_that_will_not_do_is_refused_with_a_reason(db, changes):
    answer = register(**changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert answer.json()["error_description"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff", b"[" * 20_000, b" " * 60_000])
def test_a_registration_that_is_no_object_is_refused(db, body):
    answer = Client().post(reverse("oauth_register"), body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_an_app_that_says_little_gets_the_usual(db):
    answer = register(**dict.fromkeys(set(METADATA) - {"client_name", "redirect_uris"}))
    assert answer.status_code == 201
    assert set(METADATA["scope"].split()) == set(answer.json()["scope"].split())


def test_registrations_from_one_address_have_a_limit(db, monkeypatch):
    monkeypatch.setattr(RegistrationThrottle, "rate", "2/hour", raising=False)
    assert [register().status_code for _ in range(3)] == [201, 201, 429]


def test_registrations_that_nobody_lets_in_are_swept(cast, wallet):
    wallet.let_in(cast.ada)
    Wallet.registered(client_name="Never used")
    with clock.at(clock.now() + timedelta(days=6)):
        clear_expired()
    assert ConnectedApp.objects.count() == 2
    with clock.at(clock.now() + timedelta(days=8)):
        clear_expired()
    assert [app.client_id for app in ConnectedApp.objects.all()] == [wallet.id]


def test_the_metadata_of_the_server_names_every_place(client, db):
    said = client.get("/.well-known/oauth-authorization-server").json()
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["token_endpoint_auth_methods_supported"] == ["client_secret_basic"]
    assert said["token_endpoint"].endswith("/oauth/token")


# --- The question --------------------------------------------------------------------------------------------------


def test_the_page_says_who_asks_for_what_and_where_it_leads(cast, wallet):
    page = wallet.ask(browser_of(cast.ada), scope=CREDENTIAL_READ)
    text = page.content.decode()
    assert "Let “Pocket Wallet” use your badges?" in text
    assert "See all your badges" in text
    assert "Change your name" not in text
    assert "wallet.example.org" in text
    assert "logo.png" not in text, "showing it would tell the app who looks"
    assert "form-action 'self' https://wallet.example.org" in page["Content-Security-Policy"]


def test_who_is_not_signed_in_signs_in_and_comes_back(cast, wallet):
    browser = Client()
    sent = wallet.ask(browser)
    assert sent.status_code == 302
    assert sent["Location"].startswith(reverse("account_login"))
    browser.force_login(cast.ada)
    back = browser.get(Client().get(sent["Location"]).wsgi_request.GET["next"])
    assert back.status_code == 200


def test_a_no_leads_back_without_anything(cast, wallet):
    back = came_back(wallet.answer(browser_of(cast.ada), allow=False))
    assert (back["error"], back["state"]) == ("access_denied", wallet.state)
    assert not CodeGrant.objects.exists()


def test_a_yes_leads_back_with_code_scope_and_issuer(cast, wallet, settings):
    back = came_back(wallet.answer(browser_of(cast.ada), scope=CREDENTIAL_READ))
    assert back.keys() == {"code", "state", "scope", "iss"}
    assert (back["state"], back["scope"], back["iss"]) == (wallet.state, CREDENTIAL_READ, settings.BASE_URL)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example.org/"},
        {"redirect_uri": REDIRECT + "/more"},
        {"redirect_uri": "no address"},
    ],
)
def test_a_request_of_nobody_we_know_leads_nowhere(cast, wallet, changes):
    for browser in (browser_of(cast.ada), Client()):
        for answer in (wallet.ask(browser, **changes), wallet.answer(browser, **changes)):
            assert answer.status_code == 400
            assert "We cannot connect this app" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
def test_a_request_that_we_do_not_serve_goes_back_with_the_reason(cast, wallet, changes, error):
    browser = browser_of(cast.ada)
    for answer in (wallet.ask(browser, **changes), wallet.answer(browser, **changes), wallet.ask(Client(), **changes)):
        assert came_back(answer)["error"] == error
    assert not CodeGrant.objects.exists()


def test_an_app_cannot_ask_for_more_than_it_registered_for(cast):
    small = Wallet.registered(scope=PROFILE_READ)
    assert came_back(small.ask(browser_of(cast.ada), scope=CREDENTIAL_READ))["error"] == "invalid_scope"
    assert small.let_in(cast.ada, scope=None)["scope"] == PROFILE_READ


def test_nobody_can_be_made_to_say_yes_from_another_page(cast, wallet):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.ada)
    assert wallet.answer(browser).status_code == 403


# --- Codes and tokens ----------------------------------------------------------------------------------------------


def test_a_code_becomes_tokens_that_open_what_was_asked_for_and_no_more(cast, wallet):
    tokens = wallet.let_in(cast.ada, scope=f"{PROFILE_READ} offline_access")
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert tokens["scope"] == f"{PROFILE_READ} offline_access"
    assert wallet.web.get(PROFILE, headers=bearer(tokens["access_token"])).json()["email"] == cast.ada.email
    refused = wallet.web.get(CREDENTIALS, headers=bearer(tokens["access_token"]))
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused["WWW-Authenticate"]
    assert CREDENTIAL_READ in refused["WWW-Authenticate"]


def test_no_secret_is_kept_as_it_is(cast, wallet):
    tokens = wallet.let_in(cast.ada)
    kept = " ".join(str(model.objects.values().get()) for model in (AppToken, RefreshToken, ConnectedApp))
    assert not any(secret in kept for secret in (tokens["access_token"], tokens["refresh_token"], wallet.secret))


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "x" * 64},
        {"code_verifier": ""},
        {"redirect_uri": "https://wallet.example.org/other"},
        {"code": "guessed"},
        {"code": "nul\x00"},
    ],
)
def test_a_code_is_worth_nothing_without_all_that_goes_with_it(cast, wallet, changes):
    code = wallet.code(browser_of(cast.ada))
    answer = wallet.trade(**{"code": code, **changes})
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] in ("invalid_grant", "invalid_request")
    assert not AppToken.objects.exists()


def test_a_code_works_once(cast, wallet):
    code = wallet.code(browser_of(cast.ada))
    assert wallet.trade(code).status_code == 200
    assert (wallet.trade(code).status_code, wallet.trade(code).json()["error"]) == (400, "invalid_grant")


def test_a_code_of_another_app_is_worth_nothing(cast, wallet):
    other = Wallet.registered(client_name="Other")
    other.verifier = wallet.verifier
    assert other.trade(wallet.code(browser_of(cast.ada))).json()["error"] == "invalid_grant"


def test_a_code_runs_out_in_a_minute(cast, wallet):
    code = wallet.code(browser_of(cast.ada))
    CodeGrant.objects.update(expires=clock.now() - timedelta(seconds=1))
    assert wallet.trade(code).json()["error"] == "invalid_grant"


def test_an_app_needs_its_secret_in_the_header(cast, wallet):
    code = wallet.code(browser_of(cast.ada))
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": wallet.verifier,
    }
    in_body = {**given, "client_id": wallet.id, "client_secret": wallet.secret}
    for header in ({}, {"Authorization": Wallet(wallet.id, "wrong").basic}, {"Authorization": "Basic AAA"}):
        answer = Client().post(reverse("oauth_token"), in_body, headers=header)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert Client().post(reverse("oauth_token"), given, headers={"Authorization": wallet.basic}).status_code == 200


@pytest.mark.parametrize("kind", ["password", "client_credentials", "implicit", "", "nul\x00"])
def test_there_is_no_other_way_to_a_token(cast, wallet, kind):
    answer = wallet.token(grant_type=kind, username=cast.ada.email, password="correct horse battery")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_token_that_ran_out_says_so_and_is_refreshed(cast, wallet):
    tokens = wallet.let_in(cast.ada)
    AppToken.objects.update(expires=clock.now() - timedelta(seconds=1))
    late = wallet.web.get(CREDENTIALS, headers=bearer(tokens["access_token"]))
    assert late.status_code == 401
    assert 'error="invalid_token"' in late["WWW-Authenticate"]
    fresh = wallet.refresh(tokens["refresh_token"]).json()
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert wallet.web.get(CREDENTIALS, headers=bearer(fresh["access_token"])).status_code == 200


def test_a_refresh_token_that_is_used_twice_ends_the_whole_line(cast, wallet):
    """Two have it then, and one of them is not the app (RFC 9700, section 4.14.2)."""
    tokens = wallet.let_in(cast.ada)
    fresh = wallet.refresh(tokens["refresh_token"]).json()
    assert wallet.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert wallet.web.get(CREDENTIALS, headers=bearer(fresh["access_token"])).status_code == 401
    assert wallet.refresh(fresh["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_cannot_widen_what_was_allowed(cast, wallet):
    tokens = wallet.let_in(cast.ada, scope=PROFILE_READ)
    answer = wallet.refresh(tokens["refresh_token"], scope=CREDENTIAL_READ)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_an_app_gives_a_token_back(cast, wallet):
    tokens = wallet.let_in(cast.ada)
    assert wallet.revoke(tokens["refresh_token"]).status_code == 200
    assert wallet.web.get(CREDENTIALS, headers=bearer(tokens["access_token"])).status_code == 401
    assert wallet.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert wallet.revoke("never was one").status_code == 200


def test_another_app_cannot_give_it_back(cast, wallet):
    tokens = wallet.let_in(cast.ada)
    Wallet.registered(client_name="Other").revoke(tokens["access_token"])
    assert wallet.web.get(CREDENTIALS, headers=bearer(tokens["access_token"])).status_code == 200


def test_tokens_open_only_their_own_doors(cast, wallet):
    token = wallet.let_in(cast.ada)["access_token"]
    assert Client().get("/api/v1/my/badges/", headers=bearer(token)).status_code == 401
    _row, ours = create_token(user=cast.ada, id=uuid7(), name="Script", scopes=["read"], days=30)
    assert Client().get(CREDENTIALS, headers=bearer(ours)).status_code == 401
    assert browser_of(cast.ada).get(CREDENTIALS).status_code == 401


def test_a_closed_account_opens_nothing(cast, wallet):
    token = wallet.let_in(cast.ada)["access_token"]
    cast.ada.is_active = False
    cast.ada.save()
    assert wallet.web.get(CREDENTIALS, headers=bearer(token)).status_code == 401


# --- In the account ------------------------------------------------------------------------------------------------


def test_a_person_sees_their_apps_and_takes_access_back(cast, wallet):
    tokens = wallet.let_in(cast.ada)
    others = wallet.let_in(cast.bela)
    wallet.code(browser_of(cast.ada))
    browser, app = browser_of(cast.ada), ConnectedApp.objects.get()
    page = browser.get(reverse("connected_apps")).content.decode()
    assert "Pocket Wallet" in page
    assert "Put badges from elsewhere into your passport" in page
    assert browser.post(reverse("app_put_out", args=[app.id])).status_code == 302
    assert wallet.web.get(CREDENTIALS, headers=bearer(tokens["access_token"])).status_code == 401
    assert wallet.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert not CodeGrant.objects.filter(user=cast.ada).exists()
    browser.get(reverse("connected_apps"))  # says once that it is done
    assert "Pocket Wallet" not in browser.get(reverse("connected_apps")).content.decode()
    assert browser.post(reverse("app_put_out", args=[app.id])).status_code == 404
    assert wallet.web.get(CREDENTIALS, headers=bearer(others["access_token"])).status_code == 200


def test_tokens_that_ran_out_are_dropped_at_night(cast, wallet):
    wallet.let_in(cast.ada)
    wallet.code(browser_of(cast.ada))
    long_ago = clock.now() - timedelta(days=91)
    AppToken.objects.update(expires=long_ago)
    CodeGrant.objects.update(expires=long_ago)
    clear_expired()
    assert [model.objects.count() for model in (AppToken, RefreshToken, CodeGrant)] == [0, 0, 0]
