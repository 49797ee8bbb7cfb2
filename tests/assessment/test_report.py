"""The agreement report, the public label and one's own stats: right sums, little cells hidden, nothing of samples."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse

from assessment.labels import refresh_labels
from assessment.readings import Wanted, agreement_by, agreement_in_all, spread_of_levels
from assessment.tasks import refresh_quality
from credentials.models import QualityLabel
from lib import clock
from tenants.models import Role
from tenants.roles import system
from tests.assessment import stage
from tests.assessment.anchors import anchor, anchors, calibrate, edition_read, send_off, signed_in
from tests.cast import make_user
from tests.submissions.stage import publish_edition

pytestmark = pytest.mark.django_db
EVERYTHING = Wanted(zone="UTC")


@pytest.fixture
def other(cast):
    return make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)


@pytest.fixture
def twice(cast, other):
    """Three submissions of four lines, each read by Bela and by Olga, who is a level lower on one that is not met."""
    edition = edition_read(cast, "Read twice", 2)
    for number in range(3):
        stage.hand_in(cast, edition, make_user(f"Earner{number} Ex", cast.lakeside, Role.EARNER))
        send_off(cast, stage.take(cast), off=1)
        send_off(cast, stage.take(cast, other), off=1, by=2)
    return edition


def get(user, name, **filters):
    return signed_in(user).get(reverse(name, args=["lakeside"]), filters)


def test_pairs_are_counted_by_everything(cast, twice, other):
    with stage.inside(cast):
        by_edition = agreement_by("edition", EVERYTHING)
        by_line = agreement_by("line", EVERYTHING)
        by_assessor = agreement_by("assessor", EVERYTHING)
        by_month = agreement_by("month", EVERYTHING)
    found = by_edition[twice.id]
    assert (found.n, found.exact.value, found.adjacent.value) == (12, 0.75, 1)
    assert sorted(each.exact.value for each in by_line.values()) == [0, 1, 1, 1]
    assert {each.n for each in by_line.values()} == {3}
    assert by_assessor.keys() == {cast.bela.id, other.id}
    assert by_assessor[cast.bela.id].n == 12
    assert [each.n for each in by_month.values()] == [12]


def test_filters_narrow_it_down(cast, twice, other):
    with stage.inside(cast):
        assert agreement_in_all(Wanted(zone="UTC", editions=[])).n == 0
        assert agreement_in_all(Wanted(zone="UTC", editions=[twice.id])).n == 12
        assert agreement_in_all(Wanted(zone="UTC", assessor=other.id)).n == 12
        assert agreement_in_all(Wanted(zone="UTC", assessor=cast.ada.id)).n == 0
        last_year = (clock.now() - timedelta(days=400)).date().replace(day=1)
        assert agreement_in_all(Wanted(zone="UTC", month=last_year)).n == 0
        assert agreement_in_all(Wanted(zone="UTC", month=clock.now().date().replace(day=1))).n == 12


def test_the_page_shows_rows_and_hides_little_ones(cast, twice):
    page = get(cast.cleo, "agreement")
    assert page.status_code == 200
    assert "75%" in page.text
    lines = get(cast.cleo, "agreement", by="line").text
    assert "fewer than 5" in lines
    assert "Checks reach every student" in lines
    for filters in ({"by": "assessor"}, {"by": "month"}, {"by": "x", "month": "2026-99", "mc": "x", "assessor": "x"}):
        assert get(cast.cleo, "agreement", **filters).status_code == 200


def test_severity_lists_the_most_severe_first(cast, twice, other):
    with stage.inside(cast):
        first, second = spread_of_levels(EVERYTHING)
    assert (first.assessor, first.met_percent, first.percent(2)) == (other.id, 75, 25)
    assert (second.assessor, second.met_percent, second.percent(1)) == (cast.bela.id, 75, 25)


def test_the_download_has_every_row_with_full_figures(cast, twice):
    answer = get(cast.cleo, "agreement_csv", by="edition")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["group", "belongs to", "pairs", "exact"]
    assert rows[1][2:5] == ["12", "0.7500", "1.0000"]
    assert get(cast.bela, "agreement_csv").status_code == 403


def test_samples_are_in_no_figure(cast, twice):
    anchors(cast, twice)
    anchor(cast, twice, use="hidden")
    with stage.inside(cast):
        before = agreement_in_all(EVERYTHING), spread_of_levels(EVERYTHING)
    calibrate(cast, twice)
    with override_settings(HIDDEN_ANCHOR_EVERY=1):
        stage.hand_in(cast, twice)
        send_off(cast, stage.take(cast), off=3)
    with stage.inside(cast):
        assert (agreement_in_all(EVERYTHING), spread_of_levels(EVERYTHING)) == before


def settle_all(cast):
    for _each in range(3):
        stage.settle(cast, stage.take_to_settle(cast))


def test_the_label_is_hidden_until_there_is_enough(cast, twice):
    settle_all(cast)
    page = reverse("micro_credential", args=["lakeside", twice.micro_credential.slug])
    refresh_quality()
    label = QualityLabel.objects.get()
    assert (label.decisions, label.first_try, label.days) == (None, None, None)
    assert (label.read_twice, label.agreement) == (12, 75)
    assert "75% of 12 lines" in signed_in(cast.ada).get(page).text
    with override_settings(QUALITY_LEAST=13), clock.at(clock.now() + timedelta(minutes=1)), stage.inside(cast):
        refresh_labels(by=system(cast.lakeside))
    assert "How it is scored so far" not in signed_in(cast.ada).get(page).text


@override_settings(QUALITY_LEAST=2)
def test_the_label_says_first_tries_and_days_to_everyone(cast, client):
    edition = publish_edition(cast, "Labelled")
    for number, below in ((0, ()), (1, ("plans",))):
        with clock.at(clock.now() - timedelta(days=4)):
            stage.hand_in(cast, edition, make_user(f"Earner{number} Ex", cast.lakeside, Role.EARNER))
        stage.score(cast, stage.take(cast), below=below)
    refresh_quality()
    page = client.get(reverse("micro_credential", args=["lakeside", edition.micro_credential.slug]))
    assert "50% of 2 passed" in page.text
    assert "Half came within 4 days" in page.text
    assert "Agreement" not in page.text


def test_a_label_is_only_worked_out_where_something_was_decided(cast, twice):
    settle_all(cast)
    with stage.inside(cast):
        assert refresh_labels(by=system(cast.lakeside)) == 1
        with clock.at(clock.now() + timedelta(hours=2)):
            QualityLabel.objects.update(computed_at=clock.now())
            assert refresh_labels(by=system(cast.lakeside)) == 0


def test_ones_own_stats_are_ones_own(cast, twice, other):
    mine = get(cast.bela, "my_stats")
    assert "of 12 lines that someone else scored too" in mine.text
    assert "Only you see this page." in mine.text
    new = make_user("Nora New", cast.lakeside, Role.ASSESSOR)
    assert "Shows once 5 of your lines" in get(new, "my_stats").text
    assert get(cast.cleo, "my_stats").status_code == 403


def test_stats_show_what_one_is_ready_for(cast, edition):
    anchors(cast, edition)
    calibrate(cast, edition)
    assert "Ready to score until" in get(cast.bela, "my_stats").text
