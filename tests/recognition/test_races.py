"""Many workers and many people at once, on real Postgres."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from badges.actions import revoke
from badges.models import Delivery
from lib import clock
from lib.errors import RuleBroken
from recognition.actions.grants import decline, honour
from recognition.models import Grant, LedgerEntry, YearUse
from tests.cast import make_cast
from tests.recognition.scene import badge, day, editions, follow_all, grants, policy

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = day(2026, 10, 5)


def together(*jobs):
    """Run all jobs at the same moment, each on a connection of its own; returns what they returned or raised."""
    start = Barrier(len(jobs))

    def run(job):
        try:
            with clock.at(TODAY):
                start.wait(timeout=20)
                return job()
        except Exception as problem:  # handed back, so that the test can look at all of them
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def test_twelve_badges_at_once_give_exactly_six_and_three_thousand_dollars(cast):
    with clock.at(TODAY):
        policy(cast, max_count=6, max_cents=300_000)
        policy(cast, title="Hours", cents=0, ceu_hundredths=150, max_ceu_hundredths=1_000)
        for each in editions(cast, 12):
            badge(cast, each, followed=False)
    done = together(*[follow_all] * 6)
    assert sum(done) == 12
    assert not Delivery.objects.filter(consumer="recognition", tries__gt=0).exists()
    money = [grant for grant in grants(cast) if grant.policy.title == "Stipend"]
    hours = [grant for grant in grants(cast) if grant.policy.title == "Hours"]
    assert [grant.cents for grant in money] == [50_000] * 6
    assert sorted(grant.ceu_hundredths for grant in hours) == [100, *[150] * 6]
    with cast.inside(), transaction.atomic():
        uses = YearUse.objects.order_by("policy__title").values_list("count", "cents", "ceu_hundredths")
        assert list(uses) == [(7, 0, 1_000), (6, 300_000, 0)]


def test_two_recognizers_honor_the_same_grant_once(cast):
    with clock.at(TODAY):
        policy(cast)
        badge(cast, editions(cast, 1)[0])
    grant = grants(cast)[0]

    def answer():
        with cast.inside():
            return honour(by=cast.by(cast.rao), grant=grant)

    results = together(*[answer] * 4)
    assert sorted(type(each).__name__ for each in results) == ["Grant", "RuleBroken", "RuleBroken", "RuleBroken"]
    with cast.inside(), transaction.atomic():
        assert LedgerEntry.objects.count() == 2


def test_answers_revocations_and_new_badges_at_once_leave_the_sums_right(cast):
    with clock.at(TODAY):
        policy(cast, max_count=6, max_cents=300_000)
        policy(cast, title="Hours", cents=0, ceu_hundredths=100)
        skills = editions(cast, 8)
        first = [badge(cast, each) for each in skills[:4]]
        for each in skills[4:]:
            badge(cast, each, followed=False)
        with cast.inside():
            for each in first[:2]:
                revoke(by=cast.by(cast.cleo), badge=each, reason="error")
    waiting = grants(cast)

    def answer(act, some):
        def run():
            done = 0
            for grant in some:
                with cast.inside():
                    try:
                        act(grant)
                        done += 1
                    except RuleBroken:
                        continue
            return done

        return run

    rao = cast.by(cast.rao)
    results = together(
        follow_all,
        follow_all,
        answer(lambda grant: honour(by=rao, grant=grant), waiting),
        answer(lambda grant: decline(by=rao, grant=grant, reason="No."), waiting[::-1]),
    )
    assert all(isinstance(each, int) for each in results), results
    assert not Delivery.objects.filter(consumer="recognition", done_at=None).exists()
    with cast.inside(), transaction.atomic():
        live = [each for each in Grant.objects.select_related("use") if each.state not in ("declined", "cancelled")]
        for use in YearUse.objects.all():
            mine = [each for each in live if each.use_id == use.id]
            assert (use.count, use.cents) == (len(mine), sum(each.cents for each in mine))
        owed = sum(LedgerEntry.objects.filter(account="earner", unit="cents").values_list("amount", flat=True))
        assert owed == sum(each.cents for each in live if each.state == "honoured")
        assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
