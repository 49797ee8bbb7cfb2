"""Start page, texts, health, errors and the description of the API."""

import json
import time

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from config.site import health, views
from tenants.models import Tenant
from tests.cast import Cast


@pytest.mark.parametrize("name", ["home", "help", "accessibility", "privacy", "api_docs"])
def test_open_pages_answer_anyone_and_set_no_cookie(cast: Cast, client: Client, name: str):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert not answer.cookies
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_visitors_find_catalogs_by_name(cast: Cast, client: Client):
    text = client.get(reverse("home"), {"q": "harb"}).content.decode()
    assert reverse("catalog", args=["harbor"]) in text
    assert reverse("catalog", args=["lakeside"]) not in text
    assert "No catalog has this name" in client.get(reverse("home"), {"q": "zzz"}).content.decode()


def test_the_start_page_asks_little_of_the_database(cast: Cast, client: Client, django_assert_max_num_queries):
    Tenant.objects.bulk_create(Tenant(slug=f"t{number}", name=f"T {number}") for number in range(100))
    with django_assert_max_num_queries(3):
        text = client.get(reverse("home")).content.decode()
    assert "These are the first 60" in text
    client.force_login(cast.bela)
    with django_assert_max_num_queries(6):
        assert "Assessor" in client.get(reverse("home")).content.decode()


def test_robots_and_the_old_icon_address(db, client: Client):
    robots = client.get("/robots.txt")
    assert robots["Content-Type"] == "text/plain"
    assert "Disallow: /t/*/my/" in robots.content.decode()
    icon = client.get("/favicon.ico")
    assert icon.status_code == 302
    assert icon["Location"].endswith("mark.svg")


def test_the_gallery_is_for_builders_only(db, client: Client):
    assert client.get("/_gallery/").status_code == 404


# --- Health --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_health_names_the_part_that_is_missing(client: Client):
    """In tests everything runs but the worker."""
    answer = client.get("/healthz")
    parts = answer.json()["parts"]
    assert {name: part["ok"] for name, part in parts.items()} == {
        "database": True,
        "broker": True,
        "storage": True,
        "worker": False,
    }
    assert parts["worker"]["why"] == "no worker answered"
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_health_is_200_when_all_is_well(client: Client, monkeypatch):
    monkeypatch.setitem(health.PARTS, "worker", lambda: None)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)


@pytest.mark.django_db(transaction=True)
def test_health_does_not_hang_when_redis_is_gone(client: Client, settings):
    settings.REDIS_URL = "redis://10.255.255.1:6379/0"  # an address that swallows packets
    begin = time.monotonic()
    answer = client.get("/healthz")
    assert time.monotonic() - begin < 4
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert (parts["database"]["ok"], parts["broker"]["ok"], parts["worker"]["ok"]) == (True, False, False)


@pytest.mark.django_db(transaction=True)
def test_health_does_not_wait_for_a_part_that_hangs(client: Client, monkeypatch):
    monkeypatch.setitem(health.PARTS, "storage", lambda: time.sleep(6))
    monkeypatch.setattr(health, "LIMIT", 0.3)
    begin = time.monotonic()
    answer = client.get("/healthz")
    assert time.monotonic() - begin < 3
    assert answer.json()["parts"]["storage"] == {"ok": False, "why": "no answer within 0.3 seconds"}


@pytest.mark.django_db(transaction=True)
def test_health_tells_strangers_no_details(client: Client, monkeypatch):
    def broken() -> None:
        raise OSError("password of postgres://secret@db is wrong")

    monkeypatch.setitem(health.PARTS, "database", broken)
    answer = client.get("/healthz")
    assert answer.json()["parts"]["database"] == {"ok": False, "why": "OSError"}


# --- When something goes wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/nowhere/", "/t/nowhere/", "/t/lakeside/nowhere/"])
def test_unknown_pages_say_so_calmly(cast: Cast, client: Client, path: str):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "find this page" in answer.content.decode()


@pytest.mark.parametrize("path", ["/api/nowhere", "/api/v1/nowhere/", "/api/v1/t/nowhere/catalog/"])
def test_unknown_api_addresses_are_problem_documents(cast: Cast, client: Client, path: str):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:laurel:not-found"


def test_a_missing_form_token_is_explained(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ada)
    answer = client.post(reverse("account_home"), {"name": "X"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "reload the page" in text
    assert "CSRF" not in text
    cast.ada.refresh_from_db()
    assert cast.ada.name == "Ada Alvarez"


def test_a_session_call_to_the_api_needs_the_token_too(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ada)
    answer = client.post("/api/v1/me/", {}, content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("handler", "status"), [(views.bad_request, 400), (views.not_allowed, 403), (views.not_found, 404)]
)
def test_handlers_answer_programs_in_json_and_people_in_html(client: Client, handler, status: int):
    api = RequestFactory().get("/api/v1/x")
    answer = handler(api, None)
    assert answer.status_code == status
    assert json.loads(answer.content)["status"] == status


def test_a_crash_page_needs_nothing_and_names_the_request():
    request = RequestFactory().get("/", headers={"X-Request-ID": "abc-123"})
    answer = views.server_error(request)
    assert answer.status_code == 500
    assert "abc-123" in answer.content.decode()
    assert json.loads(views.server_error(RequestFactory().get("/api/v1/x")).content)["status"] == 500


# --- API -----------------------------------------------------------------------------------------------------------


def test_me_needs_a_person(cast: Cast, client: Client):
    answer = client.get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    client.force_login(cast.mallory)
    me = client.get("/api/v1/me/").json()
    assert me["scopes"] is None
    assert me["tenants"][0]["slug"] == "harbor"


def test_a_wrong_token_is_401_on_every_api_address(db, client: Client):
    answer = client.get("/api/v1/me/", headers={"Authorization": "Bearer laurel_wrong"})
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:laurel:bad-token"


def test_too_many_calls_are_told_when_to_come_back(cast: Cast, client: Client, monkeypatch):
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "3/min"})
    client.force_login(cast.ada)
    codes = [client.get("/api/v1/me/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answer = client.get("/api/v1/me/")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer["Content-Type"] == "application/problem+json"


def test_the_schema_describes_every_api_address(db, client: Client):
    answer = client.get(reverse("api_schema"), headers={"Accept": "application/json"})
    schema = json.loads(answer.content)
    assert schema["openapi"].startswith("3.")
    assert "/api/v1/me/" in schema["paths"]


def test_the_docs_page_shows_what_the_schema_says(db, client: Client):
    text = client.get(reverse("api_docs")).content.decode()
    assert "GET /api/v1/me/" in text
    assert "Who am I?" in text
    assert "Due dates are days in this zone" in text
    assert "<script" not in text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("path", ["/?q=%00", "/t/lakeside/catalog/?topic=a%00b", "/t/lakeside/manage/people/?q=%00"])
def test_an_address_with_a_nul_is_refused_in_words(cast: Cast, client: Client, path: str):
    """PostgreSQL cannot store one, so a search for it would crash."""
    client.force_login(cast.cleo)
    answer = client.get(path)
    assert answer.status_code == 400
    assert "a character that cannot be in one" in answer.content.decode()
    assert client.get("/api/v1/t/lakeside/catalog/?q=%00").json()["type"] == "urn:laurel:nul"


def test_a_form_that_is_too_big_is_refused_before_it_is_read(cast: Cast, client: Client):
    client.force_login(cast.cleo)
    answer = client.post("/t/lakeside/manage/people/invite/", {"emails": "x" * 6_000_000})
    assert answer.status_code == 413
    assert "The limit is 5 MB" in answer.content.decode()


def test_a_wrong_host_name_is_400(db, client: Client, settings):
    settings.ALLOWED_HOSTS = ["laurel.example"]
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_made_up_forwarding_header_does_not_get_around_the_limits(cast: Cast, client: Client, monkeypatch):
    from rest_framework.throttling import AnonRateThrottle

    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "3/min"})
    path = "/api/v1/t/lakeside/catalog/"
    codes = [client.get(path, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(4)]
    assert codes == [200, 200, 200, 429]


def test_behind_a_proxy_people_are_told_apart_by_the_address_it_saw(cast: Cast, monkeypatch, settings):
    from allauth.account.adapter import get_adapter
    from rest_framework.settings import api_settings
    from rest_framework.throttling import AnonRateThrottle

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr(api_settings, "NUM_PROXIES", 1)
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.7"}, REMOTE_ADDR="127.0.0.1")
    assert get_adapter().get_client_ip(request) == "10.0.0.7"
    assert AnonRateThrottle().get_ident(request) == "10.0.0.7"
