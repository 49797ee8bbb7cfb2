"""The environment of a local installation: secrets made once, addresses, and where data lies."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def local_environment(data: Path, port: int) -> dict[str, str]:
    """Return the settings of a local installation; what the caller's environment sets already wins."""
    for name in ("log", "mail"):
        (data / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    defaults = {
        "SECRET_KEY": _secret(data / "secret_key", lambda: secrets.token_urlsafe(50)),
        "KEY_ENCRYPTION_KEY": _secret(data / "key_encryption_key", lambda: Fernet.generate_key().decode()),
        "DEBUG": "0",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",
    }
    return defaults | os.environ | {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}


def _secret(path: Path, make: Callable[[], str]) -> str:
    """Read the secret in `path`; make it, readable by the owner only, if there is none."""
    try:
        return path.read_text()
    except FileNotFoundError:
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        draft.replace(path)
        return path.read_text()
