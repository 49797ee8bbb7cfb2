"""Identifiers: UUIDv7 for rows (RFC 9562), short codes and secrets for people."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from itertools import islice

from uuid_utils.compat import uuid7 as _uuid7

# Without 0/O, 1/I/L, 5/S, 8/B and vowels: nothing to misread on the phone, no words by accident.
CODE_ALPHABET = "2346789CDFGHJKMNPQRTVWXYZ"


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562, version 7), so that new rows land at the end of an index."""
    return _uuid7()


def short_code(length: int = 6) -> str:
    """A random code for people to read out, such as the one that stands for an earner's name in the queue."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def new_secret(prefix: str = "") -> str:
    """A bearer secret with 256 bits of randomness, shown once and stored only as its hash."""
    return prefix + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 of a secret made by `new_secret`. A slow hash is not needed: the secret cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def uuids(texts: Iterable[str], most: int = 500) -> list[uuid.UUID]:
    """The ids among what a form sent; anything else is left out."""
    found = []
    for text in islice(texts, most):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
