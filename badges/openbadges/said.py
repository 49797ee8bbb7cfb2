"""What a badge says of itself, in the same terms whatever its form. Only shown: nothing here is checked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from badges.openbadges.report import Report
from badges.openbadges.sources import site_of
from badges.openbadges.values import dicts, issuer_id, moment, text_of

MOST_RESULTS = 12
LONGEST_ID = 500


@dataclass(frozen=True, kw_only=True)
class Said:
    """Texts are cut to a length that a page can show; ids are whole, or empty."""

    id: str = ""
    name: str = ""
    description: str = ""
    achievement_id: str = ""
    issuer_id: str = ""
    issuer_name: str = ""
    awarded: datetime | None = None
    expires: datetime | None = None
    results: tuple[tuple[str, str], ...] = ()

    @property
    def site(self) -> str:
        """The web host that answers for the issuer's id; empty when it is a bare key."""
        return site_of(self.issuer_id)


def said(report: Report) -> Said | None:
    """What the badge of a report says, or None when there is nothing to read."""
    document = report.credential
    if not isinstance(document, dict):
        return None
    return _said_2(document) if report.form == "ob2" else _said_3(document)


def _said_3(credential: dict[str, Any]) -> Said:
    subject = _dict(credential.get("credentialSubject"))
    achievement = _dict(subject.get("achievement"))
    dates = [moment(credential.get(key)) for key in ("awardedDate", "validFrom", "issuanceDate")]
    return Said(
        id=_id(credential),
        name=text_of(achievement.get("name")) or text_of(credential.get("name")),
        description=text_of(achievement.get("description"), 1_000),
        achievement_id=_id(achievement),
        issuer_id=_id({"id": issuer_id(credential)}) if credential.get("issuer") else "",
        issuer_name=text_of(_dict(credential.get("issuer")).get("name")),
        awarded=next(filter(None, dates), None),
        expires=moment(credential.get("validUntil")) or moment(credential.get("expirationDate")),
        results=_results(subject, achievement),
    )


def _said_2(assertion: dict[str, Any]) -> Said:
    badge_class = _dict(assertion.get("badge"))
    profile = _dict(badge_class.get("issuer"))
    return Said(
        id=_id(assertion),
        name=text_of(badge_class.get("name")),
        description=text_of(badge_class.get("description"), 1_000),
        achievement_id=_id(badge_class),
        issuer_id=_id(profile),
        issuer_name=text_of(profile.get("name")),
        awarded=moment(assertion.get("issuedOn")),
        expires=moment(assertion.get("expires")),
    )


def _results(subject: dict[str, Any], achievement: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The name of each result and the level or value that was reached."""
    lines = {str(line.get("id")): line for line in dicts(achievement.get("resultDescription"))}
    found = []
    for result in dicts(subject.get("result"))[:MOST_RESULTS]:
        line = lines.get(str(result.get("resultDescription")), {})
        levels = {str(level.get("id")): text_of(level.get("name")) for level in dicts(line.get("rubricCriterionLevel"))}
        value = levels.get(str(result.get("achievedLevel")), "") or text_of(result.get("value"))
        value = value or text_of(result.get("status"))
        if value:
            found.append((text_of(line.get("name")), value))
    return tuple(found)


def _dict(value: object) -> dict[str, Any]:
    return next(iter(dicts(value)), {})


def _id(document: dict[str, Any]) -> str:
    value = document.get("id")
    return value if isinstance(value, str) and len(value) <= LONGEST_ID else ""
