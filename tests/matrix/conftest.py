"""The world is made once for all tests here and never changed: every check ends with a rollback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from tests.matrix.world import World, make_world

STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def storages(folder: Path) -> dict:
    """Evidence in `folder`."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    return {**STORAGES, "default": files}


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the evidence of the world lies."""
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="package")
def made(django_db_setup, django_db_blocker, folder: Path) -> Iterator[World]:
    """The world, in a transaction that is rolled back after the last of these tests."""
    with django_db_blocker.unblock():
        outermost = transaction.atomic()
        outermost._from_testcase = True  # as in TestCase: it does not count as a transaction of the code under test
        with outermost:
            with override_settings(
                STORAGES=storages(folder),
                PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
                ALLOWED_HOSTS=["*"],
                UNDO_SECONDS=0,
            ):
                cache.clear()
                world = make_world()
            yield world
            transaction.set_rollback(True)


@pytest.fixture
def world(made: World, folder: Path, settings) -> World:
    """The world as it was made."""
    settings.STORAGES = storages(folder)
    with undone():
        yield made


@contextmanager
def undone() -> Iterator[None]:
    """A block whose changes are taken back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
