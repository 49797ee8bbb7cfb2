"""The API of the inbox and of my rewards."""

import pytest
from django.urls import reverse

from lib import clock
from lib.ids import hash_secret
from recognition.models import LedgerEntry
from tenants.models import AccessToken
from tests.recognition.scene import badge, day, edition, grants, policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(cast):
    with clock.at(day(2026, 10, 5)):
        policy(cast, ceu_hundredths=150)
        badge(cast, edition(cast))
        return grants(cast)[0]


def token(user, *scopes):
    AccessToken.objects.create(
        user=user, name="t", secret_hash=hash_secret(user.email), scopes=list(scopes), expires_at=day(2099, 1, 1)
    )
    return {"Authorization": f"Bearer {user.email}"}


def url(name, *args):
    return reverse(f"api_{name}", args=["lakeside", *args])


def post(client, address, body=None, **headers):
    return client.post(address, body or {}, content_type="application/json", headers=headers)


def test_the_inbox_lists_and_shows(cast, client, grant, django_assert_max_num_queries):
    headers = token(cast.rao, "read")
    with django_assert_max_num_queries(12):
        (row,) = client.get(url("inbox"), headers=headers).json()["results"]
    assert (row["earner"], row["cents"], row["ceu_hundredths"], row["state"]) == ("Ada Alvarez", 50_000, 150, "pending")
    detail = client.get(url("grant", grant.id), headers=headers).json()
    assert detail["rule_sentence"].startswith("When anyone here earns any micro-credential we list, give $500")
    assert detail["messages"] == []
    assert client.get(url("inbox") + "?tab=honored", headers=headers).json()["results"] == []


def test_honoring_with_a_key_is_safe_to_repeat(cast, client, grant):
    headers = token(cast.rao, "read", "recognize") | {"Idempotency-Key": "k1"}
    first = post(client, url("grant_honour", grant.id), **headers)
    again = post(client, url("grant_honour", grant.id), **headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json()["state"] == "honoured"
    headers["Idempotency-Key"] = "k2"
    late = post(client, url("grant_honour", grant.id), **headers)
    assert (late.status_code, late.json()["type"]) == (409, "urn:laurel:wrong-state")
    with cast.inside():
        assert LedgerEntry.objects.count() == 4


def test_asking_and_declining(cast, client, grant):
    headers = token(cast.rao, "read", "recognize")
    assert post(client, url("grant_ask", grant.id), {}, **headers).status_code == 400
    asked = post(client, url("grant_ask", grant.id), {"text": "When?"}, **headers).json()
    assert (asked["state"], asked["messages"][0]["text"]) == ("asked", "When?")
    refused = post(client, url("grant_decline", grant.id), {"reason": " "}, **headers)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["reason"])
    declined = post(client, url("grant_decline", grant.id), {"reason": "No."}, **headers).json()
    assert (declined["state"], declined["reason"]) == ("declined", "No.")


def test_scopes_roles_and_tenants_hold(cast, client, grant):
    reading = token(cast.rao, "read")
    assert post(client, url("grant_honour", grant.id), **reading).status_code == 403
    for user, status in ((cast.ada, 403), (cast.mallory, 404), (cast.stranger, 404)):
        headers = token(user, "read", "recognize")
        assert client.get(url("inbox"), headers=headers).status_code == status, user
        assert post(client, url("grant_honour", grant.id), **headers).status_code == status, user
    assert client.get(reverse("api_grant", args=["harbor", grant.id]), headers=headers).status_code == 404
    assert client.get(url("inbox")).status_code == 401
    assert grants(cast)[0].state == "pending"


def test_my_rewards_are_mine_alone(cast, client, grant):
    address = reverse("api_my_rewards")
    (row,) = client.get(address, headers=token(cast.ada, "read")).json()["results"]
    assert (row["id"], row["tenant"], row["rule"], row["cents"]) == (
        str(grant.id),
        "Lakeside Schools",
        "Stipend",
        50_000,
    )
    assert client.get(address, headers=token(cast.bela, "read")).json()["results"] == []
