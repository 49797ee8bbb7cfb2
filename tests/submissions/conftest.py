"""What these tests share: an edition to earn, and Ada's first try at it."""

import pytest

from credentials.models import Edition
from submissions.models import Submission
from tests.cast import Cast
from tests.submissions import stage


@pytest.fixture
def edition(cast: Cast) -> Edition:
    return stage.publish_edition(cast)


@pytest.fixture
def draft(cast: Cast, edition: Edition) -> Submission:
    return stage.begin(cast, edition)
