"""Who gets what from the queue: filters, conflicts, limits, handing over, and what leads do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.assigning import assign, hand_over, shift
from assessment.actions.queue import claim, open_slots
from assessment.actions.scoring import TakenOver, save_score
from assessment.actions.working import add_absence, remove_absence, save_profile
from assessment.models import Absence, Review, Score
from assessment.queries import claimable, open_lines
from assessment.wanted import Wanted
from assessment.workers import NoRoom
from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.actions.coaching import assign as assign_coach
from tenants.actions.people import change_roles, save_staff_record
from tenants.actions.settings import save_profile as save_tenant
from tenants.models import AuditEntry, Membership, OutgoingMail, Role, Tenant
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions.stage import publish_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast):
    return make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)


def staff(cast, user, **more):
    facts = {"job_class": "Teacher", "full_time": True, "building": "", "employee_number": "", **more}
    with stage.inside(cast):
        save_staff_record(by=cast.by(cast.cleo), user=user, **facts)


def waits_for(cast, user):
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))
        return claimable(cast.by(user)).count()


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


# --- Conflicts -----------------------------------------------------------------------------------------------------


def test_a_supervisor_is_never_offered_the_work_of_their_staff(cast, sent, other):
    staff(cast, cast.ada, supervisor=other)
    assert (waits_for(cast, other), waits_for(cast, cast.bela)) == (0, 1)
    with stage.inside(cast):
        assert claim(by=cast.by(other)) is None


def test_a_coach_is_never_offered_the_work_of_those_they_coach(cast, sent, other):
    with stage.inside(cast):
        membership = Membership.objects.get(user=other)
        change_roles(by=cast.by(cast.cleo), membership=membership, roles=[Role.ASSESSOR, Role.COACH])
        assign_coach(by=cast.by(cast.cleo), coach=other, earner=cast.ada)
    assert (waits_for(cast, other), waits_for(cast, cast.bela)) == (0, 1)


def test_a_coach_of_a_building_is_never_offered_work_from_it(cast, sent, other):
    staff(cast, cast.ada, building="Hill School")
    with stage.inside(cast):
        membership = Membership.objects.get(user=other)
        change_roles(by=cast.by(cast.cleo), membership=membership, roles=[Role.ASSESSOR, Role.COACH])
        assign_coach(by=cast.by(cast.cleo), coach=other, building="Hill School")
    assert waits_for(cast, other) == 0


def test_work_from_ones_own_building_is_left_out_only_where_the_tenant_says_so(cast, sent, other):
    staff(cast, cast.ada, building="Hill School")
    staff(cast, other, building="Hill School")
    assert waits_for(cast, other) == 1
    with stage.inside(cast):
        save_tenant(by=cast.by(cast.cleo), other_buildings_only=True)
    cast.lakeside.refresh_from_db()
    assert (waits_for(cast, other), waits_for(cast, cast.bela)) == (0, 1)


def test_two_people_without_a_building_do_not_work_in_the_same_one(cast, sent, other):
    staff(cast, cast.ada)
    staff(cast, other)
    Tenant.objects.filter(id=cast.lakeside.id).update(other_buildings_only=True)
    cast.lakeside.refresh_from_db()
    assert waits_for(cast, other) == 1


def test_neither_a_lead_nor_a_colleague_can_give_work_to_someone_in_conflict(cast, sent, other):
    staff(cast, cast.ada, supervisor=other)
    review = stage.take(cast)
    with stage.inside(cast):
        with pytest.raises(Invalid) as refusal:
            hand_over(by=cast.by(cast.bela), review=review, token=review.token, to=other)
        assert "Choose someone else" in refusal.value.message
        assert assign(by=cast.by(cast.cleo), reviews=[review], to=other).refused == [sent.code]
        review.refresh_from_db()
        assert review.state == Review.State.CLAIMED


# --- Filters -------------------------------------------------------------------------------------------------------


def test_claim_next_keeps_to_the_filters(cast, edition):
    stage.hand_in(cast, edition)
    spanish = stage.hand_in(cast, publish_edition(cast, "Comprobar", language="es"))
    bela = cast.by(cast.bela)
    with stage.inside(cast):
        assert claim(by=bela, wanted=Wanted(language="fr")) is None
        assert claim(by=bela, wanted=Wanted(kind="again")) is None
        assert claim(by=bela, wanted=Wanted(by="2020-01-01")) is None
        assert claim(by=bela, wanted=Wanted(language="es")).submission_id == spanish.id


def test_who_reads_some_languages_gets_work_in_these_only(cast, edition, sent):
    bela = cast.by(cast.bela)
    with stage.inside(cast):
        save_profile(by=bela, user=cast.bela, languages=["es"])
        assert claim(by=bela) is None
        assert claim(by=bela, wanted=Wanted(language="en")).submission_id == sent.id


def test_assigned_buildings_are_a_filter(cast, edition):
    egon = make_user("Egon Eden", cast.lakeside, Role.EARNER)
    staff(cast, egon, building="Hill School")
    stage.hand_in(cast, edition)
    on_the_hill = stage.hand_in(cast, edition, egon)
    with stage.inside(cast):
        assert claim(by=cast.by(cast.bela), wanted=Wanted(mine="1")) is None
        save_profile(by=cast.by(cast.cleo), user=cast.bela, buildings=["Hill School"])
        assert claim(by=cast.by(cast.bela), wanted=Wanted(mine="1")).submission_id == on_the_hill.id


def test_a_second_try_and_a_second_reading_can_be_asked_for(cast):
    edition = publish_edition(cast)
    stage.hand_in(cast, edition)
    stage.score(cast, stage.take(cast), below=("plans",))
    with stage.inside(cast):
        again = Review.objects.get().submission.work.submissions.get(number=2)
    stage.send(cast, again)
    with stage.inside(cast):
        assert claim(by=cast.by(cast.bela), wanted=Wanted(kind="second")) is None
        assert claim(by=cast.by(cast.bela), wanted=Wanted(kind="first")) is None
        assert claim(by=cast.by(cast.bela), wanted=Wanted(kind="again")).submission_id == again.id


def test_the_address_of_a_filtered_queue_can_be_shared_and_nonsense_leaves_nothing_out(cast, sent):
    stage.waiting(cast)
    url, bela = reverse("queue", args=["lakeside"]), signed_in(cast.bela)
    assert sent.code in bela.get(url, {"kind": "first", "language": "en"}).content.decode()
    assert sent.code not in bela.get(url, {"kind": "again"}).content.decode()
    for nonsense in ({"kind": "x"}, {"by": "soon"}, {"mine": "yes"}):
        assert sent.code in bela.get(url, nonsense).content.decode()


def test_the_button_claims_within_the_filters(cast, sent):
    stage.waiting(cast)
    url, bela = reverse("claim", args=["lakeside"]), signed_in(cast.bela)
    answer = bela.post(url, {"kind": "again"})
    assert answer.url == reverse("queue", args=["lakeside"]) + "?kind=again"
    assert "/review/" in bela.post(url, {"kind": "first"}).url


# --- Limits --------------------------------------------------------------------------------------------------------


def test_nobody_takes_more_at_once_than_they_said(cast, edition):
    for user in (cast.ada, make_user("Egon Eden", cast.lakeside, Role.EARNER)):
        stage.hand_in(cast, edition, user)
    bela = cast.by(cast.bela)
    with stage.inside(cast):
        save_profile(by=bela, user=cast.bela, at_once=1)
    stage.take(cast)
    with stage.inside(cast), pytest.raises(NoRoom) as full:
        claim(by=bela)
    assert full.value.message.startswith("You are scoring 1 already")
    assert "You are scoring 1 already" in signed_in(cast.bela).get(reverse("queue", args=["lakeside"])).content.decode()


def test_what_was_sent_counts_for_the_week_and_not_for_the_next(cast, edition):
    for user in (cast.ada, make_user("Egon Eden", cast.lakeside, Role.EARNER)):
        stage.hand_in(cast, edition, user)
    bela = cast.by(cast.bela)
    with stage.inside(cast):
        save_profile(by=bela, user=cast.bela, per_week=1)
    stage.score(cast, stage.take(cast))
    with stage.inside(cast):
        with pytest.raises(NoRoom):
            claim(by=bela)
        with clock.at(clock.now() + timedelta(days=7)):
            assert claim(by=bela) is not None


def test_who_is_away_takes_nothing_until_the_time_away_is_ended(cast, sent):
    bela, today = cast.by(cast.bela), cast.lakeside.local_date()
    with stage.inside(cast):
        absence = add_absence(by=bela, starts_on=today, ends_on=today + timedelta(days=3))
        with pytest.raises(NoRoom) as away:
            claim(by=bela)
        assert "You are away until" in away.value.message
        remove_absence(by=bela, absence=absence)
        assert claim(by=bela) is not None
        assert AuditEntry.objects.filter(verb__startswith="absence.").count() == 2


def test_overlapping_time_away_is_refused_with_the_days_it_overlaps(cast):
    bela, today = cast.by(cast.bela), cast.lakeside.local_date()
    with stage.inside(cast):
        add_absence(by=bela, starts_on=today, ends_on=today + timedelta(days=3))
        with pytest.raises(Invalid) as overlap:
            add_absence(by=bela, starts_on=today + timedelta(days=3), ends_on=today + timedelta(days=5))
        assert (overlap.value.code, overlap.value.field) == ("overlap", "starts_on")
        assert "You are away from" in overlap.value.message
        add_absence(by=bela, starts_on=today + timedelta(days=4), ends_on=today + timedelta(days=5))
        assert Absence.objects.count() == 2


def test_time_away_is_planned_on_a_page_that_says_what_is_wrong(cast):
    url, bela, today = reverse("absence_add", args=["lakeside"]), signed_in(cast.bela), cast.lakeside.local_date()
    answer = bela.post(url, {"starts_on": today.isoformat(), "ends_on": (today - timedelta(days=1)).isoformat()})
    assert answer.status_code == 422
    assert "The last day is before the first" in answer.content.decode()
    assert bela.post(url, {"starts_on": today.isoformat(), "ends_on": today.isoformat()}).status_code == 302


def test_assessors_do_not_set_their_own_pay(cast):
    with stage.inside(cast), pytest.raises(NotAllowed):
        save_profile(by=cast.by(cast.bela), user=cast.bela, cents_per_review=5000)


# --- Handing over and assigning --------------------------------------------------------------------------------------


def test_what_is_handed_over_is_kept_for_the_colleague_and_the_draft_stays_with_its_writer(cast, sent, other):
    review, third = stage.take(cast), make_user("Theo Thorn", cast.lakeside, Role.ASSESSOR)
    with stage.inside(cast):
        line = open_lines(sent.id)[0]
        save_score(
            by=cast.by(cast.bela), review=review, token=1, line=line, level=line.levels.first(), comment="Page 1."
        )
        hand_over(by=cast.by(cast.bela), review=review, token=1, to=other)
        assert claim(by=cast.by(third)) is None
        with pytest.raises(RuleBroken):
            save_score(by=cast.by(cast.bela), review=review, token=1, line=line, level=line.levels.first())
        assert Score.objects.get().review_id == review.id
        taken = claim(by=cast.by(other))
        assert (taken.token, taken.kept_for, Score.objects.filter(review=taken).count()) == (2, None, 0)
        assert AuditEntry.objects.filter(verb="review.handed_over", actor=cast.bela).exists()
    assert OutgoingMail.objects.get(kind="review_kept").to == other.email


def test_what_is_kept_goes_back_to_everyone_after_a_while(cast, sent, other):
    review, third = stage.take(cast), make_user("Theo Thorn", cast.lakeside, Role.ASSESSOR)
    with stage.inside(cast):
        hand_over(by=cast.by(cast.bela), review=review, token=1, to=other)
        with clock.at(clock.now() + timedelta(days=8)):
            assert claim(by=cast.by(third)).submission_id == sent.id


def test_a_lead_takes_work_from_a_holder_whose_late_save_is_refused_and_draft_kept(cast, sent, other):
    review = stage.take(cast)
    with stage.inside(cast):
        line = open_lines(sent.id)[0]
        save_score(by=cast.by(cast.bela), review=review, token=1, line=line, level=line.levels.first())
        assert assign(by=cast.by(cast.cleo), reviews=[review], to=other).done == 1
        with pytest.raises(TakenOver) as late:
            save_score(by=cast.by(cast.bela), review=review, token=1, line=line, level=line.levels.last())
        assert "A lead gave this to someone else" in late.value.message
        assert Score.objects.get(review=review).level == line.levels.first()
        assert claim(by=cast.by(other)).token == 2
        assert AuditEntry.objects.get(verb="review.assigned").actor == cast.cleo


def test_only_leads_assign_and_only_to_assessors(cast, sent):
    review = stage.take(cast)
    with stage.inside(cast):
        with pytest.raises(NotAllowed):
            assign(by=cast.by(cast.bela), reviews=[review], to=cast.bela)
        with pytest.raises(Invalid):
            assign(by=cast.by(cast.cleo), reviews=[review], to=cast.ada)


def test_work_that_was_moved_up_goes_before_what_is_due_earlier(cast, edition):
    first = stage.hand_in(cast, edition)
    with clock.at(clock.now() + timedelta(days=3)):
        later = stage.hand_in(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER))
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))
        assert shift(by=cast.by(cast.cleo), reviews=[Review.objects.get(submission=later)], up=True) == 1
    assert [stage.take(cast).submission_id, stage.take(cast).submission_id] == [later.id, first.id]


def test_a_lead_moves_and_gives_what_is_ticked(cast, sent, other):
    review, cleo = stage.waiting(cast), signed_in(cast.cleo)
    url = reverse("reviewers_move", args=["lakeside"])
    assert cleo.post(url, {"do": "up"}).status_code == 422
    assert cleo.post(url, {"do": "assign", "review": [review.id]}).status_code == 422
    assert cleo.post(url, {"do": "up", "review": [review.id]}).status_code == 302
    assert cleo.post(url, {"do": "assign", "to": other.id, "review": [review.id]}).status_code == 302
    with stage.inside(cast):
        review.refresh_from_db()
        assert (review.rank, review.kept_for) == (-1, other)
    page = cleo.get(reverse("reviewers", args=["lakeside"])).content.decode()
    assert "Kept for Olga Orr" in page
    assert cleo.post(url, {"do": "free", "review": [review.id]}).status_code == 302
    with stage.inside(cast):
        review.refresh_from_db()
        assert review.kept_for is None


def test_handing_over_is_a_page_with_names_of_assessors_only(cast, sent, other):
    review, bela = stage.take(cast), signed_in(cast.bela)
    url = reverse("review_hand_over", args=["lakeside", review.id])
    page = bela.get(url).content.decode()
    assert "Olga Orr" in page
    assert "Ada Alvarez" not in page
    assert bela.post(url, {"token": "1"}).status_code == 422
    assert bela.post(url, {"token": "1", "to": other.id}).url == reverse("queue", args=["lakeside"])
    assert sent.code in signed_in(other).get(reverse("queue", args=["lakeside"])).content.decode()
