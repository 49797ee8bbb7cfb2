"""What we sign must verify elsewhere, and nothing unsigned or changed may pass."""

import copy
import json
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.openbadges import proof
from badges.openbadges.canonical import canonical_nquads
from badges.openbadges.content import Evidence
from badges.openbadges.contexts import CREDENTIALS_V2, document_loader
from badges.openbadges.documents import compose, compose_endorsement, serialize
from badges.openbadges.errors import BadgeError, ContextUnknown, DocumentInvalid, ProofInvalid, UnsafeDocument
from badges.openbadges.status_list import compose_status_list
from tests.badges.independent import canonical, verify_with_pyoxigraph
from tests.badges.node import verify_with_node
from tests.badges.samples import (
    DID,
    DID_DOCUMENT,
    LIST,
    METHOD,
    NOW,
    PRIVATE_KEY,
    PUBLIC_KEY,
    achievement,
    award,
    signed,
)


@pytest.fixture(scope="module")
def badge():
    return signed(compose(award()))


def changed(document, path, value):
    result = copy.deepcopy(document)
    place = result
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return result


def test_two_other_verifiers_agree(badge):
    proof.verify(badge, PUBLIC_KEY)
    assert verify_with_pyoxigraph(badge, PUBLIC_KEY.public_bytes_raw())
    assert verify_with_node(badge, DID_DOCUMENT) == {"verified": True, "error": None}


def test_endorsed_badge_verifies_elsewhere():
    endorsement = signed(
        compose_endorsement(
            "urn:uuid:0191f7a0-0000-7000-8000-000000000009",
            issuer=award().issuer,
            subject_id=achievement().id,
            name="Endorsement",
            comment="We trust this badge.",
            valid_from=NOW,
        )
    )
    proof.verify(endorsement, PUBLIC_KEY)
    badge = signed(compose(award(achievement=achievement(endorsements=(endorsement,)))))
    proof.verify(badge, PUBLIC_KEY)
    assert verify_with_pyoxigraph(badge, PUBLIC_KEY.public_bytes_raw())
    assert verify_with_node(badge, DID_DOCUMENT) == {"verified": True, "error": None}


def test_status_list_verifies_elsewhere():
    document = signed(compose_status_list(LIST, issuer=DID, set_indexes=[77], valid_from=NOW))
    assert verify_with_pyoxigraph(document, PUBLIC_KEY.public_bytes_raw())
    assert verify_with_node(document, DID_DOCUMENT) == {"verified": True, "error": None}


CHANGES = [
    (("name",), "Other"),
    (("validFrom",), "2020-01-01T00:00:00Z"),
    (("issuer", "name"), "Evil"),
    (("credentialSubject", "result", 0, "achievedLevel"), "https://badges.example.edu/achievements/42#line-1-0"),
    (("credentialSubject", "creditsEarned"), 3),
    (("credentialStatus", "statusListIndex"), "78"),
    (("proof", "created"), "2026-03-24T12:00:01Z"),
    (("credentialSubject", "achievement", "tag"), ["questions"]),
]


@pytest.mark.parametrize(("path", "value"), CHANGES)
def test_changed_value_is_found(badge, path, value):
    with pytest.raises(ProofInvalid):
        proof.verify(changed(badge, path, value), PUBLIC_KEY)


def test_other_verifiers_also_refuse_a_changed_value(badge):
    tampered = changed(badge, ("name",), "Other")
    assert not verify_with_pyoxigraph(tampered, PUBLIC_KEY.public_bytes_raw())
    assert verify_with_node(tampered, DID_DOCUMENT)["verified"] is False


def test_swapped_proof_and_other_key_are_refused(badge):
    other = signed(compose(award(id="urn:uuid:0191f7a0-0000-7000-8000-00000000000a")))
    with pytest.raises(ProofInvalid):
        proof.verify({**badge, "proof": other["proof"]}, PUBLIC_KEY)
    with pytest.raises(ProofInvalid):
        proof.verify(badge, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())


UNSAFE = [
    (("grade",), "A", "undefined-term"),
    (("credentialSubject", "extra"), {"deep": 1}, "undefined-term"),
    (("credentialSubject", "type"), ["AchievementSubject", "Hero"], "iri"),
    (("credentialSubject", "id"), "person/7", "iri"),
    (("credentialSubject", "achievement", "image", "id"), "https://example.org/a b.png", "iri"),
    (("evidence", 0, "id"), "https://example.org/[1]", "iri"),
    (("evidence", 0, "id"), 'https://example.org/"', "iri"),
    (("evidence", 0, "id"), "https://example.org/{x}", "iri"),
    (("evidence", 0, "id"), "https://example.org/a\\b", "iri"),
    (("evidence", 0, "id"), "https://example.org/%zz", "iri"),
    (("evidence", 0, "name"), None, "empty"),
    (("evidence", 0, "name"), "a\x07b", "character"),
    (("evidence", 0, "name"), "a\tb", "character"),
    (("evidence", 0, "name"), "a\ufffeb", "character"),
    (("evidence", 0, "name"), "a\uffffb", "character"),
    (("evidence", 0, "name"), "a\ud800b", "character"),
    (("credentialSubject", "creditsEarned"), 2**60, "number"),
    (("credentialSubject", "creditsEarned"), float("inf"), "number"),
    (("credentialSubject", "creditsEarned"), 1e-7, "number"),
    (("@graph",), [], "key"),
    (("https://schema.org/name",), "Alias", "key"),
    (("@context",), {"name": "https://schema.org/description"}, "own-context"),
    (("@context",), ["https://www.w3.org/ns/credentials/v2", "https://evil.example/context"], "context-unknown"),
]


@pytest.mark.parametrize(("path", "value", "code"), UNSAFE)
def test_what_the_signature_would_not_cover_is_refused(badge, path, value, code):
    tampered = changed(badge, path, value)
    with pytest.raises(BadgeError) as verifying:
        proof.verify(tampered, PUBLIC_KEY)
    with pytest.raises(BadgeError) as signing:
        signed({key: inner for key, inner in tampered.items() if key != "proof"})
    assert verifying.value.code == signing.value.code == code


def test_empty_array_is_refused_at_issue_only(badge):
    document = {key: value for key, value in badge.items() if key != "proof"}
    with pytest.raises(UnsafeDocument):
        signed({**document, "evidence": []})
    without = {key: value for key, value in document.items() if key != "evidence"}
    proof.verify({**signed(without), "evidence": []}, PUBLIC_KEY)


def test_undefined_property_in_the_proof_is_refused(badge):
    with pytest.raises(UnsafeDocument):
        proof.verify(changed(badge, ("proof", "note"), "x"), PUBLIC_KEY)


BROKEN_PROOFS = [
    ({"proofPurpose": "authentication"}, "proof-broken"),
    ({"cryptosuite": "eddsa-jcs-2022"}, "proof-other"),
    ({"type": "Ed25519Signature2020"}, "proof-other"),
    ({"proofValue": "uAAAA"}, "proof-broken"),
    ({"proofValue": "z0OIl"}, "base58"),
    ({"proofValue": None}, "proof-broken"),
    ({"verificationMethod": 7}, "proof-broken"),
    ({"@context": CREDENTIALS_V2}, "proof-broken"),
]


@pytest.mark.parametrize(("change", "code"), BROKEN_PROOFS)
def test_broken_proofs_have_a_reason(badge, change, code):
    with pytest.raises(BadgeError) as caught:
        proof.verify({**badge, "proof": {**badge["proof"], **change}}, PUBLIC_KEY)
    assert caught.value.code == code


def test_no_proof_and_two_proofs(badge):
    for value, code in ((None, "proof-missing"), ([], "proof-missing"), ([badge["proof"]] * 2, "proof-many")):
        with pytest.raises(ProofInvalid) as caught:
            proof.verify({**badge, "proof": value}, PUBLIC_KEY)
        assert caught.value.code == code
    proof.verify({**badge, "proof": [badge["proof"]]}, PUBLIC_KEY)


def test_emoji_against_private_use_sorts_apart_in_javascript():
    """Trap: both names stand on the same predicate, and JavaScript sorts them the other way round."""
    evidence = (Evidence(name="Plan \U0001f389"), Evidence(name="Plan \uff01"))
    with pytest.raises(UnsafeDocument) as caught:
        signed(compose(award(evidence=evidence)))
    assert caught.value.code == "utf-16-order"
    assert "Plan" in str(caught.value)


def test_emoji_and_full_width_marks_that_sort_alike_are_signed_and_verify_in_javascript():
    evidence = (Evidence(name="A \U0001f389 ❤\ufe0f"), Evidence(name="B \uff01"))
    badge = signed(compose(award(evidence=evidence)))
    assert verify_with_node(badge, DID_DOCUMENT) == {"verified": True, "error": None}


@pytest.mark.parametrize("credits", [1.0, 1.5, 0.1, 2, 1e-6, 0.000123, 123456.789])
def test_numbers_are_read_alike_in_javascript(credits):
    document = compose(award())
    document["credentialSubject"]["creditsEarned"] = credits
    badge = signed(document)
    assert verify_with_node(badge, DID_DOCUMENT) == {"verified": True, "error": None}


def test_signing_is_deterministic_and_canonical_form_is_that_of_pyoxigraph():
    document = compose(award())
    assert serialize(signed(document)) == serialize(signed(compose(award())))
    assert canonical_nquads(document) == canonical(document)


def test_signing_refuses_signed_documents_and_times_without_zone(badge):
    with pytest.raises(DocumentInvalid):
        signed(badge)
    with pytest.raises(DocumentInvalid):
        proof.sign(compose(award()), PRIVATE_KEY, verification_method=METHOD, created=datetime(2026, 1, 1))


def test_loader_never_fetches():
    with pytest.raises(ContextUnknown):
        document_loader("https://example.org/context")


def test_poisoned_graph_is_given_up_quickly(badge):
    """Nodes without names that all look alike make canonicalization factorial."""
    document = {key: value for key, value in badge.items() if key != "proof"}
    family = {"type": ["Alignment"], "targetUrl": [{"type": ["Alignment"]} for _ in range(12)]}
    document["evidence"] = [family, family]
    with pytest.raises(UnsafeDocument) as caught:
        canonical_nquads(document)
    assert caught.value.code == "tangled"


def test_dots_in_addresses_are_signed_as_they_are():
    evidence = (Evidence(id="https://example.org/a/../b/./c?x=1&y=%20#part", name="Plan"),)
    badge = signed(compose(award(evidence=evidence)))
    assert b"https://example.org/a/../b/./c?x=1&y=%20#part" in canonical_nquads(badge)
    assert verify_with_node(badge, DID_DOCUMENT) == {"verified": True, "error": None}


def test_deep_and_large_documents_are_refused(badge):
    deep = json.loads('{"audience":' * 60 + "1" + "}" * 60)
    for evidence, code in ((deep, "too-deep"), ([{"name": str(i)} for i in range(6000)], "too-big")):
        with pytest.raises(UnsafeDocument) as caught:
            canonical_nquads({**badge, "evidence": evidence})
        assert caught.value.code == code
