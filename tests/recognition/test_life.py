"""What becomes of rewards when a badge is put on hold, lifted, corrected, renewed, taken back, or runs out."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from badges import ending
from badges.actions import award, correct, lift, renew, revoke, suspend
from badges.deliveries import handle
from badges.minting import mint
from badges.models import Badge, BadgeEvent, Consumer
from badges.tasks import mint_badges
from lib import clock
from lib.errors import RuleBroken
from recognition.actions.following import follow
from recognition.actions.grants import decline, honour
from recognition.actions.policies import activate
from recognition.models import Grant, LedgerEntry, RewardCard
from tests.badges.made import best_results
from tests.credentials.sample import published, sample
from tests.recognition.scene import badge, day, draft, edition, follow_all, grants, policy

pytestmark = pytest.mark.django_db
TODAY = day(2026, 10, 5)


@pytest.fixture(autouse=True)
def _school_year():
    with clock.at(TODAY):
        yield


def admin_does(cast, action, what, **more):
    with cast.inside():
        return action(by=cast.by(cast.cleo), badge=what, **more)


def put_on_hold(cast, what):
    return admin_does(cast, suspend, what, note="We look into it.")


def correct_name(cast, what, name="Ada Álvarez"):
    day_ = cast.lakeside.local_date(what.awarded_at)
    return admin_does(cast, correct, what, name=name, awarded_on=day_, note="The name was misspelled.")


def rao_honours(cast, grant):
    with cast.inside():
        return honour(by=cast.by(cast.rao), grant=grant)


def owed_to(cast, user):
    with cast.inside(), transaction.atomic():
        mine = LedgerEntry.objects.filter(earner=user, account="earner", unit="cents")
        return mine.aggregate(total=Sum("amount"))["total"] or 0


def renewable(cast, months=12):
    data = sample()
    return published(cast, badge={**data["badge"], "valid_months": months})


def test_a_reward_waits_while_its_badge_is_on_hold_and_goes_on_afterward(cast, client):
    policy(cast)
    made = badge(cast, edition(cast))
    put_on_hold(cast, made)
    follow_all()
    (grant,) = grants(cast)
    assert grant.state == Grant.State.PENDING
    client.force_login(cast.rao)
    with clock.at(TODAY):
        text = client.get(reverse("grant", args=["lakeside", grant.id])).content.decode()
        assert "Lakeside Schools has put this badge on hold on" in text
        assert "Honor: give" not in text
        assert "On hold" in client.get(reverse("inbox", args=["lakeside"])).content.decode()
        answer = client.post(reverse("grant_honour", args=["lakeside", grant.id]))
        assert answer.status_code == 409
        answer = client.post(reverse("honour_chosen", args=["lakeside"]), {"grant": [grant.id]}, follow=True)
        assert "1 waits: the badge is on hold." in answer.content.decode()
    assert owed_to(cast, cast.ada) == 0
    admin_does(cast, lift, made)
    follow_all()
    rao_honours(cast, grant)
    assert owed_to(cast, cast.ada) == 50_000


def test_what_was_honored_stays_while_the_badge_is_on_hold(cast):
    policy(cast)
    made = badge(cast, edition(cast))
    rao_honours(cast, grants(cast)[0])
    put_on_hold(cast, made)
    follow_all()
    assert grants(cast)[0].state == Grant.State.HONOURED
    assert owed_to(cast, cast.ada) == 50_000


def test_not_eligible_can_be_said_of_a_badge_on_hold(cast):
    policy(cast)
    put_on_hold(cast, badge(cast, edition(cast)))
    with cast.inside():
        decline(by=cast.by(cast.rao), grant=grants(cast)[0], reason="Not this year.")
    assert grants(cast)[0].state == Grant.State.DECLINED


@pytest.mark.parametrize("paid", [True, False])
def test_a_corrected_badge_takes_its_rewards_along_and_nothing_is_paid_twice(cast, paid):
    policy(cast, max_count=1)
    made = badge(cast, edition(cast))
    (grant,) = grants(cast)
    if paid:
        rao_honours(cast, grant)
    new = correct_name(cast, made)
    mint_badges()
    follow_all()
    (grant,) = grants(cast)
    assert grant.badge_id == new.id
    assert grant.state == (Grant.State.HONOURED if paid else Grant.State.PENDING)
    assert grant.use.count == 1
    assert RewardCard.objects.get().badge_id == new.id
    if not paid:
        rao_honours(cast, grant)
    assert owed_to(cast, cast.ada) == 50_000


def test_taking_the_corrected_badge_back_takes_back_what_the_first_one_gave(cast):
    policy(cast)
    made = badge(cast, edition(cast))
    rao_honours(cast, grants(cast)[0])
    new = correct_name(cast, made)
    mint_badges()
    admin_does(cast, revoke, new, reason="integrity")
    follow_all()
    assert [each.state for each in grants(cast)] == [Grant.State.CANCELLED]
    assert owed_to(cast, cast.ada) == 0


def test_running_out_takes_nothing_back_and_an_open_reward_can_still_be_honored(cast):
    policy(cast)
    with clock.at(day(2026, 7, 2)):
        badge(cast, renewable(cast, months=1))
    assert ending.announce_ends() == 1
    follow_all()
    (grant,) = grants(cast)
    rao_honours(cast, grant)
    assert owed_to(cast, cast.ada) == 50_000


def test_an_admins_renewal_gives_nothing_more(cast):
    policy(cast)
    made = badge(cast, renewable(cast))
    admin_does(cast, renew, made, note="Took the refresher.")
    mint_badges()
    follow_all()
    assert len(grants(cast)) == 1


def test_a_renewal_by_new_work_counts_for_rules_that_gave_nothing_before(cast):
    what = renewable(cast)
    policy(cast)
    old = badge(cast, what, submission_id=uuid4(), results=best_results(what))
    with clock.at(TODAY + timedelta(days=330)):
        newer = draft(cast, title="Next year", cents=7_000, starts_on=cast.lakeside.local_date())
        with cast.inside():
            activate(by=cast.by(cast.cleo), policy=newer)
        new = badge(cast, what, submission_id=uuid4(), results=best_results(what))
    assert new.replaces_id == old.id
    assert {(each.policy.title, each.badge_id) for each in grants(cast)} == {
        ("Stipend", old.id),
        (newer.title, new.id),
    }


STEPS = {
    "hold": put_on_hold,
    "lift": lambda cast, what: admin_does(cast, lift, what),
    "correct": correct_name,
    "honour": lambda cast, what: rao_honours(cast, grants(cast)[0]),
    "mint": lambda cast, what: handle(Consumer.MINT, mint),
    "follow": lambda cast, what: follow_all(),
    "revoke": lambda cast, what: admin_does(cast, revoke, what, reason="error"),
}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_in_whatever_order_the_facts_decide(cast, seed):
    """Events come twice and shuffled; in the end there is one grant, of the badge that counts, as that badge stands."""
    chance = random.Random(seed)
    policy(cast)
    badge(cast, edition(cast), followed=seed % 2 == 0)
    for _turn in range(8):
        newest = Badge.objects.order_by("-id").first()
        try:
            STEPS[chance.choice(list(STEPS))](cast, newest)
        except (RuleBroken, IndexError):
            continue  # not possible as things stand: nothing happened
    handle(Consumer.MINT, mint)
    events = list(BadgeEvent.objects.exclude(kind__in=["awarded", "changed"])) * 2
    chance.shuffle(events)
    for event in events:
        with transaction.atomic():
            follow(BadgeEvent.objects.get(id=event.id))
    follow_all()
    newest = Badge.objects.order_by("-id").first()
    (grant,) = grants(cast) or [None]
    if grant is None:
        assert newest.state == Badge.State.REVOKED  # before recognition ever heard of it
        return
    assert grant.badge_id == newest.id
    assert (grant.state == Grant.State.CANCELLED) == (newest.state == Badge.State.REVOKED)
    assert owed_to(cast, cast.ada) == (50_000 if grant.state == Grant.State.HONOURED else 0)


def test_a_rule_asks_for_the_day_on_the_corrected_badge_only_where_it_gave_nothing_yet(cast):
    policy(cast)
    made = badge(cast, edition(cast), followed=False)
    early = day(2026, 6, 1).date()
    admin_does(cast, correct, made, name="Ada Alvarez", awarded_on=early, note="It was in June.")
    handle(Consumer.MINT, mint)
    follow_all()
    assert grants(cast) == []


def test_awarding_once_more_during_a_correction_gives_the_corrected_badge(cast):
    what = edition(cast)
    new = correct_name(cast, badge(cast, what))
    with cast.inside():
        assert award(by=cast.by(cast.cleo), earner=cast.ada, edition=what) == new
