"""How an edition is assessed: in the file, in the editor, on the public page, and what the database refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from credentials.actions.editions import import_edition, new_edition, send_to_vetting
from credentials.exchange import check, export_edition, parse, public_edition
from credentials.models import Edition
from lib.canonical import content_hash
from lib.errors import RuleBroken
from tests.credentials.sample import draft, published, sample

pytestmark = pytest.mark.django_db

PAID = {"mode": "paid", "fee_cents": 2550, "fee_currency": "USD"}
ALL = {"plan": "conditional", "second_share": 25, "newcomer_readings": 3, "others_needed": 1, "precheck": True, **PAID}


def lenient(**assessment):
    """The sample with a second line that is not required."""
    data = sample(assessment=assessment)
    data["rubric"][1]["required"] = False
    return data


def test_all_of_it_survives_import_and_export(cast):
    data = lenient(**ALL)
    with cast.inside():
        edition = import_edition(by=cast.by(cast.dora), data=data)
    assert {name: getattr(edition, name) for name in ALL} == ALL
    assert [line.required for line in edition.rubric.all()] == [True, False]
    assert export_edition(edition) == parse(data) == data


def test_what_is_as_usual_is_left_out_so_that_hashes_of_old_editions_stay_true(cast):
    usual = {"plan": "one", "second_share": 10, "newcomer_readings": 10, "others_needed": None, "mode": "free"}
    said = parse(sample(assessment={**usual, "fee_cents": 0, "fee_currency": "", "precheck": False}))
    assert said == parse(sample())
    data = sample()
    data["rubric"][0]["required"] = True
    assert parse(data) == parse(sample())
    edition = published(cast)
    assert content_hash(public_edition(edition)) == edition.content_hash == content_hash(parse(sample()))


def test_another_plan_is_another_hash(cast):
    assert content_hash(parse(sample(assessment={"plan": "two"}))) != content_hash(parse(sample()))


def test_the_next_edition_is_assessed_like_the_last(cast):
    edition = published(cast, assessment={"plan": "two"})
    with cast.inside():
        again = new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)
    assert again.plan == Edition.Plan.TWO


@pytest.mark.parametrize(
    ("assessment", "field", "sentence"),
    [
        ({"plan": "three"}, "plan", "This must be one of: one, two, conditional."),
        ({"second_share": 101}, "second_share", "This must be a number from 0 to 100."),
        ({"newcomer_readings": -1}, "newcomer_readings", "This must be a number from 0 to 1000."),
        ({"precheck": "yes"}, "precheck", "This must be true or false, not text."),
        ({"mode": "paid", "fee_currency": "USD"}, "fee_cents", "Say what it costs."),
        ({"mode": "paid", "fee_cents": 5, "fee_currency": "usd"}, "fee_currency", "three capital letters, like USD"),
        ({"fee_cents": 500}, "fee_cents", "Only an edition that is assessed for a fee has one."),
        (
            {"mode": "peer", "fee_currency": "USD"},
            "fee_currency",
            "Only an edition that is assessed for a fee has one.",
        ),
        ({"readers": 2}, "readers", "There is no field of this name."),
        ({"others_needed": 2}, "others_needed", "has 1 line that does not have to be met, so it cannot be 2 of them."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(assessment, field, sentence):
    _clean, problems = check(lenient(**assessment))
    path = f"assessment.{field}" if field != "readers" else "readers"
    assert sentence in problems[path if path in problems else f"assessment.{field}"]


def test_a_guide_that_lets_everyone_pass_is_refused():
    data = lenient(others_needed=0)
    data["rubric"][0]["required"] = False
    assert "No line has to be met, so everyone would pass." in check(data)[1]["assessment.others_needed"]


# The editor


@pytest.fixture
def dora(cast):
    client = Client()
    client.force_login(cast.dora)
    return client


def section(edition, name="assessment"):
    return reverse("edition_section", args=["lakeside", edition.id, name])


def typed(**changes):
    return {
        "rev": "1", "plan": "one", "second_share": "10", "newcomer_readings": "10", "others_needed": "",
        "mode": "free", "fee": "", "fee_currency": "", **changes,
    }  # fmt: skip


def test_an_author_says_how_it_is_assessed(cast, dora):
    edition = draft(cast)
    page = dora.get(section(edition)).content.decode()
    assert "How it is assessed" in page
    sent = typed(plan="conditional", second_share="25", mode="paid", fee="25.50", fee_currency="USD", precheck="on")
    assert dora.post(section(edition), sent).status_code == 302
    edition.refresh_from_db()
    assert (edition.plan, edition.second_share, edition.fee_cents, edition.precheck) == ("conditional", 25, 2550, True)
    assert 'value="25.50"' in dora.get(section(edition)).content.decode()


def test_what_is_wrong_there_is_said_and_what_was_typed_is_kept(cast, dora):
    edition = draft(cast)
    answer = dora.post(section(edition), typed(mode="paid", fee="much", second_share="200"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This must be a number from 0 to 100." in page
    assert 'value="much"' in page
    assert "Name the currency by its code of three capital letters" in page


def test_a_line_can_be_made_not_required_and_the_pass_rule_is_checked_before_vetting(cast, dora):
    edition = draft(cast)
    assert dora.post(section(edition), typed(others_needed="2")).status_code == 302
    editor = dora.get(reverse("edition_editor", args=["lakeside", edition.id])).content.decode()
    assert "has 0 lines that do not have to be met, so it cannot be 2 of them." in editor
    with cast.inside(), pytest.raises(RuleBroken, match="not complete"):
        send_to_vetting(by=cast.by(cast.dora), edition=edition)
    guide = dora.get(section(edition, "rubric"))
    assert guide.content.decode().count("Required: without this line nobody earns it") == 2


# The public page


def page_of(edition):
    return Client().get(reverse("micro_credential", args=["lakeside", edition.micro_credential.slug])).content.decode()


def test_the_page_says_who_scores_and_what_has_to_be_met(cast):
    data = lenient(**{**ALL, "others_needed": 0})
    page = page_of(published(cast, assessment=data["assessment"], rubric=data["rubric"]))
    assert (
        "A second one scores it too when it is a close call. Where they differ, a senior assessor settles it." in page
    )
    assert "25.50 USD" in page
    assert "The class is described (required)" in page
    assert "Every line marked “required” has to be met. The others do not keep anyone from the badge." in page
    assert "You earn the badge when every line" not in page


def test_the_page_of_a_usual_one_is_as_before(cast):
    page = page_of(published(cast))
    assert "One reader scores your work." in page
    assert "You earn the badge when every line is" in page
    assert "(required)" not in page


# The database


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "paid"},
        {"mode": "paid", "fee_cents": 100},
        {"mode": "paid", "fee_cents": 100, "fee_currency": "us"},
        {"fee_cents": 100},
        {"mode": "peer", "fee_currency": "USD"},
    ],
)
def test_only_paid_editions_have_a_fee(cast, change):
    with pytest.raises(IntegrityError, match="only_paid_editions_have_a_fee"), transaction.atomic():
        Edition.objects.filter(id=draft(cast).id).update(**change)


def test_a_share_is_a_percentage(cast):
    with pytest.raises(IntegrityError, match="second_share_is_a_percentage"), transaction.atomic():
        Edition.objects.filter(id=draft(cast).id).update(second_share=101)
