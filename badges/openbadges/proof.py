"""Data Integrity proofs with the cryptosuite eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites 1.0)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from badges.openbadges.canonical import MAX_VALUES, canonical_nquads
from badges.openbadges.errors import DocumentInvalid, ProofInvalid, gettext_noop
from badges.openbadges.keys import base58btc_decode, base58btc_encode

CRYPTOSUITE = "eddsa-rdfc-2022"

NO_PROOF = gettext_noop("This badge is not signed.")
OTHER_PROOF = gettext_noop("This badge is signed in a way that we cannot check (%(suite)s).")
MANY_PROOFS = gettext_noop("This badge carries more than one signature. We cannot tell which one counts.")
PROOF_BROKEN = gettext_noop("The signature is incomplete or damaged (%(part)s).")
MISMATCH = gettext_noop("The signature does not fit. Something was changed after the badge was signed.")
ALREADY_SIGNED = gettext_noop("This document is already signed.")
NAIVE_TIME = gettext_noop("A date needs a time zone.")


def sign(
    document: dict[str, Any],
    private_key: Ed25519PrivateKey,
    *,
    verification_method: str,
    created: datetime,
    most_values: int = MAX_VALUES,
) -> dict[str, Any]:
    """A copy of `document` with its proof. The same inputs give the same bytes.

    `created` must have a time zone and is written in UTC to the second. Raises UnsafeDocument if the
    signature would not cover the whole document everywhere.
    """
    if "proof" in document:
        raise DocumentInvalid(ALREADY_SIGNED, code="already-signed")
    proof = options(verification_method, timestamp(created))
    signature = private_key.sign(_hash_data(document, proof, strict=True, most_values=most_values))
    return {**document, "proof": {**proof, "proofValue": "z" + base58btc_encode(signature)}}


def options(verification_method: str, created: str) -> dict[str, Any]:
    """A proof without its value (section 3.3.5, proof configuration, without the context)."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": created,
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }


def verify(document: dict[str, Any], public_key: Ed25519PublicKey, *, most_values: int = MAX_VALUES) -> None:
    """Check the one eddsa-rdfc-2022 proof of `document`; raises ProofInvalid or UnsafeDocument if it fails.

    Whether the key belongs to the issuer is a question for `keys.assertion_key`.
    """
    proof = the_proof(document)
    value = proof["proofValue"]
    signature = base58btc_decode(value[1:]) if value.startswith("z") else b""
    if len(signature) != 64:
        raise ProofInvalid(PROOF_BROKEN, code="proof-broken", part="proofValue")
    unsecured = {key: inner for key, inner in document.items() if key != "proof"}
    config = {key: inner for key, inner in proof.items() if key not in ("proofValue", "@context")}
    try:
        public_key.verify(signature, _hash_data(unsecured, config, strict=False, most_values=most_values))
    except InvalidSignature as error:
        raise ProofInvalid(MISMATCH, code="proof-mismatch") from error


def the_proof(document: dict[str, Any]) -> dict[str, Any]:
    """The proof of a document when there is exactly one and we can check its kind; raises ProofInvalid."""
    proofs = document.get("proof")
    proofs = proofs if isinstance(proofs, list) else [proofs] if proofs is not None else []
    if not proofs:
        raise ProofInvalid(NO_PROOF, code="proof-missing")
    if len(proofs) > 1:
        raise ProofInvalid(MANY_PROOFS, code="proof-many")
    proof = proofs[0]
    if not isinstance(proof, dict):
        raise ProofInvalid(PROOF_BROKEN, code="proof-broken", part="proof")
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != CRYPTOSUITE:
        suite = str(proof.get("cryptosuite") or proof.get("type"))[:60]
        raise ProofInvalid(OTHER_PROOF, code="proof-other", suite=suite)
    for part in ("verificationMethod", "proofValue"):
        if not isinstance(proof.get(part), str):
            raise ProofInvalid(PROOF_BROKEN, code="proof-broken", part=part)
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofInvalid(PROOF_BROKEN, code="proof-broken", part="proofPurpose")
    if "@context" in proof and proof["@context"] != document.get("@context"):
        raise ProofInvalid(PROOF_BROKEN, code="proof-broken", part="@context")
    return proof


def timestamp(moment: datetime) -> str:
    """An XML Schema dateTimeStamp in UTC to the second; raises DocumentInvalid for a date without zone."""
    if moment.tzinfo is None:
        raise DocumentInvalid(NAIVE_TIME, code="naive-time")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _hash_data(document: dict[str, Any], proof: dict[str, Any], *, strict: bool, most_values: int) -> bytes:
    """Hash of the proof options, then hash of the document (eddsa-rdfc-2022, section 3.2.4)."""
    config = {"@context": document.get("@context"), **proof}
    return b"".join(
        hashlib.sha256(canonical_nquads(part, allow_empty_arrays=not strict, most_values=most_values)).digest()
        for part in (config, document)
    )
