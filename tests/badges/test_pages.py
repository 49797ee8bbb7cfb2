"""What people and machines get at the addresses of a badge, in each of its states."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from badges.actions import revoke, share
from badges.models import Badge
from badges.openbadges.baking import unbake_png, unbake_svg
from lib import clock
from tests.badges.made import awarded, minted
from tests.credentials.sample import published

GOOD = "This badge is real and in good standing"
DOUBT = "We could not confirm this badge"


@pytest.fixture
def badge(cast):
    return minted(cast, published(cast))


def page(client, badge, **headers):
    return client.get(reverse("badge", args=[badge.id]), headers=headers)


def set_visibility(cast, badge, visibility, show_name=True):
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility=visibility, show_name=show_name)


def test_anyone_with_the_link_sees_who_earned_what_from_whom(client, cast, badge):
    answer = page(client, badge)
    text = answer.content.decode()
    assert answer.status_code == 200
    for expected in (GOOD, "Ada Alvarez", badge.edition.title, "Lakeside Schools"):
        assert expected in text
    assert cast.ada.email not in text
    assert answer["X-Robots-Tag"] == "noindex"


def test_the_badge_page_stays_within_its_queries(client, badge, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page(client, badge)


def test_the_name_is_hidden_when_the_earner_says_so(client, cast, badge):
    set_visibility(cast, badge, "public", show_name=False)
    text = page(client, badge).content.decode()
    assert "Ada" not in text


def test_a_private_badge_is_only_for_its_earner(client, cast, badge):
    set_visibility(cast, badge, "private")
    assert page(client, badge).status_code == 403
    assert "Ada" not in page(client, badge).content.decode()
    for name in ("badge_json", "badge_png", "badge_svg"):
        assert client.get(reverse(name, args=[badge.id])).status_code == 404
    client.force_login(cast.ada)
    assert page(client, badge).status_code == 200
    assert "private" in client.get(reverse("badge_json", args=[badge.id]))["Cache-Control"]


def test_an_unknown_badge_says_what_to_do(client, db):
    answer = client.get(reverse("badge", args=[uuid4()]))
    assert answer.status_code == 404
    assert "upload the badge file" in answer.content.decode()


def test_a_badge_that_is_not_minted_yet_says_so(client, cast):
    badge = awarded(cast, published(cast))
    assert "This badge is being made" in page(client, badge).content.decode()
    assert client.get(reverse("badge_json", args=[badge.id])).status_code == 404


def test_a_revoked_badge_says_when_and_why_and_the_status_list_agrees(client, cast, badge):
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="integrity", note="Private words")
    text = page(client, badge).content.decode()
    assert "This badge is no longer valid" in text
    assert "took it back" in text
    assert "Private words" not in text
    answer = client.post(reverse("verify"), {"address": f"http://127.0.0.1:8000/b/{badge.id}"})
    assert "do not rely on it" in answer.content.decode()
    assert "taken this badge back" in answer.content.decode()


@pytest.mark.parametrize("accept", ["application/json", "application/ld+json", "application/vc+ld+json"])
def test_machines_get_the_signed_document_at_the_same_address(client, badge, accept):
    answer = page(client, badge, accept=accept)
    assert answer["Content-Type"] == "application/vc+ld+json"
    assert answer.content == bytes(badge.document)
    assert "Accept" in answer["Vary"]


def test_an_unchanged_document_is_not_sent_again(client, badge):
    address = reverse("badge_json", args=[badge.id])
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_pictures_carry_the_badge(client, badge):
    png = client.get(reverse("badge_png", args=[badge.id])).content
    svg = client.get(reverse("badge_svg", args=[badge.id])).content
    assert json.loads(unbake_png(png)) == json.loads(unbake_svg(svg)) == json.loads(bytes(badge.document))


def test_every_address_in_a_badge_answers(client, badge):
    document = json.loads(bytes(badge.document))
    achievement = document["credentialSubject"]["achievement"]
    addresses = [
        document["id"],
        achievement["id"],
        achievement["image"]["id"],
        document["credentialStatus"]["statusListCredential"],
    ]
    for address in addresses:
        path = address.removeprefix("http://127.0.0.1:8000")
        assert path != address
        assert client.get(path, headers={"accept": "application/json"}).status_code == 200, address
    host, _, issuer = document["issuer"]["id"].removeprefix("did:web:").split(":")
    assert host == "127.0.0.1%3A8000"
    assert client.get(f"/i/{issuer}/did.json").json()["id"] == document["issuer"]["id"]


def verified(client, **given):
    answer = client.post(reverse("verify"), given)
    return answer, answer.content.decode()


def test_a_badge_is_verified_by_file_text_and_address(client, badge):
    png = client.get(reverse("badge_png", args=[badge.id])).content
    svg = client.get(reverse("badge_svg", args=[badge.id])).content
    for given in (
        {"file": SimpleUploadedFile("badge.png", png)},
        {"file": SimpleUploadedFile("badge.svg", svg)},
        {"file": SimpleUploadedFile("badge.json", bytes(badge.document))},
        {"text": bytes(badge.document).decode()},
        {"address": f"http://127.0.0.1:8000/b/{badge.id}"},
        {"address": f"http://127.0.0.1:8000/b/{badge.id}.png"},
    ):
        answer, text = verified(client, **given)
        assert answer.status_code == 200
        assert GOOD in text, given


def test_the_address_of_the_owner_can_be_checked(client, badge, cast):
    text = bytes(badge.document).decode()
    assert "belongs to this e-mail address" in verified(client, text=text, email=cast.ada.email)[1]
    assert "does not belong to this e-mail address" in verified(client, text=text, email="someone@example.org")[1]


def test_a_changed_badge_is_refused_with_the_step_that_failed(client, badge):
    document = json.loads(bytes(badge.document))
    document["credentialSubject"]["achievement"]["name"] = "Something grander"
    answer, text = verified(client, text=json.dumps(document))
    assert DOUBT in text
    assert "Something was changed after the badge was signed" in text


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"address": "nonsense"},
        {"address": "http://127.0.0.1:8000/b/not-a-badge"},
        {"address": f"http://127.0.0.1:8000/b/{uuid4()}"},
        {"address": "https://elsewhere.example/b/1"},
        {"address": "http://[::1"},
        {"address": "http://127.0.0.1:8000/b/1", "text": "{}"},
        {"email": "not an address", "text": "{}"},
    ],
)
def test_what_cannot_be_a_badge_gets_a_sentence_and_keeps_what_was_typed(client, db, given):
    answer, text = verified(client, **given)
    assert answer.status_code == 422
    assert "err-msg" in text or "err-summary" in text
    if given.get("address"):
        assert given["address"] in text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        b"<svg",
        b"{" * 5000,
        b"[" * 5000,
        b"\xff\xfe\x00",
        b'{"type": NaN}',
        b'{"a": "\\ud800"}',
        b"x" * 100,
    ],
)
def test_hostile_files_are_refused_with_a_sentence(client, db, data):
    answer, text = verified(client, file=SimpleUploadedFile("badge", data))
    assert answer.status_code == 200
    assert DOUBT in text


def test_the_passport_lists_my_badges_and_no_others(client, cast, badge, django_assert_max_num_queries):
    client.force_login(cast.ada)
    with django_assert_max_num_queries(14):
        mine = client.get(reverse("passport", args=["lakeside"])).content.decode()
    assert badge.edition.title in mine
    client.force_login(cast.bela)
    assert "No badges yet" in client.get(reverse("passport", args=["lakeside"])).content.decode()


def test_only_the_earner_may_change_who_sees_a_badge(client, cast, badge):
    address = reverse("badge_share", args=["lakeside", badge.id])
    client.force_login(cast.bela)
    assert client.post(address, {"visibility": "public"}).status_code == 404
    client.force_login(cast.ada)
    assert client.post(address, {"visibility": "everyone"}).status_code == 422
    assert client.post(address, {"visibility": "public"}).status_code == 302
    badge.refresh_from_db()
    assert (badge.visibility, badge.show_name) == ("public", False)


def test_an_admin_takes_a_badge_back_and_the_earner_is_told(client, cast, badge):
    client.force_login(cast.cleo)
    listed = client.get(reverse("manage_badges", args=["lakeside"]), {"q": "ada"}).content.decode()
    assert badge.edition.title in listed
    address = reverse("badge_revoke", args=["lakeside", badge.id])
    assert client.post(address, {"reason": "other", "note": " "}).status_code in (400, 422)
    assert client.post(address, {"reason": "error"}).status_code == 302
    badge.refresh_from_db()
    assert badge.state == Badge.State.REVOKED
    again = client.post(address, {"reason": "error"})
    assert again.status_code == 409


def test_admins_of_other_tenants_cannot_reach_a_badge(client, cast, badge):
    client.force_login(cast.mallory)
    for slug in ("lakeside", "harbor"):
        assert client.post(reverse("badge_revoke", args=[slug, badge.id]), {"reason": "error"}).status_code == 404
    badge.refresh_from_db()
    assert badge.state == Badge.State.ISSUED


def test_the_api_lists_my_badges(client, cast, badge):
    assert client.get(reverse("api_my_badges")).status_code in (401, 403)
    client.force_login(cast.ada)
    [row] = client.get(reverse("api_my_badges")).json()["results"]
    assert row["title"] == badge.edition.title
    assert row["credential"].endswith(f"/b/{badge.id}.json")


def test_the_check_does_not_tell_whether_a_private_badge_exists(client, cast, badge):
    set_visibility(cast, badge, "private")
    known, unknown = (
        client.post(reverse("verify"), {"address": f"http://127.0.0.1:8000/b/{each}"}) for each in (badge.id, uuid4())
    )
    assert known.status_code == unknown.status_code == 422
    assert "find a badge at this address" in known.content.decode()
    client.force_login(cast.ada)
    mine = client.post(reverse("verify"), {"address": f"http://127.0.0.1:8000/b/{badge.id}"})
    assert "real and in good standing" in mine.content.decode()


def test_the_dates_of_a_badge_are_those_of_its_issuer(client, cast):
    with clock.at(datetime(2026, 7, 1, 2, 30, tzinfo=UTC)):  # the evening of June 30 in New York
        badge = minted(cast, published(cast))
    text = page(client, badge).content.decode()
    assert "June 30, 2026" in text
    assert "issueMonth=6" in text
