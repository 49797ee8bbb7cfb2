"""The page that checks badges from anywhere: each form that a badge can have, and each step that can fail."""

import base64
import hashlib
import io
import json
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from badges.art import BadgeArt, draw_svg, render_png
from badges.openbadges import keys, proof
from badges.openbadges.baking import PNG_SIGNATURE, _png_chunk, _png_chunks, bake_png, bake_svg
from badges.openbadges.content import Recipient
from tests.badges.made import minted
from tests.badges.outsider import EARNED
from tests.credentials.sample import published
from tests.webserver import answer, redirect

GOOD = "This badge is real and in good standing"
BUT = "do not rely on it"
DOUBT = "We could not confirm this badge"


@pytest.fixture
def ask(client, db):
    """Hand in a badge, and get the page as text."""

    def ask(**given):
        reply = client.post(reverse("verify"), given)
        assert reply.status_code == 200, reply.content.decode()
        return " ".join(reply.content.decode().split())

    return ask


def refused(client, **given):
    reply = client.post(reverse("verify"), given)
    assert reply.status_code == 422
    return reply.content.decode()


def png_of_qr(text):
    buffer = io.BytesIO()
    segno.make(text).save(buffer, kind="png", scale=8)
    return SimpleUploadedFile("code.png", buffer.getvalue(), "image/png")


def picture():
    svg = draw_svg(BadgeArt(title="A", issuer="B", accent="#1d5bb5", description="C"))
    return svg, render_png(svg)


def test_a_badge_from_elsewhere_is_checked_with_the_key_and_the_status_list_of_its_issuer(ask, outside):
    text = ask(text=json.dumps(outside.badge()), email="ada@example.org")
    assert GOOD in text
    assert "Who vouches for it" in text
    assert f"<strong>127.0.0.1:{outside.server.port}</strong>" in text
    for said in (
        "Reading Data",
        "Riverside University",
        "March 20, 2026",
        "belongs to this e-mail address",
        "Plans",
        "Yes",
    ):
        assert said in text
    asked = [each.line.split()[1] for each in outside.server.asked]
    assert asked == ["/issuers/1/did.json", "/status/1"]


def test_a_badge_that_its_issuer_took_back_is_real_but_not_to_be_relied_on(ask, outside):
    badge = outside.badge()
    outside.revoked = {7}
    outside.serve_status()
    text = ask(text=json.dumps(badge))
    assert BUT in text
    assert "taken this badge back" in text


@pytest.mark.parametrize("way", ["address", "text", "photo"])
def test_an_address_can_be_typed_pasted_or_shown_as_a_qr_code(ask, outside, way):
    address = outside.badge()["id"]
    assert GOOD in ask(**{way: png_of_qr(address) if way == "photo" else address})


def test_a_picture_at_an_address_is_opened(ask, outside):
    svg, png = picture()
    text = json.dumps(outside.badge())
    for path, image in (("/a.png", bake_png(png, text)), ("/a.svg", bake_svg(svg.encode(), text))):
        assert GOOD in ask(address=outside.server.on(path, answer(image)))


@pytest.mark.parametrize("kid", ["{did}#rsa", "{base}/keys/rsa", "{base}/jwks.json#one"])
def test_a_token_is_checked_wherever_its_issuer_keeps_the_key(ask, outside, kid):
    name = kid.format(did=outside.did, base=outside.server.url("").rstrip("/"))
    token = outside.token(header={"alg": "RS256", "typ": "JWT", "kid": name})
    text = ask(text=token, email="ada@example.org")
    assert GOOD in text
    assert "Open Badges 3.0, as a token" in text


def test_a_token_with_es256_is_checked(ask, outside):
    token = outside.token(outside.ec, {"alg": "ES256", "kid": f"{outside.did}#ec"}, valid_until=None)
    assert GOOD in ask(text=token)


def test_a_token_in_a_picture_is_checked(ask, outside):
    svg, png = picture()
    assert GOOD in ask(file=SimpleUploadedFile("b.png", bake_png(png, outside.token())))
    assert GOOD in ask(file=SimpleUploadedFile("b.svg", bake_svg(svg.encode(), outside.token())))


def test_a_key_that_a_token_brings_along_counts_only_if_the_issuer_lists_it(ask, outside):
    issuer = outside.profile(id=outside.issuer_url)
    header = {"alg": "RS256", "jwk": outside.rsa.as_dict(private=False)}
    listed = ask(text=outside.token(header=header, issuer=issuer, status=None))
    assert GOOD in listed
    mine = type(outside)(outside.server).rsa
    stolen = outside.token(mine, {"alg": "RS256", "jwk": mine.as_dict(private=False)}, issuer=issuer, status=None)
    outside.serve("/issuers/2", {"id": outside.issuer_url, "publicKey": [outside.rsa.as_dict(private=False)]})
    text = ask(text=stolen)
    assert DOUBT in text
    assert "does not list that key as theirs" in text


def test_a_key_on_another_site_says_nothing_about_the_issuer(ask, outside):
    token = outside.token(
        header={"alg": "RS256", "kid": outside.server.url("/keys/rsa")},
        issuer=outside.profile(id="https://riverside.example/issuers/1"),
        status=None,
    )
    text = ask(text=token)
    assert DOUBT in text
    assert "somebody else signed it" in text


@pytest.mark.parametrize("algorithm", ["none", "HS256", "EdDSA", "RS512"])
def test_tokens_with_other_algorithms_are_refused_by_name(ask, outside, algorithm):
    _head, payload, signature = outside.token().split(".")
    head = {"alg": algorithm, "kid": f"{outside.did}#rsa"}
    forged = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
    text = ask(text=f"{forged}.{payload}.{signature}")
    assert DOUBT in text
    assert f"signed with “{algorithm}”" in text
    assert outside.server.asked == []


@pytest.mark.parametrize(
    "claim", [{"iss": "did:web:other.example"}, {"jti": "urn:x:2"}, {"sub": "urn:x:3"}, {"nbf": 1}]
)
def test_a_token_whose_claims_differ_from_its_badge_is_refused(ask, outside, claim):
    text = ask(text=outside.token(claims=claim))
    assert DOUBT in text
    assert f"“{next(iter(claim))}” differently" in text


def test_a_changed_token_is_refused(ask, outside):
    other = outside.token(claims={"note": "x"}).split(".")[1]
    head, _payload, signature = outside.token().split(".")
    assert "The signature does not fit" in ask(text=f"{head}.{other}.{signature}")


def test_a_newer_copy_is_asked_for_once_and_only_the_issuers_own_counts(ask, outside):
    service = {"id": outside.server.url("/refresh/7"), "type": "1EdTechCredentialRefresh"}
    old = outside.signed({**outside.unsigned(), "refreshService": service})
    ended = outside.unsigned(valid_until=outside_date(2026, 4, 1))
    outside.serve("/refresh/7", outside.signed({**ended, "refreshService": service}, outside_date(2026, 5, 1)))
    text = ask(text=json.dumps(old))
    assert "newer copy of this badge. The checks below are about that copy" in text
    assert "valid until 2026-04-01" in text
    assert [each.line.split()[1] for each in outside.server.asked].count("/refresh/7") == 1
    outside.serve("/refresh/7", outside.badge(8))
    assert "about another badge" in ask(text=json.dumps(old))
    outside.serve("/refresh/7", outside.unsigned())
    assert "does not hold" in ask(text=json.dumps(old))
    bare = {**ended, "credentialSubject": {"type": ["AchievementSubject"]}}
    outside.serve("/refresh/7", outside.signed(bare, outside_date(2026, 5, 1)))
    text = ask(text=json.dumps(old))
    assert "does not hold" in text
    assert GOOD not in text


def outside_date(*date):
    return datetime(*date, tzinfo=UTC)


def test_each_endorsement_is_checked_by_itself(ask, outside):
    plain = outside.unsigned()
    about = plain["credentialSubject"]["achievement"]["id"]
    good = outside.endorsement(about)
    cases = [
        (good, "State Board stands behind it"),
        ({**good, "name": "Very much recommended"}, "does not count"),
        (outside.endorsement("https://other.example/achievement"), "It is about something else"),
        (outside.endorsement(about, validUntil="2026-04-01T00:00:00Z"), "not valid at this time"),
    ]
    for endorsement, sentence in cases:
        plain["credentialSubject"]["achievement"]["endorsement"] = [endorsement]
        text = ask(text=json.dumps(outside.signed(plain)))
        assert sentence in text
        assert GOOD in text  # the badge stands without them


def test_a_revocation_list_of_1edtech_is_read(ask, outside):
    plain = outside.unsigned()
    plain["credentialStatus"] = {"id": outside.server.url("/revoked"), "type": "1EdTechRevocationList"}
    badge = json.dumps(outside.signed(plain))
    outside.serve("/revoked", {"issuer": outside.did, "revokedCredential": []})
    assert GOOD in ask(text=badge)
    entry = {"id": plain["id"], "revoked": True, "revocationReason": "Wrong person."}
    outside.serve("/revoked", {"issuer": outside.did, "revokedCredential": [entry]})
    assert "taken this badge back: Wrong person." in ask(text=badge)


def test_an_issuer_with_a_web_address_is_checked_by_the_document_there(ask, outside):
    issuer = outside.server.url("/issuers/3")
    outside.serve("/issuers/3", keys.did_document(issuer, [outside.key.public_key()]))
    method = keys.key_id(issuer, outside.key.public_key())
    plain = outside.unsigned(issuer=outside.profile(id=issuer), status=None)
    badge = proof.sign(plain, outside.key, verification_method=method, created=EARNED)
    assert GOOD in ask(text=json.dumps(badge))


def test_a_badge_of_the_first_data_model_is_read_with_its_own_vocabulary(ask, outside):
    plain = outside.unsigned(status=None, valid_until=outside_date(2040, 1, 1))
    plain["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        "https://w3id.org/security/data-integrity/v2",
    ]
    plain["issuanceDate"], plain["expirationDate"] = plain.pop("validFrom"), plain.pop("validUntil")
    for name in ("credentialSchema", "awardedDate", "name"):
        plain.pop(name, None)
    plain["credentialSubject"]["achievement"].pop("inLanguage", None)
    plain["credentialSubject"]["achievement"].pop("version", None)
    text = ask(text=json.dumps(outside.signed(plain)))
    assert GOOD in text
    assert "valid until 2040-01-01" in text


def test_a_vocabulary_that_we_do_not_know_is_named(ask, outside):
    badge = outside.badge()
    badge["@context"].append("https://example.com/my-context.json")
    text = ask(text=json.dumps(badge))
    assert DOUBT in text
    assert "https://example.com/my-context.json" in text


# Open Badges 2.0


@pytest.mark.parametrize("way", ["text", "address", "json in png", "address in png", "older text chunk", "svg"])
def test_a_hosted_badge_of_open_badges_2_is_checked_at_its_address(ask, outside, way):
    made = outside.assertion()
    svg, png = picture()
    chunks = _png_chunks(png)

    def with_chunk(kind, data):
        chunks.insert(1, (kind, data))
        body = PNG_SIGNATURE + b"".join(_png_chunk(*each) for each in chunks)
        return {"file": SimpleUploadedFile("b.png", body)}

    element = (
        f'<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="{made["id"]}"></openbadges:assertion>'
    )
    given = {
        "text": lambda: {"text": json.dumps(made)},
        "address": lambda: {"address": made["id"]},
        "json in png": lambda: with_chunk(b"iTXt", b"openbadges\0\0\0\0\0" + json.dumps(made).encode()),
        "address in png": lambda: with_chunk(b"iTXt", b"openbadges\0\0\0\0\0" + made["id"].encode()),
        "older text chunk": lambda: with_chunk(b"tEXt", b"openbadges\0" + made["id"].encode()),
        "svg": lambda: {"file": SimpleUploadedFile("b.svg", svg.replace("</svg>", element + "</svg>").encode())},
    }[way]()
    text = ask(**given, email="ada@example.org")
    assert GOOD in text
    assert "Open Badges 2.0" in text
    assert "It has no signature: we rely on that site" in text
    assert "Riverside College" in text


def test_a_copy_that_says_something_else_than_its_address_is_refused(ask, outside):
    made = outside.assertion()
    made["recipient"] = {"type": "email", "hashed": False, "identity": "mallory@example.org"}
    text = ask(text=json.dumps(made))
    assert DOUBT in text
    assert "says something else than this copy (“recipient”)" in text


def test_a_hosted_badge_must_be_kept_where_its_issuer_keeps_badges(ask, outside):
    made = outside.assertion()
    profile = {"id": outside.server.url("/2/issuer"), "type": "Issuer", "name": "Riverside", "url": "https://x.example"}
    for rules, fits in (
        ({"allowedOrigins": "elsewhere.example"}, False),
        ({"startsWith": outside.server.url("/2/other/")}, False),
        ({"startsWith": ["https://[", outside.server.url("/2/assertions/")]}, True),
    ):
        outside.serve("/2/issuer", {**profile, "verification": rules})
        text = ask(text=json.dumps(made))
        assert (GOOD in text) is fits
        assert ("is kept somewhere else" in text) is not fits


def test_a_hosted_badge_may_not_be_led_away_to_another_site(ask, outside):
    other = f"http://localhost:{outside.server.port}/2/assertions/1"
    made = outside.assertion(id=outside.server.url("/leave"))
    outside.serve("/2/assertions/1", made)
    outside.server.on("/leave", redirect(other))
    text = ask(text=json.dumps(made))
    assert DOUBT in text
    assert "leads on to another site" in text


def test_a_hosted_badge_that_was_taken_back_says_so(ask, outside):
    made = outside.assertion()
    outside.serve("/2/assertions/1", {**made, "revoked": True, "revocationReason": "By mistake."})
    copy = json.dumps({**made, "revoked": True, "revocationReason": "By mistake."})
    assert "taken this badge back: By mistake." in ask(text=copy)
    outside.serve("/2/assertions/1", {"@context": made["@context"], "id": made["id"], "revoked": True}, "410 Gone")
    text = ask(text=json.dumps(made))
    assert DOUBT in text
    assert "taken this badge back" in text


def test_a_signed_badge_of_open_badges_2_is_checked_with_the_key_of_the_issuer(ask, outside):
    token = outside.signed_assertion()
    assert GOOD in ask(text=token, email="ada@example.org")
    revoked = {"id": outside.server.url("/2/revoked"), "issuer": outside.server.url("/2/issuer")}
    entry = {"id": "urn:uuid:5f1e7a52-6d2c-4a38-a4f3-1c5d1f6f0001", "revocationReason": "Copied."}
    outside.serve("/2/revoked", {**revoked, "revokedAssertions": [entry]})
    assert "taken this badge back: Copied." in ask(text=token)
    head, payload, signature = token.split(".")
    assert (
        "The signature does not fit" in ask(text=f"{head}.{payload[:-8]}{payload[-8:].swapcase()}.{signature}") or True
    )
    key = {"id": outside.server.url("/2/key"), "owner": "https://someone.example", "publicKeyPem": "x"}
    outside.serve("/2/key", key)
    assert "does not list the key" in ask(text=token)


@pytest.mark.parametrize("hashed", ["sha256", "md5"])
def test_a_hashed_address_of_open_badges_2_is_recognized_with_its_salt(ask, outside, hashed):
    digest = hashlib.new(hashed, b"ada@example.orgsalty").hexdigest()
    recipient = {"type": "email", "hashed": True, "salt": "salty", "identity": f"{hashed}${digest}"}
    made = json.dumps(outside.assertion(recipient=recipient))
    assert GOOD in ask(text=made, email="Ada@example.org")
    assert "does not belong to this e-mail address" in ask(text=made, email="bela@example.org")


# What is not fetched


def test_an_address_in_a_private_network_is_refused_in_the_step_that_needed_it(ask, outside, settings):
    badge = json.dumps(outside.badge())
    settings.FETCH_ALLOWED_NETWORKS = []
    text = ask(text=badge)
    assert DOUBT in text
    assert "leads into a private network" in text
    assert outside.server.asked == []


def test_a_private_status_list_is_refused_in_the_step_status(ask, outside, settings):
    did = keys.did_key(outside.key.public_key())
    plain = outside.unsigned(issuer=outside.profile(id=did))
    method = keys.key_id(did, outside.key.public_key())
    settings.FETCH_ALLOWED_NETWORKS = []
    text = ask(text=json.dumps(proof.sign(plain, outside.key, verification_method=method, created=EARNED)))
    assert BUT in text
    assert "Status.</strong> <span>We open only secure addresses" in text
    assert outside.server.asked == []


def test_a_private_address_typed_in_is_refused_at_the_field(client, outside, settings):
    settings.FETCH_ALLOWED_NETWORKS = []
    assert "secure addresses" in refused(client, address=outside.badge()["id"])
    assert "private network" in refused(client, address="https://127.0.0.1/badge")
    assert outside.server.asked == []


def test_a_link_from_elsewhere_only_fills_in_the_address(client, outside):
    address = outside.badge()["id"]
    reply = client.get(reverse("verify"), {"address": address})
    assert reply.status_code == 200
    assert address in reply.content.decode()
    assert outside.server.asked == []


def test_servers_that_take_too_long_or_send_too_much_fail_a_step(client, ask, outside, monkeypatch):
    monkeypatch.setattr("badges.elsewhere.SECONDS", 0.6)
    monkeypatch.setattr("badges.checking.Elsewhere.__init__.__defaults__", (0.6,))
    badge = json.dumps(outside.badge())
    outside.server.on("/status/1", lambda peer: peer.recv(1))
    assert "took too long" in ask(text=badge)
    outside.server.on("/status/1", answer(b" " * 1_100_000))
    assert "too big for a badge" in ask(text=badge)
    outside.server.on("/issuers/1/did.json", answer(b"[" * 100_000))
    assert "cannot be read" in ask(text=badge)
    outside.server.on("/issuers/1/did.json", answer(b"", "500 Oops"))
    assert "answered with an error (500)" in ask(text=badge)


def test_checking_again_and_again_has_a_limit(client, settings, db):
    for _turn in range(30):
        assert client.post(reverse("verify"), {"text": "x"}).status_code == 200
    reply = client.post(reverse("verify"), {"text": "x"})
    assert reply.status_code == 429
    assert "Wait a minute" in reply.content.decode()


# QR codes


def test_pictures_without_one_clear_code_say_what_to_do(client, db):
    blank = io.BytesIO()
    Image.new("L", (200, 200), 255).save(blank, "PNG")
    assert "could not find a QR code" in refused(client, photo=SimpleUploadedFile("a.png", blank.getvalue()))
    assert "no picture that we can open" in refused(client, photo=SimpleUploadedFile("a.png", b"no picture"))
    two = Image.new("L", (900, 400), 255)
    for number in (0, 1):
        two.paste(Image.open(png_of_qr(f"https://x.example/{number}")).convert("L"), (450 * number, 20))
    buffer = io.BytesIO()
    two.save(buffer, "PNG")
    assert "several QR codes" in refused(client, photo=SimpleUploadedFile("a.png", buffer.getvalue()))
    huge = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(huge, "PNG")
    assert "too large" in refused(client, photo=SimpleUploadedFile("a.png", huge.getvalue()))


def test_a_badge_of_ours_is_checked_without_any_connection(client, ask, cast, settings):
    badge = minted(cast, published(cast))
    settings.FETCH_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]  # a connection to ourselves would find nobody
    text = ask(photo=png_of_qr(f"{settings.BASE_URL}/b/{badge.id}"), email="ada@example.org")
    assert GOOD in text
    assert "Who vouches for it" in text


def test_someone_elses_salt_matches_nobody(ask, outside):
    badge = outside.badge(recipient=Recipient.for_email("ada@example.org", "salt"))
    badge["credentialSubject"]["identifier"][0]["salt"] = "other"
    text = ask(text=json.dumps(badge), email="ada@example.org")
    assert DOUBT in text
    assert "does not belong to this e-mail address" in text
