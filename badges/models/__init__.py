"""Badges and what stands behind them: issuers and keys, status lists, artwork, and the events others follow."""

from badges.models.badge import Badge
from badges.models.events import BadgeEvent, Consumer, Delivery, StackCatchUp
from badges.models.issuer import Artwork, Issuer, SigningKey, StatusList
from badges.models.outside import AcceptedIssuer, Equivalence, OutsideBadge, OutsideDelivery

__all__ = [
    "AcceptedIssuer",
    "Artwork",
    "Badge",
    "BadgeEvent",
    "Consumer",
    "Delivery",
    "Equivalence",
    "Issuer",
    "OutsideBadge",
    "OutsideDelivery",
    "SigningKey",
    "StackCatchUp",
    "StatusList",
]
