"""The same badge in the hosted form of Open Badges 2.0, as an older backpack fetches it."""

import hashlib
import json
import re
import struct
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from pyld import jsonld

from badges.actions import revoke, share
from badges.models import Badge
from badges.openbadges.contexts import document_loader
from lib import clock
from tenants.models import Tenant
from tests.badges.made import awarded, minted
from tests.credentials.sample import draft, published


@pytest.fixture
def badge(cast):
    return minted(cast, published(cast))


def fetch(client, address):
    assert address.startswith(settings.BASE_URL)
    return client.get(address.removeprefix(settings.BASE_URL))


def assertion_at(client, badge):
    return client.get(reverse("ob2_assertion", args=[badge.id]))


def test_a_backpack_finds_assertion_class_and_issuer_by_following_their_addresses(client, cast, badge):
    answer = assertion_at(client, badge)
    assertion = answer.json()
    assert answer["Content-Type"] == "application/ld+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert assertion["type"] == "Assertion"
    assert assertion["verification"] == {"type": "hosted"}
    assert fetch(client, assertion["id"]).json() == assertion, "it is valid because it is found at its id"
    badge_class = fetch(client, assertion["badge"]).json()
    assert (badge_class["id"], badge_class["type"]) == (assertion["badge"], "BadgeClass")
    assert badge_class["name"] == badge.edition.title
    assert badge_class["criteria"]["narrative"]
    assert fetch(client, badge_class["image"])["Content-Type"] == "image/png"
    issuer = fetch(client, badge_class["issuer"]).json()
    assert (issuer["id"], issuer["type"], issuer["name"]) == (badge_class["issuer"], "Issuer", "Lakeside Schools")
    for required in ("url", "email"):
        assert issuer[required]


def test_the_recipient_is_the_hashed_address_of_the_earner(client, cast, badge):
    recipient = assertion_at(client, badge).json()["recipient"]
    assert (recipient["type"], recipient["hashed"]) == ("email", True)
    digest = hashlib.sha256((cast.ada.email + recipient["salt"]).encode()).hexdigest()
    assert recipient["identity"] == f"sha256${digest}"
    assert cast.ada.email not in json.dumps(assertion_at(client, badge).json())


def test_every_word_in_it_is_a_word_of_open_badges_2(client, badge):
    assertion = assertion_at(client, badge).json()
    badge_class = fetch(client, assertion["badge"]).json()
    for document in (assertion, badge_class, fetch(client, badge_class["issuer"]).json()):
        dropped: list[str] = []
        jsonld.expand(document, {"documentLoader": document_loader}, on_property_dropped=dropped.append)
        assert dropped == []


def test_a_tenant_without_a_contact_address_still_has_one_in_its_issuer(client, cast, badge):
    address = reverse("ob2_issuer", args=[badge.issuer_id])
    assert client.get(address).json()["email"] == "no-reply@127.0.0.1"
    Tenant.objects.filter(id=cast.lakeside.id).update(contact_email="badges@lakeside.example")
    assert client.get(address).json()["email"] == "badges@lakeside.example"


def test_a_badge_that_runs_out_says_when(client, cast, badge):
    until = clock.now() + timedelta(days=30)
    Badge.objects.filter(id=badge.id).update(expires_at=until)
    document = json.loads(bytes(badge.document)) | {"validUntil": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
    Badge.objects.filter(id=badge.id).update(document=json.dumps(document).encode())
    assert assertion_at(client, badge).json()["expires"] == document["validUntil"]


def test_a_badge_taken_back_is_gone_and_says_why(client, cast, badge):
    before = assertion_at(client, badge)
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="integrity", note="Private words")
    answer = client.get(reverse("ob2_assertion", args=[badge.id]), headers={"if-none-match": before["ETag"]})
    assert answer.status_code == 410
    assert answer.json() == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": before.json()["id"],
        "revoked": True,
        "revocationReason": "The evidence was not the earner’s own",
    }
    for name in ("ob2_png", "ob2_svg"):
        picture = client.get(reverse(name, args=[badge.id]))
        assert picture.status_code == 410
        assert picture.json()["revoked"] is True


def test_a_badge_on_hold_counts_as_revoked_for_as_long_as_that_lasts(client, badge):
    hold = {"state": "suspended", "suspended_at": clock.now(), "suspended_note": "Private words"}
    Badge.objects.filter(id=badge.id).update(**hold)
    answer = assertion_at(client, badge)
    assert answer.status_code == 200, "410 would mean for good"
    assert answer.json()["revoked"] is True
    assert "Private words" not in answer.content.decode()
    Badge.objects.filter(id=badge.id).update(state="issued", suspended_at=None, suspended_note="")
    assert "revoked" not in assertion_at(client, badge).json()


def test_there_is_none_of_a_private_an_unmade_or_an_unknown_badge(client, cast, badge):
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="private", show_name=False)
    unmade = awarded(cast, published(cast, title="Being made"))
    client.force_login(cast.ada)
    for number in (badge.id, unmade.id, uuid4()):
        for name in ("ob2_assertion", "ob2_png", "ob2_svg"):
            assert client.get(reverse(name, args=[number])).status_code == 404
    hidden = draft(cast, title="A draft")
    assert client.get(reverse("ob2_class", args=["e", hidden.id])).status_code == 404


def test_an_unchanged_assertion_is_not_sent_again(client, badge):
    first = assertion_at(client, badge)
    again = client.get(reverse("ob2_assertion", args=[badge.id]), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_the_pictures_carry_the_assertion_as_badge_baking_asks(client, badge):
    png = client.get(reverse("ob2_png", args=[badge.id])).content
    chunks = [data for kind, data in chunks_of(png) if kind == b"iTXt"]
    assert len(chunks) == 1
    keyword, rest = chunks[0].split(b"\0", 1)
    assert keyword == b"openbadges"
    assert rest[:2] == b"\0\0", "not compressed"
    assert json.loads(rest[4:]) == assertion_at(client, badge).json()
    svg = client.get(reverse("ob2_svg", args=[badge.id])).content.decode()
    assert 'xmlns:openbadges="http://openbadges.org"' in svg
    [(verify, text)] = re.findall(
        r'<openbadges:assertion verify="([^"]+)"><!\[CDATA\[(.*?)\]\]></openbadges:assertion>', svg
    )
    assert verify == assertion_at(client, badge).json()["id"]
    assert json.loads(text) == assertion_at(client, badge).json()


def chunks_of(png: bytes) -> list[tuple[bytes, bytes]]:
    found, position = [], 8
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        found.append((png[position + 4 : position + 8], png[position + 8 : position + 8 + length]))
        position += 12 + length
    return found
