"""An issuer of another installation, played by a web server on this machine: Open Badges 3.0, as tokens, and 2.0."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from badges.openbadges import keys, proof
from badges.openbadges.content import IssuerProfile, Recipient, StatusEntry
from badges.openbadges.documents import compose, compose_endorsement, serialize
from badges.openbadges.status_list import compose_status_list
from tests.badges.samples import achievement, award, line
from tests.webserver import WebServer, answer

EARNED = datetime(2026, 3, 20, 15, 30, tzinfo=UTC)
OB2_CONTEXT = "https://w3id.org/openbadges/v2"


@dataclass
class Outsider:
    """Serves what it issues. `did` is a did:web of the server; a web address of it is the issuer of tokens."""

    server: WebServer
    key: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
    rsa: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    ec: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    revoked: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        host = self.server.url("").removeprefix("http://").rstrip("/")
        self.did = f"did:web:{host.replace(':', '%3A')}:issuers:1"
        self.method = keys.key_id(self.did, self.key.public_key())
        self.issuer_url = self.server.url("/issuers/2")
        document = keys.did_document(self.did, [self.key.public_key()])
        for name, key in (("rsa", self.rsa), ("ec", self.ec)):
            method = {"id": f"{self.did}#{name}", "type": "JsonWebKey", "controller": self.did}
            document["verificationMethod"].append({**method, "publicKeyJwk": key.as_dict(private=False)})
            document["assertionMethod"].append(method["id"])
        self.serve("/issuers/1/did.json", document)
        self.serve("/keys/rsa", self.rsa.as_dict(private=False))
        jwks = [{**self.rsa.as_dict(private=False), "kid": "one"}, {**self.ec.as_dict(private=False), "kid": "two"}]
        self.serve("/jwks.json", {"keys": jwks})
        self.serve(
            "/issuers/2", {"id": self.issuer_url, "type": "Profile", "name": "Riverside", "publicKey": [jwks[0]]}
        )
        self.serve_status()

    def serve(self, path: str, document: Any, status: str = "200 OK") -> str:
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.server.on(path, answer(data, status, content_type="application/json"))

    def serve_status(self) -> None:
        """The status list as it is now; call it again after changing `revoked`."""
        url = self.server.url("/status/1")
        listed = compose_status_list(url, issuer=self.did, set_indexes=self.revoked, valid_from=EARNED)
        self.serve("/status/1", self.signed(listed))

    def signed(self, document: dict[str, Any], created: datetime = EARNED) -> dict[str, Any]:
        return proof.sign(document, self.key, verification_method=self.method, created=created)

    def profile(self, **changes: Any) -> IssuerProfile:
        return IssuerProfile(**{"id": self.did, "name": "Riverside University", **changes})

    def unsigned(self, number: int = 7, email: str = "ada@example.org", **changes: Any) -> dict[str, Any]:
        facts = {
            "id": self.server.url(f"/badges/{number}"),
            "issuer": self.profile(),
            "achievement": achievement(
                id=self.server.url("/achievements/9"), name="Reading Data", lines=(line(1, "Plans"), line(2, "Asks"))
            ),
            "recipient": Recipient.for_email(email, "9f3c"),
            "valid_from": EARNED,
            "awarded": EARNED,
            "status": StatusEntry(list_url=self.server.url("/status/1"), index=number),
        }
        return compose(award(**{**facts, **changes}))

    def badge(self, number: int = 7, email: str = "ada@example.org", **changes: Any) -> dict[str, Any]:
        """A signed badge, also served at its id."""
        made = self.signed(self.unsigned(number, email, **changes))
        self.serve(f"/badges/{number}", made)
        return made

    def token(
        self,
        key: RSAKey | ECKey | None = None,
        header: dict[str, Any] | None = None,
        claims: dict | None = None,
        **more,
    ) -> str:
        """A badge as VC-JWT, with the claims that Open Badges 3.0 asks for."""
        credential = self.unsigned(
            recipient=Recipient.for_email("ada@example.org", "9f3c", subject_id="urn:x:1"), **more
        )
        payload = {
            "iss": credential["issuer"]["id"],
            "jti": credential["id"],
            "sub": "urn:x:1",
            "nbf": int(EARNED.timestamp()),
            "vc": credential,
            **(claims or {}),
        }
        if "validUntil" in credential:
            payload["exp"] = int(datetime.fromisoformat(credential["validUntil"]).timestamp())
        key = key or self.rsa
        header = header or {"alg": "RS256", "typ": "JWT", "kid": f"{self.did}#rsa"}
        return jws.serialize_compact(header, json.dumps(payload).encode(), key, algorithms=[header["alg"]])

    def endorsement(self, about: str, **changes: Any) -> dict[str, Any]:
        unsigned = compose_endorsement(
            self.server.url("/endorsements/1"),
            issuer=self.profile(name="State Board"),
            subject_id=about,
            name="Recommended",
            comment="We count it.",
            valid_from=EARNED,
        )
        return self.signed({**unsigned, **changes})

    def assertion(self, **changes: Any) -> dict[str, Any]:
        """An Assertion of Open Badges 2.0, served with its BadgeClass and its Issuer."""
        url = self.server.url
        self.serve(
            "/2/issuer",
            {
                "@context": OB2_CONTEXT,
                "id": url("/2/issuer"),
                "type": "Issuer",
                "name": "Riverside College",
                "url": url("/"),
                "email": "badges@riverside.example",
                "publicKey": url("/2/key"),
                "revocationList": url("/2/revoked"),
            },
        )
        pem = self.rsa.as_pem(private=False).decode()
        owned = {"id": url("/2/key"), "type": "CryptographicKey", "owner": url("/2/issuer"), "publicKeyPem": pem}
        self.serve("/2/key", {"@context": OB2_CONTEXT, **owned})
        revoked = {
            "@context": OB2_CONTEXT,
            "type": "RevocationList",
            "id": url("/2/revoked"),
            "issuer": url("/2/issuer"),
        }
        self.serve("/2/revoked", {**revoked, "revokedAssertions": []})
        self.serve(
            "/2/class",
            {
                "@context": OB2_CONTEXT,
                "id": url("/2/class"),
                "type": "BadgeClass",
                "name": "Reading Data",
                "description": "Reads tables and charts.",
                "image": url("/2/image.png"),
                "criteria": {"narrative": "Read them."},
                "issuer": url("/2/issuer"),
            },
        )
        made = {
            "@context": OB2_CONTEXT,
            "id": url("/2/assertions/1"),
            "type": "Assertion",
            "recipient": {"type": "email", "hashed": False, "identity": "ada@example.org"},
            "badge": url("/2/class"),
            "verification": {"type": "HostedBadge"},
            "issuedOn": "2026-03-20T15:30:00Z",
            **changes,
        }
        if made["id"] == url("/2/assertions/1"):
            self.serve("/2/assertions/1", made)
        return made

    def signed_assertion(self, **changes: Any) -> str:
        """The same in a JWS."""
        verification = {"type": "SignedBadge", "creator": self.server.url("/2/key")}
        made = self.assertion(id="urn:uuid:5f1e7a52-6d2c-4a38-a4f3-1c5d1f6f0001", verification=verification, **changes)
        return jws.serialize_compact({"alg": "RS256"}, json.dumps(made).encode(), self.rsa, algorithms=["RS256"])


def self_signed(number: int, email: str, title: str = "Reading Data") -> tuple[str, bytes]:
    """An issuer that is no more than a key (did:key), and a badge of it: nothing has to be fetched for a check."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
    did = keys.did_key(key.public_key())
    plain = compose(
        award(
            id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
            issuer=IssuerProfile(id=did, name="Riverside University"),
            achievement=achievement(id="https://riverside.example/achievements/9", name=title),
            recipient=Recipient.for_email(email, "9f3c"),
            status=None,
        )
    )
    method = keys.key_id(did, key.public_key())
    return did, serialize(proof.sign(plain, key, verification_method=method, created=EARNED))
