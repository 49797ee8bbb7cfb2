"""The scoring API: the same queue, claims and decisions, for scripts."""

from datetime import timedelta

import pytest
from django.test import Client

from assessment.actions.queue import claim
from assessment.models import LEASE, Decision, Review
from badges.models import Badge
from lib import clock
from lib.ids import hash_secret
from tenants.models import AccessToken, Role, Scope
from tests.assessment import stage
from tests.cast import make_user

pytestmark = pytest.mark.django_db
REVIEWS = "/api/v1/t/lakeside/reviews/"


class Script:
    """A client with a personal token."""

    def __init__(self, user, *scopes):
        secret = f"secret-{user.email}-{'-'.join(scopes)}"
        AccessToken.objects.create(
            user=user,
            name="test",
            secret_hash=hash_secret(secret),
            scopes=list(scopes),
            expires_at=clock.now() + timedelta(days=1),
        )
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def call(self, method, path="", body=None, **headers):
        return getattr(self.client, method)(
            REVIEWS + path, data=body, content_type="application/json", headers=headers or None
        )


@pytest.fixture
def bela(cast):
    return Script(cast.bela, Scope.REVIEW)


def scores(detail, below=()):
    return [
        {"line": line["key"], "level": 2 if line["key"] in below else 0, "comment": stage.COMMENT}
        for line in detail["lines"]
        if line["open"]
    ]


def test_claim_score_and_finish(cast, sent, bela):
    detail = bela.call("post", "claim/", {}).json()
    assert detail["code"] == sent.code
    assert [line["key"] for line in detail["lines"]] == ["knows", "plans", "reach", "thinks"]
    assert [level["passes"] for level in detail["lines"][0]["levels"]] == [True, False, False]
    assert {piece["kind"] for piece in detail["evidence"]} == {"response", "link"}
    token, path = detail["token"], f"{detail['id']}/"
    saved = bela.call("patch", path + "scores/", {"token": token, "scores": scores(detail), "note": "Well done."})
    assert saved.status_code == 200
    assert saved.json()["lines"][0]["score"] == {"level": 0, "comment": stage.COMMENT}
    for _twice in range(2):
        finished = bela.call("post", path + "finish/", {"token": token})
        assert (finished.status_code, finished.json()) == (
            200,
            {"state": "final", "outcome": "passed", "undo_until": None},
        )
    assert Badge.objects.count() == 1
    final = bela.call("get", "?state=final").json()["results"]
    assert [row["code"] for row in final] == [sent.code]
    assert bela.call("post", "claim/", {}).status_code == 204


def test_what_is_missing_is_named_line_by_line(cast, sent, bela):
    detail = bela.call("post", "claim/", {}).json()
    answer = bela.call("post", f"{detail['id']}/finish/", {"token": detail["token"]})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:laurel:incomplete"
    assert "Line 4, “Learns from it”, needs a score." in answer.json()["detail"]


def test_a_token_that_was_overtaken_is_a_409_and_changes_nothing(cast, sent, bela):
    detail = bela.call("post", "claim/", {}).json()
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    with clock.at(clock.now() + LEASE * 2), cast.inside():
        claim(by=cast.by(other))
    path = f"{detail['id']}/"
    for method, call, body in [
        ("patch", "scores/", {"scores": scores(detail)}),
        ("post", "finish/", {}),
        ("post", "release/", {}),
        ("post", "conflict/", {}),
    ]:
        answer = bela.call(method, path + call, {"token": detail["token"], **body})
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:laurel:lease-lost")
    with cast.inside():
        assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scores": [{"line": "no-such", "level": 0}]}, "scores[0].line"),
        ({"scores": [{"line": "plans", "level": 9}]}, "scores[0].level"),
        ({"scores": [{"line": "plans", "level": "best"}]}, "scores"),
        ({"scores": [{"line": "plans", "comment": "x" * 4001}]}, "scores"),
        ({"scores": "all"}, "scores"),
        ({"note": "a\x00b"}, "note"),
        ({"token": "mine"}, "token"),
    ],
)
def test_bad_scores_are_a_400_that_names_the_field(cast, sent, bela, body, field):
    detail = bela.call("post", "claim/", {}).json()
    answer = bela.call("patch", f"{detail['id']}/scores/", {"token": detail["token"], **body})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_repeated_claim_with_the_same_key_gives_the_same_review(cast, edition, bela):
    stage.hand_in(cast, edition)
    stage.hand_in(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER))
    first = bela.call("post", "claim/", {}, **{"Idempotency-Key": "one"})
    second = bela.call("post", "claim/", {}, **{"Idempotency-Key": "one"})
    assert first.json()["id"] == second.json()["id"]
    with cast.inside():
        assert Review.objects.filter(state="claimed").count() == 1


def test_give_back_and_know_this_person(cast, sent, bela):
    detail = bela.call("post", "claim/", {}).json()
    assert bela.call("post", f"{detail['id']}/release/", {"token": detail["token"]}).status_code == 204
    listed = bela.call("get").json()["results"]
    assert [row["code"] for row in listed] == [sent.code]
    again = bela.call("post", "claim/", {"review": listed[0]["id"]}).json()
    assert again["token"] == 2
    assert bela.call("post", f"{again['id']}/conflict/", {"token": 2}).status_code == 204
    assert bela.call("get").json()["results"] == []


def test_who_may_call(cast, sent, bela):
    review = stage.take(cast)
    calls = [("get", ""), ("post", "claim/"), ("get", f"{review.id}/"), ("patch", f"{review.id}/scores/")]
    calls += [("post", f"{review.id}/{name}/") for name in ("finish", "release", "conflict")]
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    for script, status in [
        (Script(cast.bela, Scope.READ, Scope.WORK), 403),
        (Script(cast.dora, Scope.REVIEW), 403),
        (Script(cast.mallory, Scope.REVIEW), 404),
        (Script(cast.stranger, Scope.REVIEW), 404),
    ]:
        for method, path in calls:
            assert script.call(method, path, {"token": 1}).status_code == status, (method, path)
    for method, path in calls[2:]:
        assert Script.call(bela, method, path, {"token": 1}).status_code != 404
    for stranger in (Script(other, Scope.REVIEW), Script(cast.ada, Scope.REVIEW)):
        for method, path in calls[2:]:
            assert stranger.call(method, path, {"token": 1}).status_code == 404
    assert Client().get(REVIEWS).status_code == 401


def test_own_work_cannot_be_claimed_by_its_id(cast, edition, bela):
    stage.hand_in(cast, edition, cast.bela)
    review = stage.waiting(cast)
    assert bela.call("get").json()["results"] == []
    assert bela.call("post", "claim/", {"review": str(review.id)}).status_code == 403


def test_an_unknown_list_is_a_400(cast, bela):
    assert bela.call("get", "?state=everything").status_code == 400
