"""A second verifier in Python that shares no code with the product: pyoxigraph canonicalizes, contexts inlined."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyoxigraph
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONTEXTS = Path(__file__).parents[2] / "badges" / "openbadges" / "data" / "contexts"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def verify_with_pyoxigraph(credential: dict[str, Any], public_key: bytes) -> bool:
    """Whether the proof of a credential fits these 32 bytes of public key."""
    proof = dict(credential["proof"])
    signature = _base58(proof.pop("proofValue")[1:], 64)
    document = {key: value for key, value in credential.items() if key != "proof"}
    data = b"".join(
        hashlib.sha256(canonical(part)).digest() for part in ({"@context": credential["@context"], **proof}, document)
    )
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def canonical(document: dict[str, Any]) -> bytes:
    """RDFC-1.0 by pyoxigraph."""
    text = json.dumps(_inlined(document))
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.JSON_LD))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def _inlined(value: Any) -> Any:
    if isinstance(value, list):
        return [_inlined(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {key: _contexts(inner) if key == "@context" else _inlined(inner) for key, inner in value.items()}


def _contexts(urls: Any) -> list[Any]:
    files = json.loads((CONTEXTS / "index.json").read_text())
    urls = urls if isinstance(urls, list) else [urls]
    return [json.loads((CONTEXTS / files[url]).read_text())["@context"] for url in urls]


def _base58(text: str, length: int) -> bytes:
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    return number.to_bytes(length)
