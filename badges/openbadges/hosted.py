"""Open Badges 2.0 with hosted verification: the same badge for backpacks that know nothing newer.

Three documents that point at each other: Assertion, BadgeClass, Issuer (Open Badges 2.0, section 4). Each is valid
because it is found at its id, so nothing is signed.
"""

from typing import Any

from badges.openbadges.content import Achievement, IssuerProfile
from badges.openbadges.contexts import OPEN_BADGES_2
from badges.openbadges.errors import DocumentInvalid, gettext_noop

NO_HASH = gettext_noop("This badge names nobody, so it has no Open Badges 2.0 form.")
EVIDENCE = ("id", "name", "description", "narrative", "genre")


def assertion(credential: dict[str, Any], *, address: str, badge_class: str, picture: str) -> dict[str, Any]:
    """The Assertion at `address` for an Open Badges 3.0 credential: same recipient hash, dates and evidence.

    Raises DocumentInvalid when the credential has no hashed e-mail address.
    """
    found = {
        **_about(address, "Assertion"),
        "recipient": _recipient(credential),
        "badge": badge_class,
        "verification": {"type": "hosted"},
        "issuedOn": credential["validFrom"],
        "expires": credential.get("validUntil"),
        "image": picture,
        "evidence": [
            {"type": "Evidence", **{name: item[name] for name in EVIDENCE if name in item}}
            for item in credential.get("evidence", [])
        ],
    }
    return _without_gaps(found)


def revoked(address: str, reason: str) -> dict[str, Any]:
    """What is left of an Assertion that no longer holds (Open Badges 2.0, section 4.1)."""
    return _without_gaps({**_about(address, "Assertion"), "revoked": True, "revocationReason": reason})


def badge_class(achievement: Achievement, *, address: str, issuer: str) -> dict[str, Any]:
    """The BadgeClass at `address`; `issuer` is the address of the Issuer."""
    narrative = "\n\n".join(part for part in (achievement.criteria_narrative, achievement.hours_note) if part)
    return _without_gaps(
        {
            **_about(address, "BadgeClass"),
            "name": achievement.name,
            "description": achievement.description,
            "image": achievement.image and achievement.image.url,
            "criteria": {"id": achievement.criteria_url, "narrative": narrative},
            "issuer": issuer,
            "alignment": [
                {
                    "targetName": each.name,
                    "targetUrl": each.url,
                    "targetDescription": each.description,
                    "targetFramework": each.framework,
                    "targetCode": each.code,
                }
                for each in achievement.alignments
            ],
            "tags": list(dict.fromkeys(achievement.tags)),
        }
    )


def issuer(profile: IssuerProfile, *, address: str, email: str) -> dict[str, Any]:
    """The Issuer at `address`. It must have an e-mail address: `email` stands in where the profile has none."""
    return _without_gaps(
        {
            **_about(address, "Issuer"),
            "name": profile.name,
            "url": profile.url,
            "email": profile.email or email,
            "description": profile.description,
            "image": profile.image and profile.image.url,
        }
    )


def _about(address: str, kind: str) -> dict[str, Any]:
    return {"@context": OPEN_BADGES_2, "type": kind, "id": address}


def _recipient(credential: dict[str, Any]) -> dict[str, Any]:
    for identity in credential["credentialSubject"].get("identifier", []):
        if identity.get("hashed") and identity.get("identityType") == "emailAddress":
            return {
                "type": "email",
                "hashed": True,
                "salt": identity.get("salt", ""),
                "identity": identity["identityHash"],
            }
    raise DocumentInvalid(NO_HASH, code="recipient")


def _without_gaps(value: Any) -> Any:
    if isinstance(value, dict):
        cleaned = {key: _without_gaps(inner) for key, inner in value.items()}
        return {key: inner for key, inner in cleaned.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_gaps(inner) for inner in value]
    return value
