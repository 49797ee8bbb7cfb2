"""What a badge is worth to someone: policies, grants, the recognizer inbox and the ledger."""

from recognition.models.grant import Grant, GrantMessage, RewardCard, YearUse
from recognition.models.ledger import LedgerEntry
from recognition.models.policy import Policy

__all__ = ["Grant", "GrantMessage", "LedgerEntry", "Policy", "RewardCard", "YearUse"]
