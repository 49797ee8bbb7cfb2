"""Composes Open Badges 3.0.3 documents from `content`. Nothing here signs or stores anything."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from badges.openbadges.content import (
    ACHIEVEMENT_TYPES,
    Achievement,
    Alignment,
    Award,
    Evidence,
    IssuerProfile,
    Picture,
    Recipient,
    ResultLine,
    StatusEntry,
)
from badges.openbadges.contexts import (
    ACHIEVEMENT_CREDENTIAL_SCHEMA,
    CREDENTIALS_V2,
    OPEN_BADGES,
    OPEN_BADGES_EXTENSIONS,
)
from badges.openbadges.errors import DocumentInvalid, gettext_noop
from badges.openbadges.proof import timestamp

CONTEXT = (CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS)
MISSING = gettext_noop("The badge needs a value for “%(part)s”.")
NO_CRITERIA = gettext_noop("The badge must say what it takes to earn it.")
BAD_LEVEL = gettext_noop("“%(level)s” is not a level of “%(line)s”.")
BAD_LINE = gettext_noop("“%(line)s” is not a line of the scoring guide of this badge.")
BAD_DATES = gettext_noop("The badge would end before it starts.")
NO_RECIPIENT = gettext_noop("The badge must say who earned it.")


def compose(award: Award) -> dict[str, Any]:
    """The unsigned AchievementCredential for an award; raises DocumentInvalid if it does not add up."""
    _check(award)
    subject = {
        "id": award.recipient.subject_id,
        "type": ["AchievementSubject"],
        "identifier": _identifiers(award.recipient),
        "narrative": award.narrative,
        "creditsEarned": _number(award.credits_earned),
        "achievement": _achievement(award.achievement),
        "result": [
            {"type": ["Result"], "resultDescription": result.line, "achievedLevel": result.level}
            for result in award.results
        ],
    }
    return _clean(
        {
            "@context": list(CONTEXT),
            "id": award.id,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": award.achievement.name,
            "issuer": _profile(award.issuer),
            "validFrom": timestamp(award.valid_from),
            "validUntil": award.valid_until and timestamp(award.valid_until),
            "awardedDate": award.awarded and timestamp(award.awarded),
            "credentialSubject": subject,
            "evidence": [_evidence(item) for item in award.evidence],
            "endorsement": list(award.endorsements),
            "credentialSchema": [{"id": ACHIEVEMENT_CREDENTIAL_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
            "credentialStatus": award.status and _status(award.status),
        }
    )


def compose_endorsement(
    id: str, *, issuer: IssuerProfile, subject_id: str, name: str, comment: str, valid_from: datetime
) -> dict[str, Any]:
    """The unsigned EndorsementCredential about the achievement or profile `subject_id`."""
    return _clean(
        {
            "@context": list(CONTEXT),
            "id": id,
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": name,
            "issuer": _profile(issuer),
            "validFrom": timestamp(valid_from),
            "credentialSubject": {
                "id": subject_id,
                "type": ["EndorsementSubject"],
                "endorsementComment": comment,
            },
        }
    )


def profile_document(issuer: IssuerProfile) -> dict[str, Any]:
    """The Profile of an issuer as a document of its own."""
    return _clean({"@context": list(CONTEXT), **_profile(issuer)})


def achievement_document(achievement: Achievement, issuer: IssuerProfile) -> dict[str, Any]:
    """The Achievement as a document of its own, with its issuer as creator."""
    _check_achievement(achievement)
    return _clean({"@context": list(CONTEXT), **_achievement(achievement), "creator": _profile(issuer)})


def serialize(document: dict[str, Any]) -> bytes:
    """The bytes of a document, keys in the order in which it was composed."""
    return orjson.dumps(document)


def _check(award: Award) -> None:
    _require(award, "id", "issuer.id", "issuer.name")
    _check_achievement(award.achievement)
    if not (award.recipient.identity_hash or award.recipient.subject_id):
        raise DocumentInvalid(NO_RECIPIENT, code="recipient")
    if award.valid_until is not None and award.valid_until <= award.valid_from:
        raise DocumentInvalid(BAD_DATES, code="dates")
    lines = {line.id: line for line in award.achievement.lines}
    for result in award.results:
        if result.line not in lines:
            raise DocumentInvalid(BAD_LINE, code="result-line", line=result.line)
        _check_level(result.level, lines[result.line])


def _check_achievement(achievement: Achievement) -> None:
    _require(achievement, "id", "name", "description")
    if achievement.kind not in ACHIEVEMENT_TYPES:
        raise DocumentInvalid(MISSING, code="missing", part="kind")
    if not (achievement.criteria_narrative or achievement.criteria_url):
        raise DocumentInvalid(NO_CRITERIA, code="criteria")
    for line in achievement.lines:
        if line.required_level:
            _check_level(line.required_level, line)


def _check_level(level: str, line: ResultLine) -> None:
    if level not in {known.id for known in line.levels}:
        raise DocumentInvalid(BAD_LEVEL, code="result-level", level=level, line=line.name)


def _require(thing: object, *paths: str) -> None:
    for path in paths:
        value = thing
        for name in path.split("."):
            value = getattr(value, name)
        if not str(value).strip():
            raise DocumentInvalid(MISSING, code="missing", part=path)


def _profile(issuer: IssuerProfile) -> dict[str, Any]:
    return {
        "id": issuer.id,
        "type": ["Profile"],
        "name": issuer.name,
        "url": issuer.url,
        "email": issuer.email,
        "description": issuer.description,
        "image": _picture(issuer.image),
    }


def _achievement(achievement: Achievement) -> dict[str, Any]:
    narrative = "\n\n".join(
        part for part in (achievement.criteria_narrative.strip(), achievement.hours_note.strip()) if part
    )
    return {
        "id": achievement.id,
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPES[achievement.kind],
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"id": achievement.criteria_url, "narrative": narrative},
        "image": _picture(achievement.image),
        "creditsAvailable": _number(achievement.credits),
        "humanCode": achievement.code,
        "version": achievement.version,
        "inLanguage": achievement.language,
        "tag": _unique(achievement.tags),
        "alignment": [_alignment(item) for item in achievement.alignments],
        "resultDescription": [_result_description(line) for line in achievement.lines],
        "related": [{"id": url, "type": ["Related"]} for url in _unique(achievement.related)],
        "endorsement": list(achievement.endorsements),
    }


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetType": alignment.target_type,
        "targetUrl": alignment.url,
        "targetName": alignment.name,
        "targetCode": alignment.code,
        "targetFramework": alignment.framework,
        "targetDescription": alignment.description,
    }


def _result_description(line: ResultLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "type": ["ResultDescription"],
        "name": line.name,
        "resultType": "RubricCriterionLevel",
        "requiredLevel": line.required_level,
        "rubricCriterionLevel": [
            {
                "id": level.id,
                "type": ["RubricCriterionLevel"],
                "level": level.name,
                "name": level.name,
                "description": level.description,
                "points": level.points,
            }
            for level in line.levels
        ],
    }


def _identifiers(recipient: Recipient) -> list[dict[str, Any]]:
    identifiers: list[dict[str, Any]] = []
    if recipient.identity_hash:
        identifiers.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": recipient.identity_hash,
                "identityType": "emailAddress",
                "salt": recipient.salt,
            }
        )
    if recipient.name:
        identifiers.append(
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": recipient.name,
                "identityType": "name",
            }
        )
    return identifiers


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": ["Evidence"],
        "name": item.name,
        "description": item.description,
        "narrative": item.narrative,
        "genre": item.genre,
    }


def _status(status: StatusEntry) -> dict[str, Any]:
    return {
        "id": f"{status.list_url}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": status.purpose,
        "statusListIndex": str(status.index),
        "statusListCredential": status.list_url,
    }


def _picture(picture: Picture | None) -> dict[str, Any] | None:
    return picture and {"id": picture.url, "type": "Image", "caption": picture.caption}


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else int(value) if value == value.to_integral_value() else float(value)


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values))


def _clean(value: Any) -> Any:
    """Without empty parts, and with plain lines."""
    if isinstance(value, dict):
        cleaned = {key: _clean(inner) for key, inner in value.items()}
        return {key: inner for key, inner in cleaned.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        return [inner for inner in map(_clean, value) if inner not in (None, "", [], {})]
    return plain_lines(value) if isinstance(value, str) else value


def plain_lines(text: str) -> str:
    """With line ends and tabs as every canonicalizer writes them alike."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
