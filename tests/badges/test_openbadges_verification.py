"""The step by step check, with good, bad and hostile badges."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.art import BadgeArt, draw_svg, render_png
from badges.openbadges import keys, proof
from badges.openbadges.baking import bake_png, bake_svg
from badges.openbadges.documents import compose, serialize
from badges.openbadges.errors import NotResolved
from badges.openbadges.status_list import compose_status_list
from badges.openbadges.verification import verify_file
from tests.badges.samples import DID, DID_DOCUMENT, LIST, NOW, PRIVATE_KEY, PUBLIC_KEY, award, signed

LATER = NOW + timedelta(days=1)
BADGE = signed(compose(award()))
GOOD_LIST = signed(compose_status_list(LIST, issuer=DID, set_indexes=[78], valid_from=NOW))
STATES = ["read", "schema", "subject", "proof", "issuer", "status", "dates"]


def refuse(*args):
    raise NotResolved("no network", code="unreachable")


def check(badge, *, status=GOOD_LIST, did_document=DID_DOCUMENT, now=LATER, email="", **resolvers):
    data = badge if isinstance(badge, bytes) else json.dumps(badge).encode()
    resolvers = {"resolve_did": lambda did: did_document, "fetch_status_list": lambda url: status, **resolvers}
    return verify_file(data, now=now, email=email, **resolvers)


def states(report):
    return {step.name: step.state for step in report.steps}


def test_good_badge():
    report = check(serialize(BADGE))
    assert list(states(report)) == STATES
    assert set(states(report).values()) == {"ok"}
    assert report.verified
    assert report.in_force
    assert report.credential == BADGE


def test_good_badge_in_pictures():
    svg = draw_svg(BadgeArt(title="A", issuer="B", accent="#1d5bb5", description="C"))
    text = serialize(BADGE).decode()
    for picture, source in ((bake_svg(svg.encode(), text), "svg"), (bake_png(render_png(svg), text), "png")):
        report = check(picture)
        assert report.in_force
        assert report.source == source


def test_every_step_has_a_sentence_without_gaps():
    for step in check(BADGE, email="dana@example.org").steps:
        assert step.sentence.endswith(".")
        assert "%" not in step.sentence


def test_recipient():
    assert check(BADGE, email="DANA@example.org").step("recipient").state == "ok"
    assert check(BADGE, email="other@example.org").step("recipient").state == "failed"


def test_tampered_badge():
    tampered = copy.deepcopy(BADGE)
    tampered["credentialSubject"]["achievement"]["name"] = "Better"
    report = check(tampered)
    assert states(report)["proof"] == "failed"
    assert not report.verified


def test_extra_property_is_not_covered():
    report = check({**BADGE, "grade": "A+"})
    assert report.step("proof").state == "failed"
    assert "grade" in report.step("proof").sentence


def test_somebody_else_signed_in_the_name_of_the_issuer():
    other = "did:web:evil.example"
    badge = proof.sign(compose(award()), PRIVATE_KEY, verification_method=keys.key_id(other, PUBLIC_KEY), created=NOW)
    report = check(badge, did_document=keys.did_document(other, [PUBLIC_KEY]))
    assert states(report)["proof"] == "ok"
    assert states(report)["issuer"] == "failed"
    assert not report.verified


def test_did_key_needs_no_network():
    did = keys.did_key(PUBLIC_KEY)
    issuer = award().issuer.__class__(id=did, name="X")
    badge = proof.sign(
        compose(award(issuer=issuer, status=None)),
        PRIVATE_KEY,
        verification_method=keys.key_id(did, PUBLIC_KEY),
        created=NOW,
    )
    report = check(badge, resolve_did=refuse)
    assert report.verified
    assert states(report)["status"] == "skipped"


def test_issuer_cannot_be_reached():
    report = check(BADGE, resolve_did=refuse)
    assert states(report)["issuer"] == "failed"
    assert states(report)["proof"] == "skipped"
    assert not report.verified


@pytest.mark.parametrize("error", [NotResolved("x"), OSError(), ValueError(), LookupError()])
def test_status_list_cannot_be_reached(error):
    def fail(url):
        raise error

    report = check(BADGE, fetch_status_list=fail)
    assert states(report)["status"] == "warning"
    assert report.verified
    assert not report.in_force


def test_revoked_badge_is_verified_but_not_in_force():
    revoked = signed(compose_status_list(LIST, issuer=DID, set_indexes=[77], valid_from=NOW))
    report = check(BADGE, status=revoked)
    assert report.verified
    assert not report.in_force
    assert "taken this badge back" in report.step("status").sentence


def other_lists():
    unsigned = compose_status_list(LIST, issuer=DID, set_indexes=[], valid_from=NOW)
    yield unsigned
    yield {**GOOD_LIST, "validFrom": "2020-01-01T00:00:00Z"}
    yield signed({**unsigned, "issuer": "did:web:evil.example"})
    yield signed({**unsigned, "id": LIST + "2"})
    yield signed(compose_status_list(LIST, issuer=DID, set_indexes=[], valid_from=NOW, purpose="suspension"))
    yield signed({**unsigned, "credentialSubject": {**unsigned["credentialSubject"], "encodedList": "uAAAA"}})
    yield {}
    yield {"credentialSubject": [1]}


@pytest.mark.parametrize("status", list(other_lists()))
def test_list_that_does_not_count(status):
    assert check(BADGE, status=status).step("status").state == "failed"


@pytest.mark.parametrize("value", [[], {}, 7, None, ["revocation"], {"en": "revocation"}])
@pytest.mark.parametrize("part", ["type", "statusPurpose", "statusListIndex", "statusListCredential", "statusSize"])
def test_odd_status_entries_never_count_as_good(part, value):
    badge = compose(award())
    badge["credentialStatus"] = {**badge["credentialStatus"], part: value}
    assert not check({**badge, "proof": BADGE["proof"]}).in_force


def test_odd_identities_belong_to_nobody():
    badge = copy.deepcopy(BADGE)
    badge["credentialSubject"]["identifier"][0]["identityHash"] = {"en": "x"}
    badge["credentialSubject"]["identifier"][0]["salt"] = {"en": "x"}
    assert check(badge, email="dana@example.org").step("recipient").state == "failed"


def test_old_status_list_is_a_warning():
    old = compose_status_list(LIST, issuer=DID, set_indexes=[], valid_from=NOW, valid_until=NOW + timedelta(hours=1))
    assert check(BADGE, status=signed(old)).step("status").state == "warning"


@pytest.mark.parametrize(
    ("now", "step", "state"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "dates", "failed"),
        (datetime(2031, 3, 20, tzinfo=UTC), "dates", "failed"),
        (datetime(2031, 3, 19, tzinfo=UTC), "dates", "ok"),
        (NOW - timedelta(hours=1), "proof", "failed"),
    ],
)
def test_dates(now, step, state):
    assert check(BADGE, now=now).step(step).state == state


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"type": ["VerifiableCredential"]}, "schema"),
        ({"validFrom": 7}, "schema"),
        ({"credentialSubject": {"type": ["AchievementSubject"]}}, "schema"),
        ({"validUntil": "soon"}, "dates"),
        ({"validFrom": "2026-01-01T00:00:00"}, "dates"),
        ({"proof": None}, "schema"),
        ({"issuer": "did:web:evil.example"}, "issuer"),
    ],
)
def test_wrong_parts_fail_their_step(change, step):
    assert check({**BADGE, **change}).step(step).state == "failed"


def test_result_must_be_on_the_scoring_guide():
    badge = compose(award())
    badge["credentialSubject"]["result"][0]["achievedLevel"] = "https://badges.example.edu/made-up"
    assert check(signed(badge)).step("subject").state == "failed"


def test_subject_without_id_or_identifier():
    badge = compose(award())
    del badge["credentialSubject"]["id"], badge["credentialSubject"]["identifier"]
    assert check(signed(badge)).step("subject").state == "failed"


HOSTILE = {
    "file-type": b"\xff\xfe\x00",
    "empty": b"",
    "text": b"hello",
    "array": b"[1]",
    "deep": b'{"a":' * 100_000,
    "deep brackets": b"[" * 500_000,
    "deep closed": b'{"a":' + b"[" * 30 + b"]" * 30 + b"}",
    "quotes": b'{"' + b'\\"' * 400_000,
    "big number": b'{"a": ' + b"9" * 10_000 + b"}",
    "infinity": b'{"a": 1e999}',
    "not a number": b'{"a": NaN}',
    "twice": b'{"a": 1, "a": 2}',
    "twice among many": b'{"a": 1, "a": 2' + b"".join(b', "%d": 1' % i for i in range(50_000)) + b"}",
    "half a pair": b'{"type": "\\ud800"}',
    "half a pair as key": b'{"\\ud800": 1}',
    "many": b'{"a": [' + b"1," * 100_000 + b"1]}",
    "huge": b'{"a": "' + b"x" * 2_000_000 + b'"}',
    "token": b"eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.c2ln",
    "svg bomb": b'<!DOCTYPE svg [<!ENTITY a "a">]><svg>&a;</svg>',
    "png": b"\x89PNG\r\n\x1a\n",
    "null": b"null",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_a_sentence(name):
    report = check(HOSTILE[name])
    assert not report.verified
    failed = next(step for step in report.steps if step.state == "failed")
    assert failed.sentence.strip()
    failed.sentence.encode()  # can be shown on a page


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner))
places = st.sampled_from(
    [
        (), ("proof",), ("issuer",), ("evidence", 0), ("credentialSubject",), ("credentialSubject", "achievement"),
        ("credentialStatus",),
        ("credentialSubject", "achievement", "criteria"), ("credentialSubject", "result", 0),
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(places, st.data(), values)
def test_no_change_verifies_or_raises(place, data, value):
    badge = copy.deepcopy(BADGE)
    target = badge
    for key in place:
        target = target[key]
    key = data.draw(st.sampled_from(sorted(target)) | st.text(max_size=5))
    before = target.get(key, ...)
    target[key] = value
    report = check(badge)
    for step in report.steps:
        step.sentence.encode()
    unchanged = before is not ... and before == value
    # An empty array says nothing; everything else must be noticed.
    says_nothing = before is ... and value == []
    assert report.verified is False or unchanged or says_nothing
