"""Base58, Multikey and DIDs."""

import copy

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from badges.openbadges import keys
from badges.openbadges.errors import KeyInvalid
from tests.badges.samples import DID, DID_DOCUMENT, METHOD, PUBLIC_KEY

RAW = PUBLIC_KEY.public_bytes_raw()


@given(st.binary(max_size=80))
def test_base58_round_trip(data):
    assert keys.base58btc_decode(keys.base58btc_encode(data)) == data


def test_base58_examples():
    """From the Internet-Draft draft-msporny-base58, section 5."""
    assert keys.base58btc_encode(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
    assert keys.base58btc_encode(bytes.fromhex("0000287fb4cd")) == "11233QC4"


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "a b", "é", "1" * 5000])
def test_base58_refuses(text):
    with pytest.raises(KeyInvalid):
        keys.base58btc_decode(text)


def test_multikey_round_trip():
    text = keys.multikey_encode(PUBLIC_KEY)
    assert text.startswith("z6Mk")
    assert keys.multikey_decode(text).public_bytes_raw() == RAW
    assert keys.parse_did_key(keys.did_key(PUBLIC_KEY)).public_bytes_raw() == RAW


@pytest.mark.parametrize(
    "value", [None, 7, "", "z", "u6Mk", "z" + keys.base58btc_encode(b"\xed\x01" + b"1" * 31), "z6Mk0"]
)
def test_multikey_refuses(value):
    with pytest.raises(KeyInvalid):
        keys.multikey_decode(value)


@pytest.mark.parametrize(
    ("url", "did", "document"),
    [
        ("https://example.org", "did:web:example.org", "https://example.org/.well-known/did.json"),
        ("https://Example.org/t/lake/", "did:web:example.org:t:lake", "https://example.org/t/lake/did.json"),
        ("http://localhost:8000/t/a", "did:web:localhost%3A8000:t:a", "https://localhost:8000/t/a/did.json"),
        ("https://example.org/a%20b", "did:web:example.org:a%20b", "https://example.org/a%20b/did.json"),
    ],
)
def test_did_web(url, did, document):
    assert keys.did_web(url) == did
    assert keys.did_web_document_url(did) == document


@pytest.mark.parametrize(
    "did",
    [
        "did:key:z6Mk", "did:web:", "did:web:example.org:", "did:web:example.org:..:x", "did:web:example.org:%2e%2e",
        "did:web:user@example.org", "did:web:example.org:a%2Fb", "did:web:example.org/x", "did:web:example.org?x",
        "did:web:exa mple", "xdid:web:example.org", "did:web:example.org%3A99999999",
    ],
)  # fmt: skip
def test_did_web_refuses(did):
    with pytest.raises(KeyInvalid):
        keys.did_web_document_url(did)


@pytest.mark.parametrize("url", ["example.org", "https://u:p@example.org", "https://example.org/?a", "https://a/../b"])
def test_did_web_of_a_bad_address(url):
    with pytest.raises(KeyInvalid):
        keys.did_web(url)


def test_did_document_is_as_the_1edtech_validator_asks():
    method = DID_DOCUMENT["verificationMethod"][0]
    assert method["id"] == METHOD == f"{DID}#{method['publicKeyMultibase']}"
    assert method["controller"] == DID_DOCUMENT["id"] == DID
    assert DID_DOCUMENT["assertionMethod"] == [METHOD]


def test_old_keys_stay_usable():
    old = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    document = keys.did_document(DID, [PUBLIC_KEY, old])
    assert keys.assertion_key(document, keys.key_id(DID, old)).public_bytes_raw() == old.public_bytes_raw()


def change(**changes):
    document = copy.deepcopy(DID_DOCUMENT)
    document["verificationMethod"][0].update(changes)
    return document


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (change(controller="did:web:evil.example"), "key-controller"),
        (change(revoked="2026-01-01T00:00:00Z"), "key-revoked"),
        (change(id=f"{DID}#other"), "key-unknown"),
        (change(publicKeyMultibase="zzz"), "key-type"),
        ({**DID_DOCUMENT, "assertionMethod": []}, "key-purpose"),
        ({**DID_DOCUMENT, "id": "did:web:evil.example"}, "did-document"),
        ([], "did-document"),
    ],
)
def test_assertion_key_refuses(document, code):
    with pytest.raises(KeyInvalid) as caught:
        keys.assertion_key(document, METHOD)
    assert caught.value.code == code


def test_relative_and_embedded_key_entries_are_understood():
    method = {**DID_DOCUMENT["verificationMethod"][0], "id": "#" + METHOD.partition("#")[2]}
    assert keys.assertion_key({"id": DID, "assertionMethod": [method]}, METHOD).public_bytes_raw() == RAW
