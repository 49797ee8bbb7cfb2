"""The system account that PostgreSQL runs as, and which paths that account can reach.

PostgreSQL refuses to run as root. An ordinary user runs it directly.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.local.terminal import Problem

NAME = "laurel-postgres"


@dataclass(frozen=True)
class Account:
    """An unprivileged system account."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        """Options with which subprocess starts a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Say whether this account can enter the folder."""
        return self.can_run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def can_run(self, command: list[str]) -> bool:
        """Say whether the command succeeds as this account."""
        try:
            done = subprocess.run(command, check=False, cwd="/", capture_output=True, **self.popen_options())
        except PermissionError:
            return False
        return done.returncode == 0


def service_account() -> Account | None:
    """Return the account for PostgreSQL, made if need be; None when we are not root and need none."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _create()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:  # a bare container: every system has this account
        return pwd.getpwnam("nobody")
    command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        return pwd.getpwnam(NAME)  # also when another run made it in the same moment
    except KeyError:
        raise Problem(f"useradd could not make the account {NAME}: {made.stderr.strip()}") from None


def own(path: Path, account: Account | None) -> None:
    """Make `path` a private folder of the account (of ourselves if None)."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
