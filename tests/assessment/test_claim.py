"""Taking work from the queue: never twice, never one's own, and never for longer than one is at it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from assessment.actions.deciding import finish
from assessment.actions.queue import claim, declare_conflict, open_slots, release
from assessment.actions.scoring import TakenOver, renew, save_score
from assessment.models import LEASE, Conflict, Review, Score
from assessment.queries import open_lines
from assessment.tasks import sweep
from lib import clock, pgscope
from lib.errors import NotAllowed, RuleBroken
from submissions.actions.handing_in import submit, take_back
from tenants.models import AuditEntry, Role
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions.stage import publish_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast):
    return make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)


def test_a_slot_opens_once_however_often_the_sweep_runs(cast, sent):
    sweep()
    with cast.inside():
        assert open_slots(by=cast.by(cast.bela)) == 0
        review = Review.objects.get()
        assert (review.submission_id, review.due_on, review.state) == (sent.id, sent.due_on, "waiting")


def test_what_is_due_first_is_offered_first(cast, edition):
    egon = make_user("Egon Eden", cast.lakeside, Role.EARNER)
    later = stage.hand_in(cast, edition)
    with clock.at(clock.now() - timedelta(days=5)):
        first = stage.hand_in(cast, edition, egon)
    assert first.due_on < later.due_on
    assert [stage.take(cast).submission_id, stage.take(cast).submission_id] == [first.id, later.id]


def test_a_claim_is_written_down_and_ends_the_earners_undo(cast, sent):
    ada = cast.by(cast.ada)
    stage.waiting(cast)
    with cast.inside():
        take_back(by=ada, submission=sent)  # in the queue is not yet with an assessor
        open_slots(by=cast.by(cast.bela))
        assert not Review.objects.exists()
    stage.send(cast, sent)
    review = stage.take(cast)
    assert (review.assessor, review.token, review.state) == (cast.bela, 1, Review.State.CLAIMED)
    assert review.lease_until - review.claimed_at == LEASE
    with cast.inside():
        assert AuditEntry.objects.get(verb="review.claimed").actor == cast.bela
        with pytest.raises(RuleBroken):
            take_back(by=ada, submission=sent)


def test_nobody_is_offered_their_own_work(cast, edition):
    sent = stage.hand_in(cast, edition, cast.bela)
    review = stage.waiting(cast)
    assert review.earner_id == cast.bela.id == sent.earner_id
    with cast.inside():
        assert claim(by=cast.by(cast.bela)) is None
        with pytest.raises(NotAllowed):
            claim(by=cast.by(cast.bela), review=review)


def test_only_assessors_claim_where_an_edition_is_not_read_by_peers(cast, sent):
    egon = make_user("Egon Eden", cast.lakeside, Role.EARNER)
    waiting = stage.waiting(cast)
    with cast.inside():
        assert claim(by=cast.by(egon)) is None
        with pytest.raises(NotAllowed, match="Only assessors can score this"):
            claim(by=cast.by(egon), review=waiting)
    with cast.inside(), pytest.raises(NotAllowed):
        claim(by=cast.by(cast.cleo))


def test_a_claimed_one_is_refused_to_others_and_renewed_for_its_holder(cast, sent, other):
    review = stage.take(cast)
    with cast.inside():
        with pytest.raises(RuleBroken):
            claim(by=cast.by(other), review=review)
        with clock.at(clock.now() + timedelta(minutes=10)):
            again = claim(by=cast.by(cast.bela), review=review)
        assert (again.id, again.token) == (review.id, review.token)
        assert again.lease_until > review.lease_until


def test_a_claim_whose_lease_ran_out_goes_to_someone_else_and_the_late_save_is_refused(cast, sent, other):
    review = stage.take(cast)
    bela = cast.by(cast.bela)
    with cast.inside():
        line, unscored = open_lines(sent.id)[:2]
        best = line.levels.first()
        save_score(by=bela, review=review, token=1, line=line, level=best, comment="Seen on page 1.")
        assert claim(by=cast.by(other)) is None  # not yet
        with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
            taken = claim(by=cast.by(other))
            assert (taken.assessor, taken.token, taken.slot) == (other, 2, review.slot)
            with pytest.raises(TakenOver) as late:
                save_score(by=bela, review=review, token=1, line=unscored, level=unscored.levels.first())
            with pytest.raises(TakenOver):
                renew(by=bela, review=review, token=1)
        assert "Your 30 minutes ran out" in late.value.message
        review.refresh_from_db()
        assert review.state == Review.State.EXPIRED
        kept = Score.objects.get(review=review)
        assert (kept.line_id, kept.level_id, kept.comment) == (line.id, best.id, "Seen on page 1.")
        assert not Score.objects.filter(review=taken).exists()  # the next reader starts blind


def test_a_lapsed_claim_goes_on_if_nobody_took_over(cast, sent):
    review = stage.take(cast)
    later = clock.now() + timedelta(hours=5)
    with clock.at(later), cast.inside():
        assert renew(by=cast.by(cast.bela), review=review, token=review.token) == later + LEASE


def test_a_wrong_token_writes_nothing(cast, sent):
    review = stage.take(cast)
    with cast.inside():
        line = open_lines(sent.id)[0]
        for token in (0, 2, 99):
            with pytest.raises(TakenOver):
                save_score(by=cast.by(cast.bela), review=review, token=token, line=line, level=line.levels.first())
        assert not Score.objects.exists()


def test_giving_back_puts_it_in_the_queue_for_everyone_and_last_for_oneself(cast, edition):
    stage.hand_in(cast, edition)
    stage.hand_in(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER))
    first = stage.take(cast)
    with cast.inside():
        release(by=cast.by(cast.bela), review=first, token=first.token)
        assert AuditEntry.objects.get(verb="review.released").object_id == first.id
    second = stage.take(cast)
    assert second.submission_id != first.submission_id
    third = stage.take(cast)
    assert (third.submission_id, third.token) == (first.submission_id, 2)


def test_knowing_the_person_gives_back_all_their_work_and_never_offers_more(cast, edition, other):
    stage.hand_in(cast, edition)
    stage.hand_in(cast, publish_edition(cast, "Another one"))
    one, two = stage.take(cast), stage.take(cast)
    bela = cast.by(cast.bela)
    with cast.inside():
        declare_conflict(by=bela, review=one, token=one.token)
        assert Conflict.objects.get().earner == cast.ada
        assert Review.objects.filter(id__in=[one.id, two.id], state=Review.State.RELEASED).count() == 2
        assert claim(by=bela) is None
        assert AuditEntry.objects.filter(verb="review.conflict_declared").count() == 1
    assert stage.take(cast, other).submission_id == one.submission_id


@pytest.mark.django_db(transaction=True)
def test_twenty_assessors_claim_sixty_reviews_without_a_double_and_never_their_own(cast):
    edition = publish_edition(cast)
    assessors = [make_user(f"Assessor{n} A", cast.lakeside, Role.ASSESSOR, Role.EARNER) for n in range(20)]
    earners = [make_user(f"Earner{n} E", cast.lakeside, Role.EARNER) for n in range(40)]
    stage.hand_in_many(cast, edition, [*assessors, *earners])

    def work(assessor):
        by, claimed = cast.by(assessor), []
        try:
            with pgscope.scope(cast.lakeside.id):
                while (review := claim(by=by)) is not None:
                    claimed.append((review.submission_id, review.earner_id))
            return assessor.id, claimed
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(work, assessors))
    times = Counter(submission for _assessor, claimed in results for submission, _earner in claimed)
    assert len(times) == 60
    assert set(times.values()) == {1}
    assert not any(earner == assessor for assessor, claimed in results for _submission, earner in claimed)
    with stage.inside(cast):
        assert Review.objects.count() == 60
        assert set(Review.objects.values_list("state", "token")) == {("claimed", 1)}


@pytest.mark.django_db(transaction=True)
def test_one_lapsed_claim_is_taken_over_by_exactly_one_of_twenty(cast):
    stage.hand_in(cast, publish_edition(cast))
    stage.take(cast)
    assessors = [make_user(f"Assessor{n} A", cast.lakeside, Role.ASSESSOR) for n in range(20)]
    later = clock.now() + LEASE * 2

    def work(assessor):
        try:
            with clock.at(later), pgscope.scope(cast.lakeside.id):
                return claim(by=cast.by(assessor))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        taken = [review for review in pool.map(work, assessors) if review is not None]
    assert [review.token for review in taken] == [2]
    with stage.inside(cast):
        assert sorted(Review.objects.values_list("state", flat=True)) == ["claimed", "expired"]


@pytest.mark.django_db(transaction=True)
def test_a_late_finish_and_a_takeover_in_the_same_moment_never_both_win(cast):
    edition = publish_edition(cast)
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    for n in range(6):
        stage.hand_in(cast, edition, make_user(f"Earner{n} E", cast.lakeside, Role.EARNER))
        review = stage.take(cast)
        stage.fill(cast, review)
        start, later = Barrier(2), clock.now() + LEASE * 2

        def late_finish(review=review, start=start, later=later):
            try:
                start.wait(10)
                with clock.at(later), pgscope.scope(cast.lakeside.id):
                    return finish(by=cast.by(cast.bela), review=review, token=review.token)
            except TakenOver:
                return None
            finally:
                connections.close_all()

        def takeover(review=review, start=start, later=later):
            try:
                start.wait(10)
                with clock.at(later), pgscope.scope(cast.lakeside.id):
                    return claim(by=cast.by(other), review=review)
            except RuleBroken:
                return None
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            decision, taken = (job.result() for job in (pool.submit(late_finish), pool.submit(takeover)))
        with stage.inside(cast):
            states = sorted(Review.objects.filter(submission=review.submission_id).values_list("state", flat=True))
            assert states == (["claimed", "expired"] if taken else ["final"])
            assert bool(decision) != bool(taken)


def test_what_was_taken_back_and_sent_again_is_due_when_the_earner_was_told(cast, sent):
    ada, bela = cast.by(cast.ada), cast.by(cast.bela)
    with stage.inside(cast):
        open_slots(by=bela)
        take_back(by=ada, submission=sent)
    with clock.at(clock.now() + timedelta(days=20)), stage.inside(cast):
        again = submit(by=ada, submission=sent)
        open_slots(by=bela)
        assert Review.objects.get().due_on == again.due_on != sent.due_on


def test_a_claim_with_a_number_nobody_can_read_is_refused(cast, sent):
    review = stage.take(cast)
    client = Client(raise_request_exception=False)
    client.force_login(cast.bela)
    answer = client.post(reverse("review_release", args=["lakeside", review.id]), {"token": "9" * 5000})
    assert answer.status_code == 409
