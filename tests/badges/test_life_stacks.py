"""A stack badge stands as long as enough of the badges it is built on do, whatever happens to them, in any order."""

import random
from datetime import timedelta

import pytest
from django.db import transaction

from badges import completing, ending
from badges.actions import correct, lift, renew, revoke, suspend
from badges.completing import progress
from badges.deliveries import handle
from badges.minting import mint
from badges.models import Badge, BadgeEvent, Consumer
from lib import clock
from lib.errors import RuleBroken
from tests.badges.made import minted, work_off
from tests.badges.test_life import admin_does, lasting
from tests.badges.test_minting import stack_of
from tests.credentials.sample import published

State = Badge.State


@pytest.fixture
def parts(cast):
    """Two parts that Ada holds, and the stack of both that she completed."""
    one, two = published(cast), published(cast, title="Another skill")
    stack = stack_of(cast, one, two)
    return minted(cast, one), minted(cast, two), stack


def of(stack):
    """The newest badge of a stack."""
    return Badge.objects.filter(stack=stack).order_by("-id").first()


def correct_name(cast, badge):
    day = cast.lakeside.local_date(badge.awarded_at)
    return admin_does(cast, correct, badge, name="Ada Álvarez", awarded_on=day, note="The accent.")


def test_a_stack_follows_a_part_that_is_put_on_hold_and_lifted(cast, parts):
    first, _second, stack = parts
    admin_does(cast, suspend, first, note="Doubt.")
    work_off()
    assert (of(stack).state, of(stack).suspended_for_part) == (State.SUSPENDED, True)
    assert progress(stack, cast.ada) == (1, 2)
    with pytest.raises(RuleBroken, match="Lift that one"):
        admin_does(cast, lift, of(stack))
    admin_does(cast, lift, first)
    work_off()
    assert (of(stack).state, of(stack).suspended_for_part) == (State.ISSUED, False)


def test_lifting_a_part_does_not_end_a_hold_of_the_stack_itself(cast, parts):
    first, _second, stack = parts
    admin_does(cast, suspend, of(stack), note="The stack itself is looked into.")
    admin_does(cast, suspend, first, note="Doubt.")
    work_off()
    admin_does(cast, lift, first)
    work_off()
    assert of(stack).state == State.SUSPENDED
    admin_does(cast, lift, of(stack))
    work_off()
    assert of(stack).state == State.ISSUED


def test_a_stack_lifted_while_a_part_is_on_hold_waits_for_the_part(cast, parts):
    first, _second, stack = parts
    admin_does(cast, suspend, of(stack), note="The stack itself is looked into.")
    admin_does(cast, suspend, first, note="Doubt.")
    work_off()
    admin_does(cast, lift, of(stack))
    work_off()
    assert (of(stack).state, of(stack).suspended_for_part) == (State.SUSPENDED, True)


def test_a_stack_is_taken_back_when_a_part_is_and_comes_again_with_the_part(cast, parts):
    first, _second, stack = parts
    admin_does(cast, revoke, first, reason="error")
    work_off()
    assert (of(stack).state, of(stack).revoked_reason) == (State.REVOKED, Badge.Reason.PART)
    minted(cast, first.edition)
    assert of(stack).state == State.ISSUED
    assert Badge.objects.filter(stack=stack).count() == 2


def test_a_stack_within_a_stack_follows_too(cast, parts):
    first, _second, stack = parts
    with cast.inside():
        from credentials.actions.stacks import create_stack, publish_stack

        by = cast.by(cast.cleo)
        outer = create_stack(by=by, title="All of it", description="All.", needed=None, items=[stack])
        outer = publish_stack(by=by, stack=outer)
    completing.catch_up()
    work_off()
    assert of(outer).state == State.ISSUED
    admin_does(cast, revoke, first, reason="error")
    work_off()
    assert (of(outer).state, of(outer).revoked_reason) == (State.REVOKED, Badge.Reason.PART)


def test_one_of_many_may_go_when_enough_are_left(cast):
    editions = [published(cast, title=f"Skill {n}") for n in range(3)]
    stack = stack_of(cast, *editions, needed=2)
    badges = [minted(cast, each) for each in editions]
    admin_does(cast, revoke, badges[0], reason="error")
    work_off()
    assert of(stack).state == State.ISSUED
    admin_does(cast, revoke, badges[1], reason="error")
    work_off()
    assert of(stack).state == State.REVOKED


def test_a_corrected_part_counts_as_before_also_while_it_is_being_made(cast, parts):
    first, _second, stack = parts
    before = of(stack)
    new = correct_name(cast, first)
    while handle(Consumer.STACKS, completing.follow):
        pass
    assert of(stack).state == State.ISSUED
    work_off()
    new.refresh_from_db()
    assert new.state == State.ISSUED
    assert of(stack) == before


def test_a_stack_runs_out_with_its_parts_and_is_renewed_with_them(cast):
    short, long = lasting(cast, months=12), lasting(cast, months=24, title="Another skill")
    stack = stack_of(cast, short, long)
    first, second = minted(cast, short), minted(cast, long)
    assert of(stack).expires_at == first.expires_at
    with clock.at(first.expires_at + timedelta(days=1)):
        ending.announce_ends()
        work_off()
        assert of(stack).state == State.ISSUED  # it has run out, and was not taken back
        assert progress(stack, cast.ada) == (1, 2)
        admin_does(cast, renew, first, note="Course.")
        work_off()
        renewed = of(stack)
        assert (renewed.state, renewed.succession) == (State.ISSUED, "renewal")
        assert renewed.expires_at == min(second.expires_at, Badge.objects.get(replaces=first).expires_at)
    assert Badge.objects.filter(stack=stack).count() == 2


def test_a_stack_that_an_admin_took_back_does_not_come_again_by_itself(cast, parts):
    first, _second, stack = parts
    admin_does(cast, revoke, of(stack), reason="integrity")
    admin_does(cast, suspend, first, note="Doubt.")
    admin_does(cast, lift, first)
    work_off()
    assert Badge.objects.filter(stack=stack).count() == 1


@pytest.mark.parametrize("seed", range(6))
def test_events_that_come_twice_and_shuffled_lead_to_what_the_facts_ask_for(cast, parts, seed):
    chance = random.Random(seed)
    *_held, stack = parts
    for _turn in range(7):
        badge = chance.choice(list(Badge.objects.filter(stack=None, superseded_at=None)))
        try:
            what = chance.choice(["hold", "lift", "correct", "mint", "revoke" if seed % 2 else "hold"])
            if what == "hold":
                admin_does(cast, suspend, badge, note="Doubt.")
            elif what == "lift":
                admin_does(cast, lift, badge)
            elif what == "correct":
                correct_name(cast, badge)
            elif what == "revoke":
                admin_does(cast, revoke, badge, reason="error")
            else:
                handle(Consumer.MINT, mint)
        except RuleBroken:
            continue  # not possible as things stand: nothing happened
    handle(Consumer.MINT, mint)
    events = list(BadgeEvent.objects.exclude(kind__in=["awarded", "changed"])) * 2
    chance.shuffle(events)
    for event in events:
        with transaction.atomic():
            completing.follow(BadgeEvent.objects.get(id=event.id))
    work_off()
    states = set(Badge.objects.filter(stack=None, superseded_at=None).values_list("state", flat=True))
    expected = next(each for each in (State.REVOKED, State.SUSPENDED, State.ISSUED) if each in states)
    assert of(stack).state == expected
