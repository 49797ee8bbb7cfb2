"""Badges signed as tokens: compact JWS (RFC 7515) with RS256 or ES256. Never `none`, never a shared secret."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from badges.openbadges.baking import MAX_BADGE
from badges.openbadges.errors import FileInvalid, KeyInvalid, ProofInvalid, gettext_noop
from badges.openbadges.reading import parse_object

ALGORITHMS = {"RS256": "RSA", "ES256": "EC"}
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192  # a larger one only keeps us busy


class _Registry(jws.JWSRegistry):
    """What joserfc takes: a header may bring a key along, and `parse_token` has bounded the rest."""

    max_header_length = 8_000
    max_payload_length = 4 * MAX_BADGE // 3


DAMAGED = gettext_noop("This token is damaged. It may have been cut when it was copied.")
ALGORITHM = gettext_noop(
    "This badge is a token signed with “%(algorithm)s”. Open Badges 3.0 tokens are signed with RS256 or ES256."
)
CRITICAL = gettext_noop("This badge is a token with rules that we do not know (%(names)s).")
KEY_KIND = gettext_noop("The key of the issuer does not go with the signature of this token.")
KEY_SIZE = gettext_noop("The key of the issuer has %(bits)s bits. A safe one has at least 2048.")
MISMATCH = gettext_noop("The signature does not fit. Something was changed after the badge was signed.")
SECRET = gettext_noop("The issuer has published the secret half of its key. Anyone could have signed this badge.")


@dataclass(frozen=True)
class Token:
    """A compact JWS taken apart, its signature not yet checked."""

    text: str
    header: dict[str, Any]
    payload: dict[str, Any]


def parse_token(text: str) -> Token:
    """Header and payload of a compact JWS; raises FileInvalid when they are no JSON objects within the limits."""
    parts = text.split(".")
    if len(parts) != 3:
        raise FileInvalid(DAMAGED, code="token")
    try:
        header, payload = (_decoded(part) for part in parts[:2])
    except (ValueError, binascii.Error) as error:
        raise FileInvalid(DAMAGED, code="token") from error
    return Token(text, parse_object(header), parse_object(payload))


def check_header(token: Token) -> None:
    """Refuse what must not decide how a token is checked (RFC 8725): other algorithms and unknown critical rules."""
    algorithm = token.header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise ProofInvalid(ALGORITHM, code="token-algorithm", algorithm=str(algorithm)[:40])
    if "crit" in token.header or "b64" in token.header:
        raise ProofInvalid(CRITICAL, code="token-critical", names=str(token.header.get("crit", "b64"))[:60])


def check_signature(token: Token, key: RSAKey | ECKey) -> None:
    """Check the signature of a token with a public key; raises ProofInvalid, KeyInvalid for a key of another kind."""
    check_header(token)
    algorithm = token.header["alg"]
    if key.key_type != ALGORITHMS[algorithm]:
        raise KeyInvalid(KEY_KIND, code="key-type")
    try:
        jws.deserialize_compact(token.text, key, registry=_Registry(algorithms=[algorithm], strict_check_header=False))
    except (JoseError, ValueError, TypeError) as error:
        raise ProofInvalid(MISMATCH, code="proof-mismatch") from error


def key_from_jwk(jwk: object) -> RSAKey | ECKey:
    """The public key in a JWK (RFC 7517): RSA of 2048 to 8192 bits, or P-256. Raises KeyInvalid."""
    if not isinstance(jwk, dict):
        raise KeyInvalid(KEY_KIND, code="key-type")
    if "d" in jwk:
        raise KeyInvalid(SECRET, code="key-secret")
    kind = jwk.get("kty")
    names = ("n", "e") if kind == "RSA" else ("crv", "x", "y")
    plain = {name: jwk[name] for name in names if isinstance(jwk.get(name), str)}
    try:
        if kind == "RSA" and len(plain) == 2 and len(plain["n"]) <= MAX_RSA_BITS // 5 and len(plain["e"]) <= 8:
            return _sized(RSAPublicNumbers(_number(plain["e"]), _number(plain["n"])).public_key())
        if kind == "EC" and len(plain) == 3 and plain["crv"] == "P-256":
            key = ECKey.import_key({"kty": "EC", **plain})
            key.public_key  # noqa: B018 - the point is only checked when it is asked for
            return key
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise KeyInvalid(KEY_KIND, code="key-type") from error
    raise KeyInvalid(KEY_KIND, code="key-type")


def key_from_pem(pem: object) -> RSAKey:
    """The RSA key in a `publicKeyPem` of Open Badges 2.0; raises KeyInvalid."""
    if not isinstance(pem, str) or len(pem) > 4_000:
        raise KeyInvalid(KEY_KIND, code="key-type")
    if "PRIVATE" in pem:
        raise KeyInvalid(SECRET, code="key-secret")
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyInvalid(KEY_KIND, code="key-type") from error
    if not isinstance(key, RSAPublicKey):
        raise KeyInvalid(KEY_KIND, code="key-type")
    return _sized(key)


def same_key(first: RSAKey | ECKey, second: RSAKey | ECKey) -> bool:
    """Whether two keys are the same one (RFC 7638)."""
    return first.thumbprint() == second.thumbprint()


def _sized(key: RSAPublicKey) -> RSAKey:
    if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise KeyInvalid(KEY_SIZE, code="key-size", bits=key.key_size)
    return RSAKey.import_key(key)


def _number(text: str) -> int:
    return int.from_bytes(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))


def _decoded(part: str) -> str:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True).decode()
