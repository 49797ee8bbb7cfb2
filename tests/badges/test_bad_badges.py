"""Badges that are wrong on purpose: whatever somebody hands in is answered with the step that failed, never an error.

Thousands of changed badges of every form go through the same check as on the page, with a world outside that is
played in memory.
"""

import base64
import json
import random
import struct
import zlib
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from badges.art import BadgeArt, draw_svg, render_png
from badges.openbadges.baking import PNG_SIGNATURE, bake_png, bake_svg
from badges.openbadges.contexts import CREDENTIALS_V2
from badges.openbadges.documents import compose
from badges.openbadges.errors import NotResolved
from badges.openbadges.said import said
from badges.openbadges.status_list import compose_status_list
from badges.openbadges.verification import verify_file
from tests.badges.outsider import Outsider
from tests.badges.samples import award
from tests.webserver import WebServer

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SVG = draw_svg(BadgeArt(title="A", issuer="B", accent="#1d5bb5", description="C"))
PNG = render_png(SVG)


class Memory(WebServer):
    """A world that answers from memory, for checks without any connection."""

    def __init__(self):
        super().__init__(port=4711)
        self.documents = {}

    def on(self, path, play):
        self.documents[self.url(path)] = play.partition(b"\r\n\r\n")[2]
        return self.url(path)

    def get(self, name):
        if name.startswith("did:web:"):
            name = self.url("/issuers/1/did.json")
        if name not in self.documents:
            raise NotResolved("not there", code="unreachable")
        return self.documents[name]


@pytest.fixture(scope="module")
def world():
    return Outsider(Memory())


def check(world, data, email="ada@example.org"):
    get = world.server.get
    return verify_file(data, resolve_did=get, fetch_status_list=get, fetch=get, now=NOW, email=email)


def texts(world):
    """A real badge of each form, as text."""
    about = world.unsigned()["credentialSubject"]["achievement"]["id"]
    plain = world.unsigned()
    plain["credentialSubject"]["achievement"]["endorsement"] = [world.endorsement(about)]
    return {
        "ob3": json.dumps(world.signed(plain)),
        "token": world.token(),
        "ob2": json.dumps(world.assertion()),
        "ob2 signed": world.signed_assertion(),
    }


def files(world):
    """The same in pictures."""
    found = {name: text.encode() for name, text in texts(world).items()}
    ob3, ob2 = texts(world)["ob3"], texts(world)["ob2"]
    chunk = b"iTXt" + b"openbadges\0\0\0\0\0" + ob2.encode()
    data = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    found |= {"png": bake_png(PNG, ob3), "svg": bake_svg(SVG.encode(), ob3), "ob2 png": PNG[:33] + data + PNG[33:]}
    return found


def test_the_badges_that_are_changed_below_are_good_ones(world):
    for name, data in files(world).items():
        report = check(world, data)
        assert report.in_force, (name, [step.sentence for step in report.steps])


def sound(report, data):
    """What every report has to be: complete, and fit to be shown."""
    failed = [step for step in report.steps if step.state in ("failed", "warning")]
    assert report.in_force or failed, data[:200]
    for step in report.steps:
        assert step.sentence.strip()
        step.sentence.encode()
    shown = said(report)
    if shown is not None:
        repr(shown).encode("utf-8", "surrogatepass")


def changed_bytes(chance, data):
    """Flip, cut, repeat, insert, or move bytes."""
    place, other = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return chance.choice(
        [
            lambda: data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :],
            lambda: data[:place],
            lambda: data[:place] + data[other:],
            lambda: data[:place] + data[place:other] * 2 + data[other:],
            lambda: data[:place] + bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9))) + data[place:],
            lambda: data[other:] + data[:other],
        ]
    )()


ODD = [None, True, 0, -1, 1e300, "", " ", "\x00", "\u202e", "a" * 300, "https://[", "did:web:", "javascript:1", [], {}]
ODD += [
    [[]],
    {"@id": 1},
    {"id": {}},
    ["x", {}],
    {"@context": []},
    "2026-13-45T99:99:99Z",
    10**40,
    "did:key:z6",
    "\ud800",
]


def changed_value(chance, document):
    """Replace, drop, rename or add a value anywhere in a document."""
    places = []

    def walk(value):
        if isinstance(value, dict):
            places.extend((value, key) for key in value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            places.extend((value, number) for number in range(len(value)))
            for inner in value:
                walk(inner)

    walk(document)
    holder, key = chance.choice(places)
    other_holder, other_key = chance.choice(places)
    deed = chance.randrange(5)
    if deed == 0:
        del holder[key]
    elif deed == 1:
        holder[key] = json.loads(json.dumps(other_holder[other_key]))
    elif deed == 2 and isinstance(holder, dict):
        holder[str(chance.choice(ODD))[:20]] = holder.pop(key)
    else:
        holder[key] = chance.choice(ODD)
    return document


def test_two_thousand_broken_files_are_answered_with_the_step_that_failed(world):
    chance = random.Random(5)
    good = list(files(world).values())
    for _turn in range(2_100):
        data = chance.choice(good)
        for _again in range(chance.choice([1, 1, 1, 3])):
            data = changed_bytes(chance, data)
        report = check(world, data)
        sound(report, data)


def test_a_thousand_badges_with_other_values_never_say_something_new(world):
    """A badge may still hold after a change only where it says the same: hosted ones say what their address says."""
    chance = random.Random(6)
    good = texts(world)
    for _turn in range(500):
        document = changed_value(chance, json.loads(good["ob3"]))
        data = json.dumps(document).encode("utf-8", "surrogatepass")
        report = check(world, data)
        sound(report, data)
        if report.verified:
            assert without_nothing(document) == without_nothing(json.loads(good["ob3"])), data
    for _turn in range(700):
        document = changed_value(chance, json.loads(good["ob2"]))
        data = json.dumps(document).encode("utf-8", "surrogatepass")
        report = check(world, data)
        sound(report, data)
        if report.verified:
            assert report.credential["recipient"] == json.loads(good["ob2"])["recipient"], data


def without_nothing(value):
    """Empty arrays say nothing, and a list of one says the same as the one."""
    if isinstance(value, dict):
        inner = {key: without_nothing(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each != []}
    if isinstance(value, list):
        inner = [without_nothing(each) for each in value if each != []]
        return inner[0] if len(inner) == 1 else sorted(inner, key=json.dumps)
    return value


def test_broken_documents_of_issuers_never_help_a_badge(world):
    """Key documents, status lists, classes and profiles come from strangers too."""
    chance = random.Random(7)
    good = texts(world)
    kept = dict(world.server.documents)
    for _turn in range(120):
        world.server.documents = dict(kept)
        name = chance.choice(sorted(kept))
        world.server.documents[name] = changed_bytes(chance, kept[name])
        for text in good.values():
            sound(check(world, text.encode()), text.encode())
    world.server.documents = kept


def test_tokens_with_odd_headers_and_claims_are_refused(world):
    chance = random.Random(8)
    head, payload, signature = world.token().split(".")

    def packed(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode("utf-8", "surrogatepass")).rstrip(b"=").decode()

    opened = json.loads(base64.urlsafe_b64decode(head + "=="))
    for _turn in range(200):
        header = changed_value(chance, {**opened, "jwk": world.rsa.as_dict(private=False), "crit": ["exp"]})
        data = f"{packed(header)}.{payload}.{signature}".encode("utf-8", "surrogatepass")
        report = check(world, data)
        sound(report, data)
        assert not report.verified


def failing(report):
    return next(step for step in report.steps if step.state in ("failed", "warning"))


def status_lists(world):
    url = world.server.url("/status/1")
    honest = compose_status_list(url, issuer=world.did, set_indexes=[], valid_from=NOW)
    packed = honest["credentialSubject"]["encodedList"]

    def with_list(bits):
        subject = {**honest["credentialSubject"], "encodedList": bits}
        return world.signed({**honest, "credentialSubject": subject})

    bomb = zlib.compressobj(9, wbits=31)
    zeros = bytes(2**20)
    blown = b"".join(bomb.compress(zeros) for _ in range(20)) + bomb.flush()
    short = zlib.compressobj(9, wbits=31)
    small = short.compress(bytes(100)) + short.flush()
    yield "too short", with_list("u" + base64.urlsafe_b64encode(small).decode().rstrip("="))
    yield "a bomb", with_list("u" + base64.urlsafe_b64encode(blown).decode().rstrip("="))
    yield "cut", with_list(packed[:-9])
    yield "no list", with_list("u!!!")
    yield "not packed", with_list("uAAAA")


def test_a_status_list_that_lies_about_its_size_fails_the_step_status(world):
    kept = dict(world.server.documents)
    for name, listed in status_lists(world):
        world.serve("/status/1", listed)
        report = check(world, json.dumps(world.signed(world.unsigned())).encode())
        assert report.verified
        assert not report.in_force, name
        assert failing(report).name == "status", name
    plain = world.unsigned()
    plain["credentialStatus"]["statusListIndex"] = "99999999"
    world.server.documents = dict(kept)
    assert failing(check(world, json.dumps(world.signed(plain)).encode())).name == "status"


def forged(world):
    badge = world.signed(world.unsigned())
    return {**badge, "validFrom": "2020-01-01T00:00:00Z"}


def reordered(world):
    """Order means something in a list of levels only to people: signed lines may not be moved between results."""
    badge = world.signed(world.unsigned())
    results = badge["credentialSubject"]["result"]
    first, second = results[0]["achievedLevel"], results[1]["achievedLevel"]
    results[0]["achievedLevel"], results[1]["achievedLevel"] = second, first
    return badge


BAD = {
    "forged": (lambda world: json.dumps(forged(world)), "proof"),
    "truncated": (lambda world: json.dumps(world.badge())[:-40], "read"),
    "re-ordered": (lambda world: json.dumps(reordered(world)), "subject"),
    "oversized": (lambda world: json.dumps({**world.badge(), "x": "y" * 1_100_000}), "read"),
    "foreign context": (
        lambda world: json.dumps({**world.badge(), "@context": [CREDENTIALS_V2, "https://x.example/"]}),
        "schema",
    ),
    "own vocabulary": (
        lambda world: json.dumps(
            {**world.badge(), "@context": [*world.badge()["@context"], {"x": "https://x.example/"}]}
        ),
        "proof",
    ),
    "deeply nested": (lambda world: '{"a":' * 60 + "1" + "}" * 60, "read"),
    "control character": (lambda world: json.dumps(control_character(world)), "proof"),
    "undefined term": (lambda world: json.dumps({**world.badge(), "grade": "A"}), "proof"),
    "relative address": (lambda world: json.dumps({**world.badge(), "id": "badges/7"}), "proof"),
    "address with a space": (lambda world: json.dumps({**world.badge(), "id": "https://x.example/a b"}), "proof"),
    "no proof": (lambda world: json.dumps(world.unsigned()), "proof"),
    "unknown kind of proof": (
        lambda world: json.dumps({**world.unsigned(), "proof": {"type": "Ed25519Signature2020"}}),
        "proof",
    ),
    "wrong salt": (lambda world: json.dumps(world.badge(email="someone@example.org")), "recipient"),
    "no badge": (lambda world: '{"type": "Person"}', "schema"),
    "a badge of ours that is not there": (lambda world: json.dumps(compose(award())), "proof"),
}


def control_character(world):
    badge = world.badge()
    badge["credentialSubject"]["achievement"]["name"] += "\u0007"
    return badge


@pytest.mark.parametrize("name", BAD)
def test_bad_badges_fail_in_the_step_where_they_are_bad(client, db, outside, name):
    make, step = BAD[name]
    text = make(outside)
    reply = client.post(reverse("verify"), {"text": text, "email": "ada@example.org"})
    page = reply.content.decode()
    if name == "oversized":  # more than the field takes: said at the field
        assert reply.status_code == 422
        return
    assert reply.status_code == 200
    assert "This badge is real and in good standing" not in page
    report = check(Outsider(Memory()), text.encode()) if name in ("truncated", "deeply nested", "no badge") else None
    titles = {
        "read": "Reading",
        "schema": "Form",
        "subject": "Earner",
        "proof": "Proof",
        "recipient": "Whose it is",
    }
    first = page[page.index("Step by step") :].split("Did not pass")[1]
    assert f"<strong>{titles[step]}.</strong>" in first[:200], first[:300]
    if report is not None:
        assert failing(report).name == step


PICTURES = {
    "no chunk": (lambda text: PNG, "There is no badge inside this picture"),
    "two chunks": (lambda text: two_chunks(text), "more than one badge"),
    "packed chunk": (
        lambda text: with_chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(text)),
        "not stored as",
    ),
    "cut": (lambda text: bake_png(PNG, text.decode())[:-30], "damaged"),
    "wrong checksum": (lambda text: bake_png(PNG, text.decode()).replace(b"Reading", b"Writing"), "damaged"),
    "only a signature": (lambda text: PNG_SIGNATURE, "damaged"),
    "svg without": (lambda text: SVG.encode(), "There is no badge inside this picture"),
    "svg bomb": (
        lambda text: (
            b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
            + b'<!ENTITY b "&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
        ),
        "parts that we do not open",
    ),
    "svg with a file": (
        lambda text: (
            b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
        ),
        "parts that we do not open",
    ),
    "deep svg": (lambda text: b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 500, "parts that we do not open"),
    "not an svg": (lambda text: b"<html></html>", "parts that we do not open"),
}


def with_chunk(kind, data):
    packed = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return PNG[:33] + packed + PNG[33:]


def two_chunks(text):
    once = bake_png(PNG, text.decode())
    return once[:33] + with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + text)[33 : -len(PNG) + 33] + once[33:]


@pytest.mark.parametrize("name", PICTURES)
def test_bad_pictures_fail_the_first_step(client, db, outside, name):
    make, sentence = PICTURES[name]
    picture = make(json.dumps(outside.badge()).encode())
    reply = client.post(reverse("verify"), {"file": SimpleUploadedFile("badge", picture)})
    assert reply.status_code == 200
    page = reply.content.decode()
    assert "We could not confirm this badge" in page
    assert sentence in page
