"""How long a badge is valid and what CEU it carries: written, exchanged, and left out where there is none."""

import pytest

from credentials.exchange import check, export_edition, parse
from tests.credentials.sample import draft, sample
from tests.credentials.test_editor import fields_of, section_url

BADGE = sample()["badge"]


def test_an_author_says_how_long_the_badge_is_valid_and_what_ceu_it_carries(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "basics")
    typed = fields_of(client.get(url)) | {"valid_months": "36", "ceu": "0.65"}
    assert client.post(url, typed).status_code == 302
    edition.refresh_from_db()
    assert (edition.valid_months, edition.ceu_hundredths) == (36, 65)
    shown = fields_of(client.get(url))
    assert (shown["valid_months"], shown["ceu"]) == (36, "0.65")
    client.post(url, shown | {"valid_months": "", "ceu": ""})
    edition.refresh_from_db()
    assert (edition.valid_months, edition.ceu_hundredths) == (None, 0)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("valid_months", "0"),
        ("valid_months", "999"),
        ("valid_months", "a year"),
        ("ceu", "-1"),
        ("ceu", "101"),
        ("ceu", "x"),
    ],
)
def test_what_makes_no_sense_is_said_at_the_field_and_kept(cast, client, field, typed):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "basics")
    answer = client.post(url, fields_of(client.get(url)) | {field: typed})
    assert answer.status_code == 422
    assert answer.context["sheet"].errors[field]
    assert answer.context["sheet"][field].value() == typed


def test_it_goes_along_when_an_edition_is_exchanged(cast):
    badge = {**BADGE, "valid_months": 36, "ceu_hundredths": 65}
    edition = draft(cast, badge=badge)
    assert export_edition(edition)["badge"] == badge
    assert parse(export_edition(edition)) == sample(badge=badge)


def test_an_edition_without_either_reads_and_hashes_as_before(cast):
    assert export_edition(draft(cast))["badge"] == BADGE
    assert parse(sample(badge={**BADGE, "valid_months": None, "ceu_hundredths": 0}))["badge"] == BADGE


@pytest.mark.parametrize("wrong", [{"valid_months": 1.5}, {"valid_months": "36"}, {"ceu_hundredths": 10_001}])
def test_a_file_that_makes_no_sense_is_refused_at_its_place(wrong):
    _clean, problems = check(sample(badge={**BADGE, **wrong}))
    assert list(problems) == [f"badge.{next(iter(wrong))}"]
