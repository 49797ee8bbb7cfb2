"""What differs between badges for the same thing: the values that a template leaves open."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import orjson

from badges.openbadges.content import Award, Evidence
from badges.openbadges.documents import plain_lines
from badges.openbadges.proof import timestamp

Path = tuple[str | int, ...]

OF_THE_CREDENTIAL = ("id", "validFrom", "validUntil", "awardedDate")
OF_THE_SUBJECT = ("id", "narrative")
OF_AN_IDENTIFIER = ("identityHash", "salt")
OF_AN_EVIDENCE = ("id", "name", "description", "narrative", "genre")
OF_THE_STATUS = ("id", "statusListIndex")


def paths_of(document: dict[str, Any]) -> tuple[Path, ...]:
    """Where an AchievementCredential has slots, in the order of `values_of`. Parts that are not there have none."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    found = [
        *_in(document, (), OF_THE_CREDENTIAL),
        *_in(subject, ("credentialSubject",), OF_THE_SUBJECT),
        *_in_each(subject, ("credentialSubject",), "identifier", OF_AN_IDENTIFIER),
        *_in_each(subject, ("credentialSubject",), "result", ("achievedLevel",)),
        *_in_each(document, (), "evidence", OF_AN_EVIDENCE),
        *_in(document.get("credentialStatus"), ("credentialStatus",), OF_THE_STATUS),
    ]
    return tuple(found)


def _in(part: Any, path: Path, names: Sequence[str]) -> Iterator[Path]:
    if isinstance(part, dict):
        yield from ((*path, name) for name in names if isinstance(part.get(name), str))


def _in_each(part: dict[str, Any], path: Path, key: str, names: Sequence[str]) -> Iterator[Path]:
    each = part.get(key)
    for number, item in enumerate(each if isinstance(each, list) else ()):
        yield from _in(item, (*path, key, number), names)


def taken_out(document: dict[str, Any], paths: Sequence[Path]) -> tuple[str, ...]:
    """The values in the slots of a document, which are emptied in place: what is left is its skeleton."""
    values = []
    for path in paths:
        part: Any = document
        for step in path[:-1]:
            part = part[step]
        values.append(part[path[-1]])
        part[path[-1]] = ""
    return tuple(values)


def filled(skeleton: bytes, paths: Sequence[Path], values: Sequence[str]) -> dict[str, Any]:
    """The document that a skeleton (as JSON) and values for its slots make."""
    document = orjson.loads(skeleton)
    for path, value in zip(paths, values, strict=True):
        part: Any = document
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
    return document


def shape_of(award: Award) -> Hashable:
    """What two awards of the same achievement and issuer have in common when their documents differ in slots alone."""
    who, status = award.recipient, award.status
    return (
        not award.id,
        award.valid_until is None,
        award.awarded is None,
        (not who.subject_id, not who.identity_hash, not who.salt, not who.name),
        not award.narrative,
        award.credits_earned,
        tuple([result.line for result in award.results]),
        tuple([_parts(item) for item in award.evidence]),
        status and (status.list_url, status.purpose),
    )


def values_of(award: Award) -> tuple[str, ...]:
    """The values in the slots of the document of an award, as `documents.compose` would write them."""
    who, status = award.recipient, award.status
    values = [award.id, timestamp(award.valid_from)]
    if award.valid_until is not None:
        values.append(timestamp(award.valid_until))
    if award.awarded is not None:
        values.append(timestamp(award.awarded))
    values += [who.subject_id, award.narrative]
    if who.identity_hash:
        values += [who.identity_hash, who.salt]
    values.append(who.name)
    values += [result.level for result in award.results]
    for item in award.evidence:
        values += [item.id, item.name, item.description, item.narrative, item.genre]
    if status is not None:
        values += [f"{status.list_url}#{status.index}", str(status.index)]
    return tuple([value if value.isprintable() else plain_lines(value) for value in values if value])


def _parts(item: Evidence) -> tuple[bool, ...]:
    return (not item.id, not item.name, not item.description, not item.narrative, not item.genre)
