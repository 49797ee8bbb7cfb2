"""Whether the document of a badge is what its issuer signed, asked anew for every visitor of its page."""

from functools import lru_cache
from uuid import UUID

import orjson

from badges.facts import Facts, facts_of, state_of
from badges.openbadges import signing
from badges.openbadges.errors import KeyInvalid
from badges.openbadges.keys import multikey_decode
from tenants.mail import absolute


def is_signed(facts: Facts) -> bool:
    """Whether the stored bytes are about this badge and carry a signature of its key that fits them now."""
    if facts.document is None or facts.key is None:
        return False
    document = bytes(facts.document)
    try:
        fits = signing.holds(document, _public_half(facts.key))
    except KeyInvalid:
        return False
    return fits and orjson.loads(document).get("id") == absolute(f"/b/{facts.id}")


_public_half = lru_cache(maxsize=1024)(multikey_decode)


def state_now(badge_id: UUID) -> str:
    """The state of a badge that there is, as its page tells it (badges.facts.state_of), checked now."""
    facts = facts_of(badge_id)
    return state_of(facts, is_signed(facts))
