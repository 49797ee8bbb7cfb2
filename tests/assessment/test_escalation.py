"""Admins hear of what takes long: each step of each review once, whatever crashes."""

from datetime import timedelta

import pytest

from assessment import mail
from assessment.actions.escalating import escalate, plan_escalations
from assessment.models import Review
from assessment.tasks import sweep
from lib import clock
from lib.calendars import add_business_days
from tenants.actions.settings import add_closure
from tenants.models import AuditEntry, OutgoingMail, Role
from tenants.roles import system
from tests.assessment import stage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def told():
    return list(OutgoingMail.objects.filter(kind="reviews_late").order_by("created_at").values_list("subject", "to"))


def days_on(cast, sent, days):
    """A moment on the day after `days` business days, when these are over."""
    start = cast.lakeside.local_date(sent.submitted_at)
    day = add_business_days(start, days, **cast.lakeside.calendar()) + timedelta(days=1)
    return clock.at(sent.submitted_at + (day - start))


def test_admins_hear_once_at_half_and_once_at_the_end_of_the_time(cast, sent):
    sweep()
    assert told() == []
    with days_on(cast, sent, 5):
        sweep()
        sweep()
    assert told() == [("1 review has used 50% of its time", cast.cleo.email)]
    assert sent.code in OutgoingMail.objects.get(kind="reviews_late").text
    with days_on(cast, sent, 9):
        sweep()
    assert len(told()) == 1
    with days_on(cast, sent, 10):
        sweep()
        sweep()
    assert told()[1:] == [("1 review is late", cast.cleo.email)]
    with stage.inside(cast):
        assert Review.objects.get().escalated == 100
        percents = [entry.facts["percent"] for entry in AuditEntry.objects.filter(verb="review.escalated")]
        assert sorted(percents) == [50, 100]


def test_a_sweeper_that_was_down_tells_the_last_step_only(cast, sent):
    with days_on(cast, sent, 12):
        sweep()
    assert told() == [("1 review is late", cast.cleo.email)]


def test_a_closed_day_puts_the_step_off(cast, sent):
    start = cast.lakeside.local_date(sent.submitted_at)
    with stage.inside(cast):
        add_closure(by=cast.by(cast.cleo), day=add_business_days(start, 3, **cast.lakeside.calendar()), name="Storm")
    with days_on(cast, sent, 4):
        sweep()
    assert told() == []


def test_what_is_scored_in_time_is_not_told(cast, sent):
    stage.score(cast, stage.take(cast))
    with days_on(cast, sent, 12):
        sweep()
    assert told() == []


def test_a_claim_that_ends_takes_what_was_told_along(cast, sent):
    review, other = stage.take(cast), make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    with days_on(cast, sent, 5):
        sweep()
        stage.take(cast, other)  # the lease ran out long ago
        with stage.inside(cast):
            assert Review.objects.get(state=Review.State.CLAIMED).id != review.id
        sweep()
    assert len(told()) == 1


def test_a_crash_between_mail_and_mark_leaves_neither(cast, sent, monkeypatch):
    with stage.inside(cast):
        by = system(cast.lakeside)
    sweep()
    post = mail.reviews_late

    def crash(*args, **kwargs):
        post(*args, **kwargs)
        raise ZeroDivisionError

    with days_on(cast, sent, 5):
        monkeypatch.setattr(mail, "reviews_late", crash)
        with pytest.raises(ZeroDivisionError), cast.inside():
            escalate(by=by)
        assert told() == []
        monkeypatch.setattr(mail, "reviews_late", post)
        with stage.inside(cast):
            assert (plan_escalations(by=by), escalate(by=by), escalate(by=by)) == (0, 1, 0)
    assert len(told()) == 1
