"""Badges as tokens: the JSON Web Token proof format of Open Badges 3.0 (section 8.2), also called VC-JWT.

The payload is the credential itself with the registered claims beside its own properties, as for credentials of the
VC data model 2.0. Both `kid` and `jwk` are given where they fit: a verifier that resolves no DIDs still finds the key,
one that does can tell whose it is.
"""

from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from badges.openbadges.errors import DocumentInvalid, gettext_noop

LONGEST_HEADER = 512  # characters once encoded; some libraries refuse more, such as joserfc
KINDS = {"ES256": ECKey, "RS256": RSAKey}
PARTS = ("kty", "crv", "x", "y", "n", "e")  # of a public JWK that say which key it is (RFC 7638, section 3.2)
OTHER_ALGORITHM = gettext_noop("Badges are not made as tokens with %(algorithm)s.")
NOT_PUBLIC = gettext_noop("A private key must not go into a token.")


def sign_token(
    credential: dict[str, Any],
    private_key: EllipticCurvePrivateKey | RSAPrivateKey,
    *,
    algorithm: str,
    key_id: str,
    public_jwk: dict[str, Any],
) -> str:
    """The credential, without any proof inside, as a compact JWS (RFC 7515).

    `algorithm` is ES256 or RS256 (RFC 7518), `key_id` the verification method, `public_jwk` the public half.
    Raises DocumentInvalid for another algorithm or a JWK that is not public.
    """
    if algorithm not in KINDS:
        raise DocumentInvalid(OTHER_ALGORITHM, code="token-algorithm", algorithm=algorithm[:20])
    if "d" in public_jwk:
        raise DocumentInvalid(NOT_PUBLIC, code="token-key")
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id}
    with_key = {**header, "jwk": {name: public_jwk[name] for name in PARTS if name in public_jwk}}
    if len(orjson.dumps(with_key)) * 4 / 3 <= LONGEST_HEADER:
        header = with_key
    key = KINDS[algorithm].import_key(private_key)
    return jws.serialize_compact(header, orjson.dumps(payload(credential)), key, algorithms=[algorithm])


def payload(credential: dict[str, Any]) -> dict[str, Any]:
    """The JWT payload for a credential: its own properties, and iss, jti, nbf, sub and exp, which repeat them.

    `sub` has to be the id of the subject. A badge that names its earner only by a hash has none, so it gets one here
    that says nothing about the person.
    """
    subject = dict(credential["credentialSubject"])
    subject = {"id": subject.pop("id", f"{credential['id']}#earner"), **subject}
    plain = {name: value for name, value in credential.items() if name != "proof"}
    claims = {
        **plain,
        "credentialSubject": subject,
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": _seconds(credential["validFrom"]),
        "sub": subject["id"],
    }
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential["validUntil"])
    return claims


def _seconds(moment: str) -> int:
    """NumericDate (RFC 7519, section 2) of an XML Schema dateTimeStamp."""
    return int(datetime.fromisoformat(moment).timestamp())
