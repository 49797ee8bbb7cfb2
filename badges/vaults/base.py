"""What every vault can do."""

from abc import ABC, abstractmethod
from uuid import UUID


class VaultClosed(Exception):
    """A vault that cannot seal or open just now, or not with this set-up. The work that needed it is tried again."""


class Vault(ABC):
    """Seals the bytes of a private key so that the database may hold them, and opens them again.

    What was sealed for one issuer does not open for another: the issuer's id is bound to it, so that a row that is
    copied to another issuer in the database is of no use.
    """

    @abstractmethod
    def seal(self, private: bytes, issuer: UUID) -> bytes:
        """`private`, encrypted for `issuer`. Raises VaultClosed."""

    @abstractmethod
    def open(self, sealed: bytes, issuer: UUID) -> bytes:
        """What `seal` was given. Raises VaultClosed, also for what was sealed by another key or for another issuer."""
