"""The world outside, for tests of badges from elsewhere."""

from ipaddress import ip_network

import pytest

from tests.badges.outsider import Outsider
from tests.webserver import running


@pytest.fixture
def outside(settings):
    """An issuer elsewhere, which checks may ask, since the operator of this test opened the loopback network."""
    settings.FETCH_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
    with running() as server:
        yield Outsider(server)
