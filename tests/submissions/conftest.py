"""What these tests share: an edition to earn, and Ada's first try at it."""

from collections.abc import Iterator

import pytest

from credentials.models import Edition
from submissions.models import Submission
from tests.cast import Cast
from tests.submissions import stage
from tests.submissions.s3 import Store, running_store


@pytest.fixture
def edition(cast: Cast) -> Edition:
    return stage.publish_edition(cast)


@pytest.fixture
def draft(cast: Cast, edition: Edition) -> Submission:
    return stage.begin(cast, edition)


@pytest.fixture
def store(settings, monkeypatch) -> Iterator[Store]:
    """A running S3 store in which evidence is kept during this test."""
    yield from running_store(settings, monkeypatch)


@pytest.fixture(params=["disk", "s3"])
def where(request) -> str:
    """Each test that asks for this runs once with evidence on local disk, and once in an S3 store."""
    if request.param == "s3":
        request.getfixturevalue("store")
    return request.param
