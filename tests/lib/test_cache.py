"""A cache that is gone is a cache that remembers nothing; it never breaks a page."""

import pytest
from django.core.cache import cache

from lib.cache import ForgivingRedisCache


@pytest.fixture
def gone() -> ForgivingRedisCache:
    """A cache at an address where nobody listens."""
    return ForgivingRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})


def test_a_cache_that_is_there_remembers():
    cache.set("a", 1, 60)
    assert cache.get("a") == 1
    assert cache.incr("a") == 2
    assert cache.add("a", 3) is False


def test_a_cache_that_is_gone_is_a_miss(gone):
    gone.set("a", 1, 60)
    assert gone.get("a", "nothing") == "nothing"
    assert gone.add("a", 1) is True
    assert gone.incr("a") == 1
    assert gone.delete("a") is False
    assert gone.touch("a") is False


def test_people_can_sign_in_without_the_cache(client, cast, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    answer = client.post("/signin/", {"login": cast.ada.email, "password": "correct horse battery"})
    assert answer.status_code == 302
