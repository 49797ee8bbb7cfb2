"""Assessors as workers: minutes of work, counts, statements that cannot change, and earning the role."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from assessment.actions.offering import accept
from assessment.actions.scoring import renew
from assessment.actions.working import post_statement, save_profile
from assessment.models import Review, StatementLine
from badges.models import Badge
from credentials.actions.stacks import create_stack, offer_assessing, publish_stack
from lib import clock
from lib.errors import Invalid, RuleBroken
from tenants.members import member_of
from tenants.models import AuditEntry, Role
from tests.assessment import stage
from tests.badges.made import minted, work_off
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def work(cast, review, *minutes):
    """Saves after so many minutes each, then the score is sent."""
    bela, now = cast.by(review.assessor), review.claimed_at
    for pause in minutes:
        now += timedelta(minutes=pause)
        with clock.at(now), stage.inside(cast):
            renew(by=bela, review=review, token=review.token)
    with clock.at(now):
        stage.score(cast, review)


def test_pauses_count_only_up_to_a_limit(cast, sent, settings):
    settings.ASSESSOR_IDLE_MINUTES = 10
    review = stage.take(cast)
    work(cast, review, 4, 120, 6)
    with stage.inside(cast):
        assert Review.objects.get().active_seconds == (4 + 10 + 6) * 60


def test_a_statement_pays_by_review_and_by_period_and_says_the_minutes(cast, sent):
    cleo, today = cast.by(cast.cleo), cast.lakeside.local_date()
    with stage.inside(cast):
        save_profile(by=cleo, user=cast.bela, cents_per_review=2500, cents_per_period=10000)
    work(cast, stage.take(cast), 8, 7)
    with clock.at(clock.now() + timedelta(days=2)), stage.inside(cast):
        [line] = post_statement(by=cleo, starts_on=today - timedelta(days=6), ends_on=today + timedelta(days=1))
    assert (line.user, line.reviews, line.minutes, line.cents) == (cast.bela, 1, 15, 12500)
    with stage.inside(cast):
        assert AuditEntry.objects.get(verb="statement.posted").facts["cents"] == 12500
    rows = signed_in(cast.cleo).get(reverse("statements_csv", args=["lakeside"])).content.decode()
    assert f"{line.id},bela@example.org,Bela Bright" in rows
    assert ",1,15,12500," in rows
    assert "$125.00" in signed_in(cast.cleo).get(reverse("statements", args=["lakeside"])).content.decode()
    assert "$125.00" in signed_in(cast.bela).get(reverse("my_assessing", args=["lakeside"])).content.decode()


def test_no_day_is_paid_twice_and_a_posted_line_never_changes(cast, sent):
    cleo, today = cast.by(cast.cleo), cast.lakeside.local_date()
    work(cast, stage.take(cast), 5)
    with clock.at(clock.now() + timedelta(days=2)), stage.inside(cast):
        post_statement(by=cleo, starts_on=today, ends_on=today + timedelta(days=1))
        with pytest.raises(RuleBroken) as again:
            post_statement(by=cleo, starts_on=today - timedelta(days=3), ends_on=today)
        assert again.value.code == "posted-before"
        with pytest.raises(DatabaseError), transaction.atomic():
            StatementLine.objects.update(cents=1)
        assert StatementLine.objects.count() == 1


def test_days_that_are_not_over_or_had_no_work_are_refused(cast):
    cleo, today = cast.by(cast.cleo), cast.lakeside.local_date()
    with stage.inside(cast):
        with pytest.raises(Invalid):
            post_statement(by=cleo, starts_on=today, ends_on=today)
        with pytest.raises(Invalid):
            post_statement(by=cleo, starts_on=today, ends_on=today - timedelta(days=1))
        with pytest.raises(RuleBroken):
            post_statement(by=cleo, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))


def test_an_admin_sets_terms_in_dollars(cast):
    url = reverse("reviewer", args=["lakeside", cast.bela.id])
    cleo = signed_in(cast.cleo)
    typed = {"at_once": "3", "per_week": "", "languages": "en\nes", "buildings": "Hill School", "per_review": "25"}
    assert cleo.post(url, {**typed, "per_period": "-1"}).status_code == 422
    assert cleo.post(url, {**typed, "per_period": "2000"}).status_code == 302
    page = cleo.get(url).content.decode()
    assert "2000.00" in page
    assert "Hill School" in page
    assert cleo.get(reverse("reviewer", args=["lakeside", cast.ada.id])).status_code == 404


def test_the_lead_sees_what_everyone_carries(cast, sent):
    stage.take(cast)
    page = signed_in(cast.cleo).get(reverse("reviewers", args=["lakeside"])).content.decode()
    assert "Bela Bright" in page
    assert sent.code in page
    assert "Ada Alvarez" not in page
    nobody = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    kept = {"holder": str(nobody.id)}
    assert sent.code not in signed_in(cast.cleo).get(reverse("reviewers", args=["lakeside"]), kept).content.decode()


def test_who_completed_a_stack_that_offers_it_becomes_an_assessor(cast, edition):
    cleo, ada = cast.by(cast.cleo), cast.by(cast.ada)
    with stage.inside(cast):
        stack = create_stack(by=cleo, title="Talk", description="Talk.", items=[edition.micro_credential])
        publish_stack(by=cleo, stack=stack)
        offer_assessing(by=cleo, stack=stack, offers=True)
        with pytest.raises(RuleBroken):
            accept(by=ada, stack=stack)
    minted(cast, edition)
    work_off()
    assert Badge.objects.filter(earner=cast.ada, stack=stack, state="issued").exists()
    client = signed_in(cast.ada)
    assert "Become an assessor" in client.get(reverse("offers", args=["lakeside"])).content.decode()
    assert client.post(reverse("offer_accept", args=["lakeside", stack.id])).status_code == 302
    assert Role.ASSESSOR in member_of(cast.ada, cast.lakeside).roles
    with stage.inside(cast):
        assert AuditEntry.objects.get(verb="person.role_accepted").facts["earned_by"] == "Talk"


def test_a_stack_without_the_offer_makes_nobody_an_assessor(cast, edition):
    cleo = cast.by(cast.cleo)
    with stage.inside(cast):
        stack = create_stack(by=cleo, title="Talk", description="Talk.", items=[edition.micro_credential])
        publish_stack(by=cleo, stack=stack)
    minted(cast, edition)
    work_off()
    assert signed_in(cast.ada).post(reverse("offer_accept", args=["lakeside", stack.id])).status_code == 409
