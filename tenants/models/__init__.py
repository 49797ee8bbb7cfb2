"""Who is here: organizations, people, what they may do, and what they did."""

from tenants.models.apps import ConnectedApp
from tenants.models.audit import AuditEntry
from tenants.models.mail import OutgoingMail
from tenants.models.people import Invitation, Membership, Role, StaffRecord, User
from tenants.models.scoped import ScopedManager, ScopedModel
from tenants.models.tenant import Closure, Logo, Partnership, Tenant
from tenants.models.tokens import AccessToken, IdempotentCall, Scope

__all__ = [
    "AccessToken",
    "AuditEntry",
    "Closure",
    "ConnectedApp",
    "IdempotentCall",
    "Invitation",
    "Logo",
    "Membership",
    "OutgoingMail",
    "Partnership",
    "Role",
    "Scope",
    "ScopedManager",
    "ScopedModel",
    "StaffRecord",
    "Tenant",
    "User",
]
