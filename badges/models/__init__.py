"""Badges and what stands behind them: issuers and keys, status lists, artwork, and the events others follow."""

from badges.models.badge import Badge
from badges.models.events import BadgeEvent, Consumer, Delivery, StackCatchUp
from badges.models.imports import AwardImport, AwardImportRow
from badges.models.issuer import Artwork, Issuer, SigningKey, StatusList

__all__ = [
    "Artwork",
    "AwardImport",
    "AwardImportRow",
    "Badge",
    "BadgeEvent",
    "Consumer",
    "Delivery",
    "Issuer",
    "SigningKey",
    "StackCatchUp",
    "StatusList",
]
