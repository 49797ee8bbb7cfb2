"""Bundled JSON-LD contexts and JSON schemas. Nothing here ever touches the network."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from badges.openbadges.errors import ContextUnknown, gettext_noop

DATA = Path(__file__).parent / "data"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
MULTIKEY = "https://w3id.org/security/multikey/v1"
JWK = "https://w3id.org/security/jwk/v1"  # named in DID documents only, which are not read as JSON-LD
DID = "https://www.w3.org/ns/did/v1"
OPEN_BADGES_2 = "https://w3id.org/openbadges/v2"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
CONTEXT_FILES = {
    CREDENTIALS_V2: "credentials-v2.json",
    OPEN_BADGES: "ob-3.0.3.json",
    OPEN_BADGES_EXTENSIONS: "ob-extensions.json",
    DATA_INTEGRITY: "data-integrity-v2.json",
    MULTIKEY: "multikey-v1.json",
    DID: "did-v1.json",
    OPEN_BADGES_2: "ob-v2.json",
    CLR: "clr-2.0.1.json",
    # What badges made elsewhere, or some years ago, use.
    CREDENTIALS_V1: "credentials-v1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "ob-3.0.0.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-3.0.2.json",
    "https://w3id.org/security/suites/ed25519-2020/v1": "ed25519-2020-v1.json",
    "https://w3id.org/vc/status-list/2021/v1": "status-list-2021-v1.json",
}

SCHEMA_BASE = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
ACHIEVEMENT_CREDENTIAL_SCHEMA = SCHEMA_BASE + "ob_v3p0_achievementcredential_schema.json"
PROFILE_SCHEMA = SCHEMA_BASE + "ob_v3p0_profile_schema.json"

UNKNOWN = gettext_noop("We do not know the vocabulary %(url)s, so we cannot read what this badge says.")


@cache
def context(url: str) -> dict[str, Any]:
    """The context document at `url`; raises ContextUnknown if it is not bundled. Not to be changed."""
    try:
        name = CONTEXT_FILES[url]
    except (KeyError, TypeError) as error:
        raise ContextUnknown(UNKNOWN, code="context-unknown", url=str(url)[:200]) from error
    return json.loads((DATA / "contexts" / name).read_bytes())


@cache
def schema(url: str) -> dict[str, Any]:
    """The 1EdTech JSON schema with this `$id`. Not to be changed."""
    return json.loads((DATA / "schema" / url.removeprefix(SCHEMA_BASE)).read_bytes())


def document_loader(url: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """PyLD document loader over the bundled contexts; raises ContextUnknown for every other address."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": context(url),
    }
