"""What admins decide about keeping evidence, over HTTP."""

import pytest
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from submissions.models import Hold, RetentionRule, Submission
from submissions.retention import DEFAULTS
from tenants.models import AuditEntry
from tests.assessment import stage as scoring
from tests.submissions import stage
from tests.submissions.keeping import add, day, decide

RULES = reverse("keeping", args=["lakeside"])
HOLDS = reverse("holds", args=["lakeside"])


@pytest.fixture
def film(cast, edition):
    """A film of Ada's that was decided on long ago."""
    with day(-300):
        draft = scoring.write(cast, edition, cast.ada)
        artifact = add(cast, draft, "film.mp4", stage.video())
        decide(cast, draft)
    return artifact


@pytest.fixture
def cleo(client, cast):
    client.force_login(cast.cleo)
    return client


def rules(cast) -> dict[str, int]:
    with cast.inside():
        return dict(RetentionRule.objects.values_list("kind", "days"))


def verbs(cast) -> list[str]:
    with cast.inside():
        return list(AuditEntry.objects.filter(actor=cast.cleo).order_by("id").values_list("verb", flat=True))


def test_the_page_says_for_each_kind_what_it_means_and_what_goes_tonight(cast, film, cleo):
    with day(100):
        page = cleo.get(RULES).content.decode()
    assert "Film and sound that was handed in. Days after the decision on it." in page
    assert f"Tonight 1 file goes ({filesizeformat(film.size)})." in page
    assert page.count("Nothing goes tonight.") == 4
    assert "No night has passed yet." in page
    with day(0):
        assert "Tonight 1 file goes" not in cleo.get(RULES).content.decode()


def test_longer_is_saved_at_once_and_only_what_differs_has_a_row(cast, cleo):
    answer = cleo.post(RULES, DEFAULTS | {"film": 800})
    assert answer.status_code == 302
    assert rules(cast) == {"film": 800}
    with cast.inside():
        assert AuditEntry.objects.get(verb="retention.changed").facts == {"days": {"film": [365, 800]}}
    cleo.post(RULES, DEFAULTS | {"film": 365, "confirmed": "1"})
    assert rules(cast) == {}


def test_shorter_is_asked_back_with_what_would_go(cast, film, cleo):
    with day(0):
        page = cleo.post(RULES, DEFAULTS | {"film": 299})
        assert page.status_code == 422
        assert "299 days in place of 365." in page.content.decode()
        assert f"Tonight 1 more goes ({filesizeformat(film.size)})." in page.content.decode()
        assert rules(cast) == {}
        assert cleo.post(RULES, DEFAULTS | {"film": 299, "confirmed": "1"}).status_code == 302
    assert rules(cast) == {"film": 299}


@pytest.mark.parametrize("days", ["29", "36501", "-1", "x", "", "9" * 30])
def test_a_number_that_cannot_be_is_refused_beside_its_field(cast, cleo, days):
    page = cleo.post(RULES, DEFAULTS | {"film": days, "confirmed": "1"})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["film"]
    assert rules(cast) == {}


@pytest.mark.parametrize("days", [29, 36_501])
def test_the_database_refuses_such_a_number_too(cast, days):
    with cast.inside(), pytest.raises(IntegrityError, match="rule_keeps_for_a_while"), transaction.atomic():
        RetentionRule.objects.create(kind="film", days=days)


def test_a_hold_is_set_by_address_or_code_and_lifted_with_a_reason(cast, film, cleo):
    assert "Nothing is held." in cleo.get(HOLDS).content.decode()
    with cast.inside():
        code = Submission.objects.get(id=film.submission_id).code
    assert cleo.post(HOLDS, {"what": f" {code.lower()} ", "reason": "Case 7"}).status_code == 302
    assert cleo.post(HOLDS, {"what": "ADA@example.org", "reason": "Case 8"}).status_code == 302
    page = cleo.get(HOLDS).content.decode()
    assert "Case 7" in page
    assert "Case 8" in page
    with day(100):
        rules_page = cleo.get(RULES).content.decode()
        assert "2 holds stand." in rules_page
        assert "It keeps 1 file from being deleted tonight." in rules_page
    with cast.inside():
        hold = Hold.objects.get(person=cast.ada)
    lift = reverse("hold_lift", args=["lakeside", hold.id])
    assert cleo.get(lift).status_code == 200
    assert cleo.post(lift, {"reason": " "}).status_code == 422
    assert cleo.post(lift, {"reason": "Closed"}).status_code == 302
    assert cleo.post(lift, {"reason": "Closed"}).status_code == 302
    assert "Case 8" not in cleo.get(HOLDS).content.decode()
    assert verbs(cast) == ["hold.set", "hold.set", "hold.lifted"]


def test_a_second_click_holds_once(cast, cleo):
    for _click in range(2):
        cleo.post(HOLDS, {"what": cast.ada.email, "reason": "Case 8"})
    with cast.inside():
        assert Hold.objects.count() == 1


@pytest.mark.parametrize(
    ("what", "reason", "field"),
    [
        ("", "Case", "what"),
        ("nobody@example.org", "Case", "what"),
        ("mallory@example.org", "Case", "what"),  # of another tenant
        ("ZZZZZZ", "Case", "what"),
        ("ada@example.org", "  ", "reason"),
        ("ada@example.org", "x" * 301, "reason"),
    ],
)
def test_a_hold_on_nothing_or_without_a_reason_is_refused(cast, cleo, what, reason, field):
    page = cleo.post(HOLDS, {"what": what, "reason": reason})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    with cast.inside():
        assert not Hold.objects.exists()
