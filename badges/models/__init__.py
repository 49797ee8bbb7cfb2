"""Badges and what stands behind them: issuers and keys, status lists, artwork, and the events others follow."""

from badges.models.badge import OF_THE_SYSTEM, Badge
from badges.models.events import BadgeEvent, Consumer, Delivery, StackCatchUp
from badges.models.issuer import Artwork, Issuer, SigningKey, StatusList

__all__ = [
    "OF_THE_SYSTEM",
    "Artwork",
    "Badge",
    "BadgeEvent",
    "Consumer",
    "Delivery",
    "Issuer",
    "SigningKey",
    "StackCatchUp",
    "StatusList",
]
