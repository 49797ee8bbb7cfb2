"""The database as in production: made by the owner role, used through the app role, which row-level security binds."""

import gc
import os
import socket
from urllib.parse import urlsplit

import environ
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.signals import setting_changed
from django.db import connection

from tests.cast import Cast, make_cast

OWNER_URL = os.environ.get("DATABASE_OWNER_URL", "")
APP_ROLE = os.environ.get("DATABASE_APP_ROLE", "laurel_app")


def pytest_collection_finish() -> None:
    """What is there for the whole run is not looked through again at every garbage collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """Create the test database as its owner, then let every test connect as the app role.

    `--reuse-db` keeps it for the next run on the same services, as pytest-django does; `--create-db` makes it anew.
    """
    request.getfixturevalue("django_db_modify_db_settings")
    if not OWNER_URL:
        pytest.exit("Run the tests through `make test`: it starts PostgreSQL and names the owner role.", returncode=4)
    owner = environ.Env.db_url_config(OWNER_URL)
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    as_app = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}

    def connect_as(who: dict[str, str]) -> None:
        connection.close()
        connection.settings_dict |= {key: who.get(key, "") for key in ("USER", "PASSWORD")}

    with django_db_blocker.unblock():
        connect_as(owner)
        old_name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        connect_as(as_app)
    yield
    if request.config.getvalue("reuse_db"):
        return
    with django_db_blocker.unblock():
        connect_as(owner)
        connection.creation.destroy_test_db(old_name, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_this_worker(worker_id):
    """Each worker of a parallel run has a Redis database of its own, so that none clears the limits of another."""
    number = 1 if worker_id == "master" else int(worker_id.removeprefix("gw")) % 14 + 1
    url = urlsplit(settings.CACHES["default"]["LOCATION"])
    settings.CACHES["default"]["LOCATION"] = url._replace(path=f"/{number}").geturl()
    setting_changed.send(sender=None, setting="CACHES", value=settings.CACHES, enter=True)  # drops open connections


@pytest.fixture(autouse=True)
def _fresh_surroundings(settings, tmp_path):
    """Every test has its own evidence folder and outbox, and starts with no rate limits used up."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media", "base_url": "/never-served/"},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    settings.UNDO_SECONDS = 0  # decisions are made at once; tests of taking a score back set it themselves
    cache.clear()


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch):
    """Tests reach servers on this machine only; names of others are unknown at once, also where look-ups take long."""
    look_up = socket.getaddrinfo

    def only_here(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        if not name or name == "localhost" or ":" in name or name[0].isdigit():
            return look_up(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "no look-ups in tests")

    monkeypatch.setattr(socket, "getaddrinfo", only_here)


@pytest.fixture
def cast(db) -> Cast:
    """Two tenants and the people in them."""
    return make_cast()
