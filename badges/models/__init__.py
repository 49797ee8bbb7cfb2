"""Badges and what stands behind them: issuers and keys, status lists, artwork, endorsements, and events."""

from badges.models.badge import OF_THE_SYSTEM, Badge
from badges.models.endorsement import Endorsement
from badges.models.events import BadgeEvent, Consumer, Delivery, StackCatchUp
from badges.models.evidence import SharedEvidence
from badges.models.imports import AwardImport, AwardImportRow
from badges.models.issuer import Artwork, Issuer, SigningKey, StatusList
from badges.models.outside import AcceptedIssuer, Equivalence, OutsideBadge, OutsideDelivery
from badges.models.passport import Passport, PassportLink

__all__ = [
    "OF_THE_SYSTEM",
    "AcceptedIssuer",
    "Artwork",
    "AwardImport",
    "AwardImportRow",
    "Badge",
    "BadgeEvent",
    "Consumer",
    "Delivery",
    "Endorsement",
    "Issuer",
    "SharedEvidence",
    "Passport",
    "PassportLink",
    "Equivalence",
    "OutsideBadge",
    "OutsideDelivery",
    "SigningKey",
    "StackCatchUp",
    "StatusList",
]
