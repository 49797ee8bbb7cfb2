"""AWS Key Management Service: private keys are encrypted by a key that never leaves the service."""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from badges.vaults.base import Vault, VaultClosed

# A service that does not answer must not hold a worker up for minutes: the delivery is tried again.
PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


class KmsVault(Vault):
    """Encrypt and Decrypt of KMS_KEY_ID, with the issuer's id as encryption context, which KMS also logs."""

    def seal(self, private: bytes, issuer: UUID) -> bytes:
        if not settings.KMS_KEY_ID:
            raise VaultClosed("KMS_KEY_ID says which key of the service to use, and it is not set.")
        return _ask(_client().encrypt, KeyId=settings.KMS_KEY_ID, Plaintext=private, **_context(issuer))[
            "CiphertextBlob"
        ]

    def open(self, sealed: bytes, issuer: UUID) -> bytes:
        # Without KeyId: KMS knows which key it was, so that keys sealed before KMS_KEY_ID changed still open.
        return _ask(_client().decrypt, CiphertextBlob=sealed, **_context(issuer))["Plaintext"]


def _context(issuer: UUID) -> dict[str, Any]:
    return {"EncryptionContext": {"laurel:issuer": str(issuer)}}


def _ask(call: Callable[..., dict[str, Any]], **request: Any) -> dict[str, Any]:
    try:
        return call(**request)
    except ClientError as problem:
        raise VaultClosed(f"KMS refused: {problem.response['Error'].get('Code', 'unknown')}") from problem
    except BotoCoreError as problem:
        raise VaultClosed(f"KMS cannot be asked: {problem}") from problem


def _client() -> Any:
    return _client_for(settings.KMS_REGION, settings.KMS_ENDPOINT_URL)


@cache
def _client_for(region: str, endpoint: str) -> Any:
    return boto3.client("kms", region_name=region or None, endpoint_url=endpoint or None, config=PATIENCE)
