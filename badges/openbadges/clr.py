"""Comprehensive Learner Record (1EdTech CLR Standard 2.0): many badges of one person as one credential.

The badges inside keep their own proofs, so each can be taken out and checked by itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from badges.openbadges.content import IssuerProfile, Recipient
from badges.openbadges.contexts import CLR, CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS
from badges.openbadges.documents import profile_document
from badges.openbadges.errors import DocumentInvalid, gettext_noop
from badges.openbadges.proof import timestamp

CONTEXT = (CREDENTIALS_V2, CLR, OPEN_BADGES, OPEN_BADGES_EXTENSIONS)
SCHEMA = "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
MOST_BADGES = 50  # in one record: canonicalizing takes about as long for each as for signing it alone
MOST_VALUES = 60_000  # parts of a record, see canonical.canonical_nquads
NO_BADGES = gettext_noop("A record needs at least one badge.")
TOO_MANY = gettext_noop("A record holds %(most)s badges at most.")


def compose_clr(
    id: str,
    *,
    publisher: IssuerProfile,
    name: str,
    badges: Sequence[dict[str, Any]],
    recipient: Recipient,
    valid_from: datetime,
) -> dict[str, Any]:
    """The unsigned ClrCredential `id` in which `publisher` puts the signed `badges` of `recipient` together.

    Raises DocumentInvalid for no badges or more than MOST_BADGES.
    """
    if not badges:
        raise DocumentInvalid(NO_BADGES, code="clr-empty")
    if len(badges) > MOST_BADGES:
        raise DocumentInvalid(TOO_MANY, code="clr-many", most=MOST_BADGES)
    profile = {key: value for key, value in profile_document(publisher).items() if key != "@context"}
    subject: dict[str, Any] = {"type": ["ClrSubject"]}
    if identifiers := _identifiers(recipient):
        subject["identifier"] = identifiers
    return {
        "@context": list(CONTEXT),
        "id": id,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": name,
        "issuer": profile,
        "validFrom": timestamp(valid_from),
        "credentialSubject": {**subject, "verifiableCredential": list(badges)},
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def _identifiers(recipient: Recipient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if recipient.identity_hash:
        hashed = {"hashed": True, "identityHash": recipient.identity_hash, "identityType": "emailAddress"}
        found.append({"type": "IdentityObject", **hashed, "salt": recipient.salt})
    if recipient.name:
        named = {"hashed": False, "identityHash": recipient.name, "identityType": "name"}
        found.append({"type": "IdentityObject", **named})
    return found
