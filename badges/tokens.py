"""Our badges as tokens (VC-JWT)."""

import json

from badges.issuers import public_half, unlock, verification_method
from badges.models import Badge, SigningKey
from badges.openbadges.keys import public_jwk
from badges.openbadges.tokens import sign_token


def token_of(badge: Badge, key: SigningKey) -> str:
    """The credential of a signed badge as a token, by one of the keys of its issuer."""
    return sign_token(
        json.loads(bytes(badge.document)),
        unlock(key),
        algorithm=key.algorithm,
        key_id=verification_method(key),
        public_jwk=public_jwk(public_half(key)),
    )
