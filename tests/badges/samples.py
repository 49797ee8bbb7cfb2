"""A badge with every part that the product writes, and the key that signs it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.openbadges import keys, proof
from badges.openbadges.content import (
    Achievement,
    Alignment,
    Award,
    Evidence,
    IssuerProfile,
    Level,
    Picture,
    Recipient,
    Result,
    ResultLine,
    StatusEntry,
)

HOST = "https://badges.example.edu"
DID = "did:web:badges.example.edu:t:lake"
LIST = f"{HOST}/status/1"
NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = PRIVATE_KEY.public_key()
METHOD = keys.key_id(DID, PUBLIC_KEY)
DID_DOCUMENT = keys.did_document(DID, [PUBLIC_KEY])


def line(number: int, name: str) -> ResultLine:
    url = f"{HOST}/achievements/42#line-{number}"
    levels = tuple(
        Level(id=f"{url}-{points}", name=label, description=f"{name}: {label}", points=str(points))
        for points, label in enumerate(("Not yet", "Almost", "Yes"))
    )
    return ResultLine(id=url, name=name, levels=levels, required_level=levels[2].id)


def achievement(**changes: Any) -> Achievement:
    facts: dict[str, Any] = {
        "id": f"{HOST}/achievements/42",
        "name": "Checking for Understanding – “Level 2” \U0001f389",
        "description": "Plans questions that show what each student understands.",
        "criteria_narrative": "To earn this:\n\n* share two lesson plans,\n* reach **Yes** on every line.",
        "criteria_url": f"{HOST}/achievements/42/criteria",
        "hours_note": "This is about 15 hours of work.",
        "image": Picture(url=f"{HOST}/achievements/42/image.png", caption="Badge for checking"),
        "tags": ("questions", "feedback"),
        "alignments": (
            Alignment(
                name="Uses questions to find out",
                url="https://case.example.org/uri/74f5bb7d-d7cc-11e8-824f-0242ac160002",
                code="T.3",
                framework="Teaching Standards",
                description="The teacher asks.",
            ),
        ),
        "lines": (line(1, "Plans"), line(2, "Asks")),
        "related": (f"{HOST}/achievements/7",),
        "credits": Decimal("1.5"),
        "code": "CU-2",
        "version": "3",
        "language": "en",
    }
    return Achievement(**{**facts, **changes})


def award(**changes: Any) -> Award:
    facts: dict[str, Any] = {
        "id": "urn:uuid:0191f7a0-0000-7000-8000-000000000001",
        "issuer": IssuerProfile(
            id=DID,
            name="Lakeside Schools",
            url="https://lakeside.example.edu",
            email="badges@lakeside.example.edu",
            description="A school district.",
            image=Picture(url=f"{HOST}/t/lake/logo.png", caption="Lakeside"),
        ),
        "achievement": achievement(),
        "recipient": Recipient.for_email(
            "Dana@example.org", "9f3c", subject_id="urn:uuid:0191f7a0-0000-7000-8000-000000000002", name="Dana Ruíz"
        ),
        "valid_from": datetime(2026, 3, 20, 15, 30, tzinfo=UTC),
        "valid_until": datetime(2031, 3, 20, tzinfo=UTC),
        "awarded": datetime(2026, 3, 20, 15, 30, tzinfo=UTC),
        "results": (
            Result(line=line(1, "").id, level=f"{line(1, '').id}-2"),
            Result(line=line(2, "").id, level=f"{line(2, '').id}-2"),
        ),
        "evidence": (
            Evidence(
                id=f"{HOST}/evidence/1", name="Lesson plan", description="Part 1", narrative="Grade 4", genre="Plan"
            ),
            Evidence(name="Reflection", narrative="What I learned"),
        ),
        "status": StatusEntry(list_url=LIST, index=77),
        "credits_earned": Decimal("1"),
        "narrative": "Shown in a grade 4 class.",
    }
    return Award(**{**facts, **changes})


def signed(document: dict[str, Any]) -> dict[str, Any]:
    return proof.sign(document, PRIVATE_KEY, verification_method=METHOD, created=NOW)
