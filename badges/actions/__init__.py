"""What can be done to a badge: award, share, put on hold, take back, renew, correct. Minting is the worker's."""

from badges.actions.awarding import award, share, sign_anew
from badges.actions.standing import lift, revoke, suspend
from badges.actions.succession import correct, renew, renew_many

__all__ = ["award", "correct", "lift", "renew", "renew_many", "revoke", "share", "sign_anew", "suspend"]
