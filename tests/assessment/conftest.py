"""What these tests share: an edition to earn, and Ada's work on it, handed in."""

import pytest

from credentials.models import Edition
from submissions.models import Submission
from tests.assessment import stage
from tests.cast import Cast
from tests.submissions.stage import publish_edition


@pytest.fixture
def edition(cast: Cast) -> Edition:
    return publish_edition(cast)


@pytest.fixture
def sent(cast: Cast, edition: Edition) -> Submission:
    return stage.hand_in(cast, edition)
