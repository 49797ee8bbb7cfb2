"""What the database says of one badge for its page, in one query, and the state that follows from it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from weakref import WeakSet

from django.db import DatabaseError, connection

from badges.models import Badge
from lib import clock
from tenants.models import User

# One look-up of each by its key. Evidence is joined as JSON so that a page is one question to the database.
_READ = """
    SELECT b.id, b.state, b.visibility, b.show_name, b.recipient_name, b.results::text, b.awarded_at, b.expires_at,
        b.suspended_at, b.revoked_at, b.revoked_reason, b.document, b.edition_id, b.stack_id, b.issuer_id, b.earner_id,
        k.public_multibase, k.compromised_at IS NOT NULL, t.name, t.slug, t.contact_email, t.time_zone,
        t.accent, t.logo_digest, t.logo_alt,
        s.id, s.succession, s.visibility, r.id, b.succession, r.visibility,
        (SELECT json_agg(json_build_array(e.id, e.name, e.description, e.gone_at IS NOT NULL)
            ORDER BY e.position, e.id)::text FROM badges_sharedevidence e WHERE e.badge_id = b.id)
    FROM badges_badge b
    JOIN tenants_tenant t ON t.id = b.tenant_id
    LEFT JOIN badges_signingkey k ON k.id = b.key_id
    LEFT JOIN badges_badge s ON s.replaces_id = b.id
    LEFT JOIN badges_badge r ON r.id = b.replaces_id
    WHERE b.id = {badge}
"""
_NAME = "laurel_badge_facts"
_NOT_PREPARED, _PREPARED_TWICE = "26000", "42P05"  # codes of PostgreSQL
_prepared: WeakSet = WeakSet()  # connections that know the statement by its name


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says of one badge now. `newer` is the badge that took its place, `older` the one it follows."""

    id: UUID
    state: str
    visibility: str
    show_name: bool
    recipient_name: str
    results: str  # JSON, as in Badge.results
    awarded_at: datetime
    expires_at: datetime | None
    suspended_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str
    document: memoryview | None
    edition_id: UUID | None
    stack_id: UUID | None
    issuer_id: UUID
    earner_id: UUID
    key: str | None  # the public half, as multibase
    key_compromised: bool
    tenant_name: str
    tenant_slug: str
    tenant_email: str
    time_zone: str
    tenant_accent: str
    tenant_logo: str
    tenant_logo_alt: str
    newer_id: UUID | None
    newer_succession: str | None
    newer_visibility: str | None
    older_id: UUID | None
    succession: str
    older_visibility: str | None
    evidence: str | None  # JSON list of [id, name, description, whether it is gone]

    def may_be_seen_by(self, viewer: User) -> bool:
        """Private badges are for their earner alone; all others are for anyone who has the address."""
        mine = viewer.is_authenticated and viewer.id == self.earner_id
        return mine or self.visibility != Badge.Visibility.PRIVATE


def facts_of(badge_id: UUID) -> Facts | None:
    """What there is to know of a badge for its page; None when there is no such badge. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(badge="%s"), [badge_id])
        row = cursor.fetchone()
    return Facts(*row) if row else None


def facts_prepared(badge_id: UUID) -> Facts | None:
    """The same as `facts_of`, by a statement that this connection planned before: planning takes longer than reading.

    Outside of a transaction only. A pooler may have changed the connection to one that does not know the statement, or
    knows it already; then it is asked for in full.
    """
    with connection.cursor() as cursor:
        try:
            if connection.connection not in _prepared:
                cursor.execute(f"PREPARE {_NAME} (uuid) AS {_READ.format(badge='$1')}")
                _prepared.add(connection.connection)
            cursor.execute(f"EXECUTE {_NAME} (%s)", [badge_id])
        except DatabaseError as problem:
            if getattr(problem.__cause__, "pgcode", "") not in (_NOT_PREPARED, _PREPARED_TWICE):
                raise
            return facts_of(badge_id)
        row = cursor.fetchone()
    return Facts(*row) if row else None


def state_of(facts: Facts, signed: bool) -> str:
    """Which state the page tells first. `signed`: whether the signature fits the document, if there is one.

    revoked, suspended, making, anew (its key is not to be trusted any more), broken, expired or good.
    """
    if facts.state == Badge.State.REVOKED:
        return "revoked"
    if facts.document is None:
        return "making"
    if facts.key_compromised:
        return "anew"
    if not signed:
        return "broken"
    if facts.state == Badge.State.SUSPENDED:
        return "suspended"
    if facts.expires_at is not None and facts.expires_at <= clock.now():
        return "expired"
    return "good"
