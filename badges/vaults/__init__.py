"""Vaults: what seals the private halves of signing keys at rest, and opens them for a worker that has to sign."""

from badges.vaults.base import Vault, VaultClosed
from badges.vaults.local import LocalVault

__all__ = ["Vault", "VaultClosed", "vault"]


def vault(name: str) -> Vault:
    """The vault of this name, one of `SigningKey.Vault`. Raises VaultClosed for any other name."""
    if name == "local":
        return LocalVault()
    if name == "kms":
        from badges.vaults.kms import KmsVault  # the client takes a while to load, and few need it

        return KmsVault()
    raise VaultClosed(f"There is no vault “{name}”. KEY_VAULT is local or kms.")
