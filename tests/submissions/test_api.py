"""Earning over the API: the same rules, as JSON."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lib.ids import uuid7
from submissions.models import Artifact, Submission, Work
from tenants.models import OutgoingMail
from tests.submissions import stage


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


def url(name, draft, *more, slug="lakeside"):
    return reverse(name, args=[slug, draft.work_id, *more])


def put(client, address, body):
    return client.put(address, json.dumps(body), content_type="application/json")


def post(client, address, body, **headers):
    return client.post(address, json.dumps(body), content_type="application/json", **headers)


def test_the_whole_way_from_start_to_sent(cast, edition, ada):
    start = reverse("api_work_start", args=["lakeside"])
    begun = post(ada, start, {"micro_credential": edition.micro_credential.slug})
    assert begun.status_code == 201
    work = begun.json()["id"]
    assert post(ada, start, {"micro_credential": edition.micro_credential.slug}).json()["id"] == work
    base = f"/api/v1/t/lakeside/works/{work}"
    missing = ada.post(f"{base}/submit/")
    assert missing.status_code == 409
    assert {each["part"] for each in missing.json()["missing"]} == {"c/class", "c/plan", "c/think", "promise"}
    for criterion, prompt in (("class", "who"), ("think", "saw"), ("think", "next")):
        answer = put(ada, f"{base}/responses/{criterion}/{prompt}/", {"text": "Words that will do", "rev": 0})
        assert (answer.status_code, answer.json()["rev"]) == (200, 1)
    file = SimpleUploadedFile("plan.pdf", stage.pdf())
    uploaded = ada.post(f"{base}/criteria/plan/files/", {"file": file})
    assert (uploaded.status_code, uploaded.json()["state"]) == (201, "ready")
    promised = {"own_work": True, "protected": True, "used_ai": False}
    assert put(ada, f"{base}/promises/", promised).status_code == 200
    unsaid = ada.post(f"{base}/submit/").json()["missing"]
    assert [each["problem"] for each in unsaid] == ["“plan.pdf”: say how students are protected."]
    attestation = f"{base}/artifacts/{uploaded.json()['id']}/attestation/"
    said = put(ada, attestation, {"students": "released", "record_number": "R-12"}).json()
    assert (said["students"], said["record_number"], said["attested_version"]) == ("released", "R-12", "2026-12")
    sent = ada.post(f"{base}/submit/")
    assert (sent.status_code, sent.json()["state"]) == (200, "submitted")
    assert sent.json()["due_on"] == cast.lakeside.due_date(10).isoformat()
    assert ada.post(f"{base}/submit/").status_code == 200
    assert OutgoingMail.objects.filter(kind="work_sent").count() == 1
    (mine,) = ada.get(reverse("api_my_works")).json()["results"]
    assert (mine["id"], mine["state"], mine["tenant"]) == (work, "in_review", "lakeside")


def test_the_work_says_what_is_written_added_and_missing(cast, draft, ada, django_assert_max_num_queries):
    stage.write_all(cast, draft)
    with django_assert_max_num_queries(14):
        detail = ada.get(url("api_work", draft)).json()
    assert [part["key"] for part in detail["parts"]] == ["about", "c/class", "c/plan", "c/extra", "c/think", "promise"]
    assert detail["artifacts"][0]["url"] == "https://example.org/plan"
    assert detail["responses"][0]["text"] == "These are my words about who."
    assert detail["submission"]["code"] == draft.code


def test_a_stale_revision_is_a_conflict_that_shows_what_is_stored(draft, ada):
    address = url("api_response", draft, "class", "who")
    put(ada, address, {"text": "First", "rev": 0})
    late = put(ada, address, {"text": "Second", "rev": 0})
    assert late.status_code == 409
    assert late.json()["current"] == {"text": "First", "rev": 1}
    assert late["Content-Type"] == "application/problem+json"


def test_links_texts_and_removing(cast, draft, ada):
    address = url("api_artifact_add", draft, "plan")
    link = post(ada, address, {"kind": "link", "url": "https://example.org/x", "name": "My page"})
    assert (link.status_code, link.json()["name"]) == (201, "My page")
    assert post(ada, address, {"kind": "link", "url": "https://example.org/x"}).status_code == 200
    assert post(ada, address, {"kind": "text", "text": "Some words"}).status_code == 201
    assert ada.delete(url("api_artifact", draft, link.json()["id"])).status_code == 204
    with cast.inside():
        assert Artifact.objects.filter(state="ready").count() == 1


def test_an_idempotency_key_makes_one_artifact(cast, draft, ada):
    address = url("api_artifact_add", draft, "plan")
    body = {"kind": "text", "text": "Some words"}
    first = post(ada, address, body, HTTP_IDEMPOTENCY_KEY="k1")
    again = post(ada, address, body, HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"


def test_a_refused_submit_does_not_use_its_idempotency_key_up(cast, draft, ada):
    address = url("api_submit", draft)
    assert post(ada, address, {}, HTTP_IDEMPOTENCY_KEY="s1").status_code == 409
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    assert post(ada, address, {}, HTTP_IDEMPOTENCY_KEY="s1").status_code == 200


PROMISED = {"own_work": True, "protected": True, "used_ai": True}
USE = {"tool": "A chat", "what_changed": "I rewrote it."}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"students": "perhaps"}, "students"),
        ({}, "students"),
        ({"students": "released"}, "record_number"),
        ({"students": "released", "record_number": "x" * 300}, "record_number"),
    ],
)
def test_bad_attestations_are_named_by_field(cast, draft, ada, body, field):
    stage.write_all(cast, draft)
    with cast.inside():
        piece = Artifact.objects.get()
    answer = put(ada, url("api_attestation", draft, piece.id), body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert put(ada, url("api_attestation", draft, draft.id), {"students": "none"}).status_code == 404


def test_ai_uses_are_stored_and_read_back(draft, ada):
    body = {**PROMISED, "ai_uses": [USE | {"criterion": "think"}, USE]}
    detail = put(ada, url("api_promises", draft), body).json()
    assert detail["submission"]["used_ai"] is True
    assert detail["ai_uses"] == [USE | {"criterion": "think"}, USE | {"criterion": ""}]
    detail = put(ada, url("api_promises", draft), {**PROMISED, "used_ai": False}).json()
    assert (detail["submission"]["used_ai"], detail["ai_uses"]) == (False, [])


@pytest.mark.parametrize(
    ("name", "more", "body", "field"),
    [
        ("api_response", ("class", "who"), {"rev": 0}, "text"),
        ("api_response", ("class", "who"), {"text": "x", "rev": "many"}, "rev"),
        ("api_promises", (), {"own_work": False, "protected": True, "used_ai": False}, "own_work"),
        ("api_promises", (), {"own_work": True, "protected": False, "used_ai": False}, "protected"),
        ("api_promises", (), {"own_work": True, "protected": True}, "used_ai"),
        ("api_promises", (), {"own_work": True, "protected": True, "used_ai": True}, "used_ai"),
        ("api_promises", (), {**PROMISED, "ai_uses": [{"tool": "A chat"}]}, "ai_uses"),
        ("api_promises", (), {**PROMISED, "ai_uses": [USE | {"tool": "x" * 81}]}, "ai_uses"),
        ("api_promises", (), {**PROMISED, "ai_uses": [USE | {"criterion": "nowhere"}]}, "ai_uses[0].criterion"),
        ("api_promises", (), {**PROMISED, "ai_uses": [USE] * 21}, "used_ai"),
        ("api_promises", (), {**PROMISED, "used_ai": False, "ai_uses": [USE]}, "used_ai"),
    ],
)
def test_bad_bodies_are_named_by_field(draft, ada, name, more, body, field):
    answer = put(ada, url(name, draft, *more), body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("body", [{"kind": "link", "url": "javascript:alert(1)"}, {"kind": "link"}, {"kind": "cake"}])
def test_bad_artifacts_are_refused(draft, ada, body):
    assert post(ada, url("api_artifact_add", draft, "plan"), body).status_code == 400


@pytest.mark.django_db(transaction=True)  # the upload has no transaction of its own around it
@pytest.mark.parametrize("who", ["bela", "mallory"])
def test_nobody_else_can_upload(cast, draft, client, who):
    client.force_login(getattr(cast, who))
    file = SimpleUploadedFile("plan.pdf", stage.pdf())
    assert client.post(url("api_artifact_upload", draft, "plan"), {"file": file}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_bad_uploads_are_refused_with_a_sentence(cast, draft, ada):
    address = url("api_artifact_upload", draft, "plan")
    answer = ada.post(address, {"file": SimpleUploadedFile("a.pdf", b"MZ\0\0")})
    assert answer.status_code == 400
    assert "program" in answer.json()["detail"]
    assert ada.post(address, {}).status_code == 400
    assert ada.post(address, "{}", content_type="application/json").status_code == 415


@pytest.mark.parametrize("who", ["egon", "bela", "cleo", "mallory", "stranger"])
def test_other_peoples_work_does_not_exist(cast, draft, client, who):
    from tenants.models import User

    stage.other_earner(cast)
    client.force_login(User.objects.get(email=f"{who}@example.org"))
    assert client.get(url("api_work", draft)).status_code == 404
    assert put(client, url("api_response", draft, "class", "who"), {"text": "Mine now"}).status_code == 404
    assert client.post(url("api_submit", draft)).status_code == 404
    assert client.get(reverse("api_my_works")).json()["results"] == []
    with cast.inside():
        assert Submission.objects.get().state == "draft"


def test_without_signing_in_there_is_nothing(draft, client):
    assert client.get(reverse("api_my_works")).status_code == 401
    assert client.get(url("api_work", draft)).status_code in (401, 404)


def test_a_token_without_the_scope_cannot_write(cast, draft, client):
    from tenants.actions.tokens import create_token

    made = create_token(user=cast.ada, id=uuid7(), name="reader", scopes=["read"], days=30)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {made[1]}"}
    assert client.get(url("api_work", draft), **headers).status_code == 200
    assert client.post(url("api_submit", draft), **headers).status_code == 403


def test_starting_what_the_catalog_does_not_have_is_said(cast, edition, client):
    client.force_login(cast.ada)
    answer = post(client, reverse("api_work_start", args=["lakeside"]), {"micro_credential": "nothing-here"})
    assert answer.status_code == 400
    assert "micro_credential" in answer.json()["errors"]
    with cast.inside():
        assert not Work.objects.exists()
