"""Composed documents fit the official schema and carry only what was said."""

import dataclasses
import re
from datetime import UTC, datetime

import pytest
from jsonschema import Draft201909Validator

from badges.openbadges.content import ACHIEVEMENT_TYPES, IssuerProfile, Recipient, Result, hash_identity
from badges.openbadges.contexts import ACHIEVEMENT_CREDENTIAL_SCHEMA, PROFILE_SCHEMA, schema
from badges.openbadges.documents import achievement_document, compose, profile_document, serialize
from badges.openbadges.errors import DocumentInvalid
from tests.badges.samples import HOST, achievement, award, line, signed

CREDENTIAL = Draft201909Validator(schema(ACHIEVEMENT_CREDENTIAL_SCHEMA))


def errors(document, validator=CREDENTIAL):
    return [error.json_path for error in validator.iter_errors(document)]


def empties(value):
    if isinstance(value, dict):
        return any(map(empties, value.values()))
    if isinstance(value, list):
        return not value or any(map(empties, value))
    return value in (None, "")


@pytest.mark.parametrize("kind", ACHIEVEMENT_TYPES)
def test_rich_badge_fits_the_schema(kind):
    document = signed(compose(award(achievement=achievement(kind=kind))))
    assert errors(document) == []
    assert not empties(document)


def test_small_badge_fits_the_schema_and_has_no_empty_parts():
    small = award(
        issuer=IssuerProfile(id="did:web:example.org", name="X"),
        achievement=achievement(
            criteria_url="", hours_note="", image=None, tags=(), alignments=(), lines=(), related=(), credits=None,
            code="", version="", language="",
        ),
        recipient=Recipient(subject_id="urn:uuid:0191f7a0-0000-7000-8000-000000000002"),
        valid_until=None, awarded=None, results=(), evidence=(), status=None, credits_earned=None, narrative="",
    )  # fmt: skip
    document = signed(compose(small))
    assert errors(document) == []
    assert not empties(document)
    assert set(document["credentialSubject"]) == {"id", "type", "achievement"}


def test_schema_would_notice_a_mistake():
    document = compose(award())
    document["credentialSubject"]["achievement"]["achievementType"] = "Stack"
    assert errors(document)


def test_profile_and_achievement_stand_alone():
    assert errors(profile_document(award().issuer), Draft201909Validator(schema(PROFILE_SCHEMA))) == []
    document = achievement_document(achievement(), award().issuer)
    definitions = schema(ACHIEVEMENT_CREDENTIAL_SCHEMA)["$defs"]
    assert errors(document, Draft201909Validator({"$ref": "#/$defs/Achievement", "$defs": definitions})) == []
    assert document["creator"]["name"] == "Lakeside Schools"


def test_email_stays_secret_and_is_found_again():
    recipient = Recipient.for_email("  Dana@Example.org ", "9f3c")
    assert recipient.identity_hash == hash_identity("dana@example.org", "9f3c")
    assert b"dana@" not in serialize(compose(award(recipient=recipient))).lower()
    assert re.fullmatch(r"sha256\$[0-9a-f]{64}", recipient.identity_hash)


def test_text_is_written_in_a_form_that_can_be_signed():
    document = signed(compose(award(narrative="one\r\ntwo\tthree\rfour")))
    assert document["credentialSubject"]["narrative"] == "one\ntwo    three\nfour"


def test_hours_stand_at_the_end_of_the_criteria():
    narrative = compose(award())["credentialSubject"]["achievement"]["criteria"]["narrative"]
    assert narrative.endswith("on every line.\n\nThis is about 15 hours of work.")


WRONG = [
    ({"results": (Result(line=line(1, "").id, level=f"{HOST}/else"),)}, "result-level"),
    ({"results": (Result(line=f"{HOST}/else", level=f"{HOST}/else"),)}, "result-line"),
    ({"valid_until": datetime(2020, 1, 1, tzinfo=UTC)}, "dates"),
    ({"valid_from": datetime(2026, 1, 1), "valid_until": None}, "naive-time"),
    ({"recipient": Recipient()}, "recipient"),
    ({"id": " "}, "missing"),
    ({"achievement": achievement(criteria_narrative="", criteria_url="")}, "criteria"),
    ({"achievement": achievement(kind="course")}, "missing"),
    ({"achievement": achievement(lines=(dataclasses.replace(line(1, "A"), required_level="x"),))}, "result-level"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_what_does_not_add_up_is_refused(changes, code):
    with pytest.raises(DocumentInvalid) as caught:
        compose(award(**changes))
    assert caught.value.code == code
