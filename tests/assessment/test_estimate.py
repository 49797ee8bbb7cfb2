"""When an earner should hear: from recent results and the real queue, never after the due date."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.queue import open_slots
from assessment.estimate import estimate
from assessment.models import Decision, Review
from lib import clock
from lib.calendars import add_business_days, business_days_between
from submissions.models import Submission
from tenants.models import Role
from tests.assessment import stage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def told(cast, submission):
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))
        return estimate(Submission.objects.get(id=submission.id), cast.lakeside)


def after(cast, days):
    return add_business_days(cast.lakeside.local_date(), days, **cast.lakeside.calendar())


def scored(cast, edition, number, *, days):
    """`number` results that took `days` business days each."""
    start = cast.lakeside.local_date()
    for n in range(number):
        stage.hand_in(cast, edition, make_user(f"Earlier{n} E", cast.lakeside, Role.EARNER))
        with clock.at(clock.now() + (after(cast, days) - start)):
            stage.score(cast, stage.take(cast))


def test_business_days_between_are_what_adding_them_counted(cast):
    calendar = cast.lakeside.calendar()
    for days in range(30):
        assert business_days_between(cast.lakeside.local_date(), after(cast, days), **calendar) == days


def test_without_results_the_promised_date_is_told(cast, sent):
    found = told(cast, sent)
    assert (found.by, found.days, found.ahead) == (sent.due_on, None, 0)


def test_the_median_of_recent_results_is_told(cast, edition, settings):
    settings.ESTIMATE_FEWEST = 2
    scored(cast, edition, 2, days=4)
    with clock.at(clock.now() + timedelta(days=14)):
        sent = stage.hand_in(cast, edition)
        found = told(cast, sent)
        assert (found.days, found.by) == (4, after(cast, 4))


def test_what_goes_before_puts_it_off_but_never_past_the_due_date(cast, edition, settings):
    settings.ESTIMATE_FEWEST = 2
    scored(cast, edition, 2, days=1)
    with clock.at(clock.now() + timedelta(days=2)):
        for n in range(3):
            stage.hand_in(cast, edition, make_user(f"Before{n} E", cast.lakeside, Role.EARNER))
        sent = stage.hand_in(cast, edition)
        found = told(cast, sent)
        assert found.ahead > 0
        assert found.by == sent.due_on  # three readings at two a month


def test_what_is_being_scored_is_not_behind_anyone(cast, edition):
    sent = stage.hand_in(cast, edition)
    stage.take(cast)
    assert told(cast, sent).ahead == 0


def test_what_is_late_is_told_for_the_next_day_or_the_day_it_is(cast, sent):
    with clock.at(clock.now() + timedelta(days=40)):
        assert told(cast, sent).by == cast.lakeside.local_date()


def test_the_earner_reads_it_and_nobody_else(cast, sent):
    told(cast, sent)
    url = reverse("work_estimate", args=["lakeside", sent.work_id])
    ada, bela = Client(), Client()
    ada.force_login(cast.ada)
    bela.force_login(cast.bela)
    assert "At today’s pace you should hear by" in ada.get(url).content.decode()
    assert bela.get(url).status_code == 404
    assert url in ada.get(reverse("work_sent", args=["lakeside", sent.work_id])).content.decode()
    assert url in ada.get(reverse("my_work", args=["lakeside"])).content.decode()


def test_the_page_of_a_micro_credential_tells_the_median_once_there_are_enough(cast, edition, settings):
    url = reverse("review_time", args=["lakeside", edition.micro_credential.slug])
    assert "Too few results" in Client().get(url).content.decode()
    settings.ESTIMATE_FEWEST = 2
    scored(cast, edition, 2, days=3)
    with clock.at(clock.now() + timedelta(days=7)):
        assert "Usually 3 business days" in Client().get(url).content.decode()
    with stage.inside(cast):
        assert (Decision.objects.count(), Review.objects.count()) == (2, 2)
