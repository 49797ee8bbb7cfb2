"""The Open Badges API does what its service description says, for whatever an app may send (schemathesis)."""

from collections.abc import Callable

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connections
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.throttling import SimpleRateThrottle
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.badges.made import minted
from tests.badges.wallet import Wallet, bearer
from tests.credentials.sample import published

OPERATIONS = [
    ("/discovery", "GET"),
    ("/credentials", "GET"),
    ("/credentials", "POST"),
    ("/profile", "GET"),
    ("/profile", "PUT"),
]
EXAMPLES = 15  # of each kind; always the same ones
ONLY_RIGHT_IN_FORM = {("/credentials", "POST"), ("/profile", "PUT")}  # what is made up is signed by nobody


@pytest.fixture
def schema(db, monkeypatch):
    for rate in ("anon", "user"):
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, rate, None)
    monkeypatch.setattr(
        type(connections["default"]), "close_if_unusable_or_obsolete", lambda self: None
    )  # outlives requests
    return schemathesis.openapi.from_wsgi("/ims/ob/v3p0/discovery", get_wsgi_application())


def every(strategy, check: Callable) -> None:
    """Run `check` on what `strategy` makes up."""
    quick = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    quick(given(strategy)(check))()


def test_the_description_names_every_operation_of_the_standard(schema):
    named = [(path, method.upper()) for path, each in schema.raw_schema["paths"].items() for method in each]
    assert sorted(named) == sorted(OPERATIONS)


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    [
        (path, method, mode)
        for path, method in OPERATIONS
        for mode in GenerationMode
        if (path, mode) != ("/discovery", GenerationMode.NEGATIVE)  # there is nothing in it to get wrong
        and (path, method, mode) != ("/profile", "GET", GenerationMode.NEGATIVE)
    ],
)
def test_every_answer_is_one_that_is_described(cast, schema, path, method, mode):
    minted(cast, published(cast))
    headers = bearer(Wallet.registered().let_in(cast.ada)["access_token"])
    excluded: list[CheckFunction] = [positive_data_acceptance] if (path, method) in ONLY_RIGHT_IN_FORM else []

    def check(case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    every(schema[path][method].as_strategy(generation_mode=mode), check)
