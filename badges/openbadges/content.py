"""What a badge says, as plain immutable values. `documents` writes them down as Open Badges 3.0."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

# The vocabulary of `achievementType` has no word for a stack of micro-credentials; a certificate is what it is.
ACHIEVEMENT_TYPES = {"micro": "MicroCredential", "stack": "Certificate", "junior": "Badge"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image by address, with its text alternative."""

    url: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class IssuerProfile:
    """Who issues. `id` is the DID (or address) that controls the signing key."""

    id: str
    name: str
    url: str = ""
    email: str = ""
    description: str = ""
    image: Picture | None = None


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """A competency in a framework. `url` is its CASE address when `target_type` is CFItem."""

    name: str
    url: str
    code: str = ""
    framework: str = ""
    description: str = ""
    target_type: str = "CFItem"


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level of a rubric line; `id` is an absolute address."""

    id: str
    name: str
    description: str = ""
    points: str = ""


@dataclass(frozen=True, kw_only=True)
class ResultLine:
    """A rubric line with its levels, worst first; `required_level` is the id of the level it has to reach, if any."""

    id: str
    name: str
    levels: tuple[Level, ...]
    required_level: str = ""


@dataclass(frozen=True, kw_only=True)
class Achievement:
    """What can be earned. `kind` is a key of ACHIEVEMENT_TYPES.

    `credits` are the credit hours or CEUs that it carries. Open Badges has no place for the hours of work;
    `hours_note` is a sentence about them for the end of the criteria.
    """

    id: str
    name: str
    description: str
    kind: str = "micro"
    criteria_narrative: str = ""
    criteria_url: str = ""
    hours_note: str = ""
    image: Picture | None = None
    tags: tuple[str, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    lines: tuple[ResultLine, ...] = ()
    related: tuple[str, ...] = ()
    credits: Decimal | None = None
    code: str = ""
    version: str = ""
    language: str = ""
    endorsements: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who earned it: a salted hash of the e-mail address, and an id for the person if there is one.

    `name` goes into the public document in plain text: only set it if the earner chose that.
    """

    identity_hash: str = ""
    salt: str = ""
    subject_id: str = ""
    name: str = ""

    @classmethod
    def for_email(cls, email: str, salt: str, *, subject_id: str = "", name: str = "") -> Self:
        """The recipient with this address, trimmed and in lower case so that it can be found again."""
        return cls(
            identity_hash=hash_identity(normal_email(email), salt),
            salt=salt,
            subject_id=subject_id,
            name=name,
        )


@dataclass(frozen=True, kw_only=True)
class Result:
    """The level reached on a rubric line; both are ids."""

    line: str
    level: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A piece of work that the earner chose to show."""

    name: str
    id: str = ""
    description: str = ""
    narrative: str = ""
    genre: str = ""


@dataclass(frozen=True, kw_only=True)
class StatusEntry:
    """The place of a badge on a status list."""

    list_url: str
    index: int
    purpose: str = "revocation"


@dataclass(frozen=True, kw_only=True)
class Award:
    """One badge for one person."""

    id: str
    issuer: IssuerProfile
    achievement: Achievement
    recipient: Recipient
    valid_from: datetime
    valid_until: datetime | None = None
    awarded: datetime | None = None
    results: tuple[Result, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    status: StatusEntry | None = None
    credits_earned: Decimal | None = None
    narrative: str = ""
    endorsements: tuple[dict[str, Any], ...] = ()


def hash_identity(identity: str, salt: str) -> str:
    """IdentityHash of Open Badges 3.0: `sha256$` and the hex SHA-256 of identity and salt."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def normal_email(email: str) -> str:
    """The form of an e-mail address that is hashed."""
    return email.strip().lower()
