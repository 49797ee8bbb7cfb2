"""System checks of how signing keys are kept, so that a mistake is explained before a badge cannot be signed."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, Tags, register

from badges.models import SigningKey


@register(Tags.security)
def signing_keys_can_be_sealed(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """KEY_ENCRYPTION_KEY, KEY_VAULT, KMS_KEY_ID and KEY_CACHE_SECONDS fit together."""
    problems = []
    try:
        for each in settings.KEY_ENCRYPTION_KEY.split(","):
            Fernet(each.strip())
    except ValueError:
        hint = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' makes one."
        message = "KEY_ENCRYPTION_KEY is not a Fernet key, or a list of them with commas."
        problems.append(Error(message, hint=hint, id="badges.E001"))
    if settings.KEY_VAULT not in SigningKey.Vault.values:
        hint = "Use local (KEY_ENCRYPTION_KEY) or kms (AWS KMS)."
        problems.append(Error(f"KEY_VAULT is “{settings.KEY_VAULT}”.", hint=hint, id="badges.E002"))
    if settings.KEY_VAULT == SigningKey.Vault.KMS and not settings.KMS_KEY_ID:
        hint = "Name a symmetric key by its id, ARN or alias (alias/laurel)."
        problems.append(Error("KEY_VAULT is kms, and KMS_KEY_ID is not set.", hint=hint, id="badges.E003"))
    if settings.KEY_CACHE_SECONDS < 0:
        hint = "0 asks the vault for every badge; 300 is as usual."
        problems.append(Error("KEY_CACHE_SECONDS is below 0.", hint=hint, id="badges.E004"))
    return problems
