"""The vault that needs no other service: Fernet with KEY_ENCRYPTION_KEY."""

from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from badges.vaults.base import Vault, VaultClosed

BOUND = b"laurel-key:"  # before the issuer's id, in what was sealed since keys are bound to their issuer


class LocalVault(Vault):
    """Encrypts with the first of the keys in KEY_ENCRYPTION_KEY, and opens what any of them encrypted."""

    def __init__(self) -> None:
        try:
            self._keys = MultiFernet([Fernet(each.strip()) for each in settings.KEY_ENCRYPTION_KEY.split(",")])
        except ValueError as problem:
            raise VaultClosed("KEY_ENCRYPTION_KEY is not a Fernet key, or a list of them with commas.") from problem

    def seal(self, private: bytes, issuer: UUID) -> bytes:
        return self._keys.encrypt(BOUND + issuer.bytes + private)

    def open(self, sealed: bytes, issuer: UUID) -> bytes:
        try:
            opened = self._keys.decrypt(sealed)
        except InvalidToken as problem:
            raise VaultClosed("No key in KEY_ENCRYPTION_KEY opens this signing key.") from problem
        if not opened.startswith(BOUND):
            return opened  # sealed by an earlier version of Laurel
        bound, private = opened[: len(BOUND) + 16], opened[len(BOUND) + 16 :]
        if bound != BOUND + issuer.bytes:
            raise VaultClosed("This signing key was sealed for another issuer.")
        return private
