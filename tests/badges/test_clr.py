"""A passport as a Comprehensive Learner Record (CLR 2.0), checked by software that is not ours."""

import copy
import json

import pytest

from badges.openbadges import documents, proof
from badges.openbadges.clr import MOST_BADGES, MOST_VALUES, compose_clr
from badges.openbadges.content import Recipient
from badges.openbadges.errors import DocumentInvalid, ProofInvalid
from tests.badges.independent import verify_with_pyoxigraph
from tests.badges.node import verify_with_node
from tests.badges.samples import DID_DOCUMENT, METHOD, NOW, PRIVATE_KEY, PUBLIC_KEY, award

WHO = Recipient.for_email("ada@example.org", "salt", name="Ada Alvarez")


def badge(number: int, **changes) -> dict:
    who = Recipient.for_email("ada@example.org", f"salt-{number}")
    unsigned = documents.compose(award(id=f"urn:uuid:{number:032x}", recipient=who, **changes))
    return proof.sign(unsigned, PRIVATE_KEY, verification_method=METHOD, created=NOW)


def record(count: int = 3) -> dict:
    unsigned = compose_clr(
        "urn:uuid:0191f7a0-0000-7000-8000-00000000c1a0",
        publisher=award().issuer,
        name="Passport of Ada Alvarez",
        badges=[badge(number) for number in range(count)],
        recipient=WHO,
        valid_from=NOW,
    )
    return proof.sign(unsigned, PRIVATE_KEY, verification_method=METHOD, created=NOW, most_values=MOST_VALUES)


@pytest.fixture(scope="module")
def signed() -> dict:
    return record()


def test_two_other_verifiers_accept_it(signed):
    proof.verify(signed, PUBLIC_KEY)
    assert verify_with_pyoxigraph(signed, PUBLIC_KEY.public_bytes_raw())
    assert verify_with_node(signed, DID_DOCUMENT) == {"verified": True, "error": None}


def test_the_badges_inside_still_verify_by_themselves(signed):
    for each in signed["credentialSubject"]["verifiableCredential"]:
        proof.verify(each, PUBLIC_KEY)
        assert verify_with_pyoxigraph(each, PUBLIC_KEY.public_bytes_raw())


@pytest.mark.parametrize(
    "change",
    [
        lambda clr: clr["credentialSubject"]["verifiableCredential"].pop(),
        lambda clr: clr["credentialSubject"]["verifiableCredential"][1].update(name="Something grander"),
        lambda clr: clr["credentialSubject"]["verifiableCredential"][0]["proof"].update(proofValue="z" + "1" * 64),
        lambda clr: clr["credentialSubject"]["identifier"][1].update(identityHash="Someone Else"),
        lambda clr: clr.update(name="Another name"),
    ],
)
def test_a_record_that_was_changed_is_refused_by_all(signed, change):
    changed = copy.deepcopy(signed)
    change(changed)
    with pytest.raises(ProofInvalid):
        proof.verify(changed, PUBLIC_KEY)
    assert not verify_with_pyoxigraph(changed, PUBLIC_KEY.public_bytes_raw())


def test_it_says_whose_it_is_and_carries_no_plain_address(signed):
    hashed, named = signed["credentialSubject"]["identifier"]
    assert hashed["identityHash"] == WHO.identity_hash
    assert named["identityHash"] == "Ada Alvarez"
    assert "ada@example.org" not in json.dumps(signed)
    assert signed["type"] == ["VerifiableCredential", "ClrCredential"]
    assert signed["credentialSubject"]["type"] == ["ClrSubject"]


@pytest.mark.parametrize("count", [0, MOST_BADGES + 1])
def test_a_record_has_a_badge_and_not_too_many(count):
    with pytest.raises(DocumentInvalid):
        compose_clr("urn:x:1", publisher=award().issuer, name="x", badges=[{}] * count, recipient=WHO, valid_from=NOW)
