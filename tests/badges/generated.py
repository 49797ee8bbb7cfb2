"""Badges of every shape with values of every kind, made from a seed: what a template may and may not get right."""

import random
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal

from badges.openbadges.content import Achievement, Award, Evidence, Level, Picture, Recipient, Result, ResultLine
from tests.badges import samples
from tests.badges.samples import HOST

PLAIN = ("Lesson plan", "Reflection", "a", "%s %% {0} %(name)s", "Lesson plan 2", "_:c14n0", "<b>", "true", "1")
ESCAPED = (
    'say "yes"',
    "back\\slash",
    "two\nlines",
    '\\"',
    "\\n",
    'ends with "',
    '"',
    "\\",
    "a\nb\n\nc",
    "\r\n",
    "tab\t",
)
WIDE = ("Ruíz", "問い", "\u2028\u2029", "\xa0", "\u200d\ufeff", "\ud7ff", "ß\u0301")
BEYOND = ("party \U0001f389", "\U0001f389\U0001f389", "\U00010000", "\U0010fffd")
ABOVE = ("\ue000", "\ufb01ne", "party \uff01", "\ufffd", "\uf8ff\U0001f389")
HIDDEN = ("\x00", "bell\x07", "\x08", "\x0b", "\x0c", "\x7f", "\x85", "\ufffe", "\uffff", "\ufdd0", "\x1b[0m")
IRIS = (
    f"{HOST}/evidence/1",
    f"{HOST}/evidence/2",
    "https://example.org/%C3%A9?a=(1)&b='2'#c",
    "https://example.org/é",
    "did:key:z6Mk",
    "mailto:a@b.example",
)
COLLIDING = (f"{HOST}/achievements/42", f"{HOST}/status/1", samples.DID, f"{HOST}/b/same")
ODD_IRIS = (
    "urn:isbn:0451450523",
    "ftp://example.org/",
    "tag:a",
    "relative/path",
    "https://a b",
    "https://a/[1]",
    "https://é.example/\U0001f389",
    "x:",
    "_:b0",
    "https://a/%zz",
)


def line(number: int) -> ResultLine:
    url = f"{HOST}/achievements/42#line-{number}"
    levels = tuple(Level(id=f"{url}-{points}", name=f"Level {points}") for points in range(2))
    return ResultLine(id=url, name=f"Line {number}", levels=levels)


def achievement(chance: random.Random) -> Achievement:
    """A small one, so that thousands can be compared with a slow canonicalizer."""
    return Achievement(
        id=f"{HOST}/achievements/42",
        name=chance.choice([*PLAIN, *ESCAPED[:4], *WIDE[:2], *BEYOND[:1], *ABOVE[:1]]),
        description="What it is.",
        criteria_narrative="Earn it.",
        image=chance.choice([None, Picture(url=f"{HOST}/42.png", caption="A picture")]),
        lines=tuple(line(number) for number in range(chance.randrange(3))),
        tags=chance.choice([(), ("one", "two")]),
    )


def award(chance: random.Random) -> Award:
    """The first award of a shape."""
    what = achievement(chance)
    issuer = replace(samples.award().issuer, image=None, description="")
    return filled(
        chance,
        Award(
            id=f"{HOST}/b/0",
            issuer=issuer,
            achievement=what,
            recipient=Recipient(
                identity_hash=chance.choice(["", "x", "x"]),
                salt=chance.choice(["", "x"]),
                subject_id="x",
                name=chance.choice(["", "x"]),
            ),
            valid_from=samples.NOW,
            valid_until=chance.choice([None, samples.NOW]),
            awarded=chance.choice([None, samples.NOW]),
            results=tuple(Result(line=each.id, level="") for each in what.lines),
            evidence=tuple(
                Evidence(name="x", id=chance.choice(["", "x"]), narrative=chance.choice(["", "x"]), genre="Plan")
                for _item in range(chance.choice([0, 0, 1, 2, 3]))
            ),
            status=samples.award().status,
            credits_earned=chance.choice([None, Decimal("1.5")]),
            narrative=chance.choice(["", "x"]),
        ),
    )


def filled(chance: random.Random, like: Award) -> Award:
    """An award of the same shape with other values; about half of them have a value that is hard to get right."""
    kinds = [PLAIN]
    if chance.random() < 0.6:
        kinds.append(chance.choice([PLAIN, ESCAPED, WIDE, BEYOND, ABOVE, (*BEYOND, *ABOVE), HIDDEN]))
    addresses = [IRIS, (f"https://example.org/{chance.getrandbits(40):x}",)]
    if chance.random() < 0.2:
        addresses.append(chance.choice([COLLIDING, ODD_IRIS]))

    def text(there: str) -> str:
        return there and "".join(chance.choice(chance.choice(kinds)) for _part in range(chance.choice([1, 1, 2])))

    def address(there: str) -> str:
        return there and chance.choice(chance.choice(addresses))

    day = samples.NOW + timedelta(seconds=chance.randrange(10**7))
    who = like.recipient
    return replace(
        like,
        id=address(like.id) if chance.random() < 0.1 else f"{HOST}/b/{chance.getrandbits(64):x}",
        recipient=Recipient(
            identity_hash=who.identity_hash and f"sha256${chance.getrandbits(256):064x}",
            salt=text(who.salt),
            subject_id=address(who.subject_id),
            name=text(who.name),
        ),
        valid_from=day,
        valid_until=like.valid_until and day + timedelta(days=chance.randrange(1, 900)),
        awarded=like.awarded and day.astimezone(UTC),
        results=tuple(replace(each, level=f"{each.line}-{chance.randrange(2)}") for each in like.results),
        evidence=tuple(
            replace(item, name=text(item.name), id=address(item.id), narrative=text(item.narrative))
            for item in like.evidence
        ),
        status=like.status and replace(like.status, index=chance.randrange(131_072)),
        narrative=text(like.narrative),
    )
