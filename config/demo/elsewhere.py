"""Of other issuers: a badge that the demo's earner brought along and her district counts, and an endorsement.

That issuer is no more than a key (did:key), so that nothing has to be asked for on the network.
"""

import hashlib
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.actions.outside import accept_issuer, add_equivalence, import_badge
from badges.checking import Checked, check
from badges.endorsing import endorse
from badges.openbadges import keys, proof
from badges.openbadges.content import Achievement, Award, IssuerProfile, Recipient
from badges.openbadges.documents import compose, serialize
from config.demo.people import ACCOUNTS, World
from credentials.models import Edition
from lib import clock
from tenants.models import Role
from tenants.scope import inside

ACHIEVEMENT = "https://ohio-valley.example/achievements/data-team"
ENDORSED = "personalized-learning-foundations"
COMMENT = (
    "Our coaches compared twelve of these badges with what they saw in the classrooms of those who hold them. "
    "Whoever has it plans for learners who differ, and we count it toward our own pathway."
)
COUNTS_AS = "learning-from-colleagues-lessons"


def tell_of_elsewhere(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """Dana earned it in the summer; the admin accepts the issuer; she brings the badge last week."""
    dana = world.users[ACCOUNTS["earner"]]
    did, badge = _badge_for(dana.email, today - timedelta(days=160))
    with inside(world.tenants["jefferson"]):
        with clock.at(today - timedelta(days=40)):
            admin = world.first("jefferson", Role.ADMIN)
            note = "Our partner for the summer academy."
            accepted = accept_issuer(by=admin, issuer_id=did, name="Ohio Valley Teaching Center", note=note)
            add_equivalence(
                by=admin,
                accepted=accepted,
                achievement_id=ACHIEVEMENT,
                achievement_name="Working in a Data Team",
                micro_credential=editions[COUNTS_AS].micro_credential,
            )
        with clock.at(today - timedelta(days=6)):
            import_badge(by=world.by(dana, "jefferson"), checked=Checked(badge, "", check(badge)))


def endorse_a_partner(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """Jefferson's recognizer vouches for what a partner issues."""
    with inside(world.tenants["jefferson"]), clock.at(today - timedelta(days=20)):
        endorse(by=world.first("jefferson", Role.RECOGNIZER), thing=editions[ENDORSED], comment=COMMENT)


def _badge_for(email: str, earned: datetime) -> tuple[str, bytes]:
    """The id of the issuer, and its signed badge. The key is the same in every demo."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"the issuer elsewhere in the demo").digest())
    did = keys.did_key(key.public_key())
    document = compose(
        Award(
            id="urn:uuid:5d0f6f2e-0c0e-4e0b-9b6c-3f1d8a7c2b11",
            issuer=IssuerProfile(id=did, name="Ohio Valley Teaching Center"),
            achievement=Achievement(
                id=ACHIEVEMENT,
                name="Working in a Data Team",
                description="Reads results with colleagues and agrees on what to teach again.",
                criteria_narrative="Lead three meetings of a data team and share the notes.",
            ),
            recipient=Recipient.for_email(email, "4b1d"),
            valid_from=earned,
        )
    )
    method = keys.key_id(did, key.public_key())
    return did, serialize(proof.sign(document, key, verification_method=method, created=earned))
