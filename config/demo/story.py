"""The story of the demo, from an empty database to a district in the middle of its year.

Told in one transaction: a demo that was interrupted leaves nothing behind. The dice are loaded, so every demo is alike.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction

from assessment.actions.deciding import decide
from badges.importing import read_in
from config.demo import content
from config.demo.catalog import build_stacks, set_policies, write_editions
from config.demo.elsewhere import endorse_a_partner, tell_of_elsewhere
from config.demo.journeys import Journey
from config.demo.people import ACCOUNTS, World, populate
from config.demo.reviewers import staff
from config.demo.samples import make_samples
from config.demo.trust import tell_of_trust
from credentials.actions.editions import new_edition, return_to_author, send_to_vetting
from credentials.models import Edition, VettingNote
from lib import clock
from lib.nudge import quiet
from lib.transitions import move
from recognition.actions.grants import ask, decline, honour
from recognition.models import Grant
from submissions.models import Work
from tenants.models import OutgoingMail, Role, Tenant, User
from tenants.roles import system
from tenants.scope import inside

SEED = 20261122
READY = "checking-for-student-understanding"  # what the demo earner can hand in right away
LOGGED = "learning-from-colleagues-lessons"  # what she has begun: a quiz, and a log of which two and a half hours lack
# How journeys end, and how many of a hundred do.
ENDINGS = {"passed": 54, "second_try": 16, "returned": 8, "draft": 12, "started": 10}
IN_QUEUE = 6  # submissions that wait for the demo's assessors


def is_told() -> bool:
    """Whether the demo is in the database."""
    return Tenant.objects.filter(slug="jefferson").exists()


@transaction.atomic
def tell(say: Callable[[str], None]) -> None:
    """Fill the database. `say` hears how it goes."""
    with quiet():
        _tell(clock.now(), say)


def _tell(today: datetime, say: Callable[[str], None]) -> None:
    say("people and tenants")
    with clock.at(today - timedelta(days=320)):
        world = populate()
    say("micro-credentials, stacks and policies")
    editions = write_editions(world, written=today - timedelta(days=315), published=today - timedelta(days=300))
    with clock.at(today - timedelta(days=299)):
        build_stacks(world, editions)
        set_policies(world, editions)
    say("journeys of educators")
    _leave_on_the_desk(world, editions, today)
    _tell_of_dana(world, editions, today)
    for number, journey in enumerate(islice(_journeys(world, editions, today), settings.DEMO_JOURNEYS)):
        _travel(journey, number)
    _fill_queue(world, editions, today)
    _leave_to_settle(world, editions, today)
    say("assessors and coaches")
    staff(world)
    say("samples for assessors")
    make_samples(world, editions, today)
    say("appeals, talks and cases")
    tell_of_trust(world, editions, today)
    tell_of_elsewhere(world, editions, today)
    endorse_a_partner(world, editions, today)
    _leave_a_list(world, editions)
    say("answers of recognizers")
    _answer_grants(world, today)
    _forget_past_mail()


def _leave_on_the_desk(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """Something for author and vetter to do: a next edition that was sent back with a remark, and one to vet."""
    slug = "jefferson"
    author, vetter = world.first(slug, Role.AUTHOR), world.first(slug, Role.VETTER)
    with inside(world.tenants[slug]):
        with clock.at(today - timedelta(days=12)):
            again = new_edition(by=author, micro_credential=editions[READY].micro_credential)
            send_to_vetting(by=author, edition=again)
        with clock.at(today - timedelta(days=9)):
            remark = "Say how long the clip may be, so that everyone knows what to plan for."
            note = {"section": "criteria", "kind": VettingNote.Kind.MUST_FIX, "text": remark}
            return_to_author(by=vetter, edition=again, notes=[note])
        with clock.at(today - timedelta(days=2)):
            facing = editions["understanding-students-facing-challenges"]
            waiting = new_edition(by=author, micro_credential=facing.micro_credential)
            send_to_vetting(by=author, edition=waiting)


def _tell_of_dana(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """The demo's earner: a whole stack, a badge from a partner, a log that lacks hours, and a work ready to be sent."""
    dana = world.users[ACCOUNTS["earner"]]
    assessor = world.roles["jefferson", Role.ASSESSOR][1]
    earned = {"understanding-students-facing-challenges": 190, "responding-to-cultural-differences-in-schools": 96}
    for slug, days_ago in earned.items():
        journey = Journey(world, slug, editions[slug], dana, today - timedelta(days=days_ago), variant=0)
        submission = journey.start()
        journey.write(submission)
        journey.promise(submission)
        journey.score(journey.send(submission, days=4), assessor=assessor, days=9)
    logged = Journey(world, LOGGED, editions[LOGGED], dana, today - timedelta(days=30), variant=0)
    logged.write(logged.start(), parts=2)
    ready = Journey(world, READY, editions[READY], dana, today - timedelta(days=6), variant=1)
    submission = ready.start()
    ready.write(submission)
    ready.promise(submission)


def _journeys(world: World, editions: dict[str, Edition], today: datetime) -> Iterator[Journey]:
    """Up to three journeys for everyone who earns in their own tenant, ever more of them as the year goes on.

    They go through the micro-credentials for which there are sample answers.
    """
    dice = random.Random(SEED)
    by_tenant: dict[str, list[str]] = {}
    for facts in content.programme()["editions"]:
        if facts["slug"] not in content.samples()["answers"]:
            continue
        by_tenant.setdefault(facts["tenant"], []).append(facts["slug"])
    dana = world.users[ACCOUNTS["earner"]]
    for (tenant, role), people in world.roles.items():
        if role != Role.EARNER or tenant not in by_tenant:
            continue
        for earner in people:
            if earner == dana:
                continue
            many = dice.choices([0, 1, 2, 3], weights=[3, 4, 3, 2])[0]
            for slug in dice.sample(by_tenant[tenant], min(many, len(by_tenant[tenant]))):
                days_ago = int(20 + 250 * dice.random() ** 1.6)
                begun = today - timedelta(days=days_ago, hours=dice.randrange(10))
                yield Journey(world, slug, editions[slug], earner, begun, variant=dice.randrange(3))


def _travel(journey: Journey, number: int) -> None:
    dice = random.Random(SEED + number)
    ending = dice.choices(list(ENDINGS), weights=list(ENDINGS.values()))[0]
    submission = journey.start()
    if ending == "started":
        return
    if ending == "draft":
        journey.write(submission, parts=dice.randint(1, 2))
        return
    journey.write(submission)
    journey.promise(submission)
    sent = journey.send(submission, days=3)
    scored = 4 + dice.randrange(9)
    journey.score(sent, assessor=journey.assessors(dice), days=scored, not_yet=0 if ending == "passed" else 1)
    if ending == "second_try":
        again = journey.next_try(sent)
        journey.promise(again, days=scored + 1)
        resent = journey.send(again, days=scored + 2)
        journey.score(resent, assessor=journey.assessors(dice), days=scored + 5)


def _fill_queue(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """A few submissions that wait. None of them is of the micro-credential that the demo's earner is about to send."""
    slugs = ["understanding-students-facing-challenges", "responding-to-cultural-differences-in-schools"]
    begun = {(work.earner_id, work.edition_id) for work in _works(world, "jefferson")}
    waiting = 0
    for earner in reversed(world.roles["jefferson", Role.EARNER]):
        slug = slugs[waiting % 2]
        if (earner.id, editions[slug].id) in begun or waiting == IN_QUEUE:
            continue
        journey = Journey(
            world, slug, editions[slug], earner, today - timedelta(days=5 + 2 * waiting), variant=waiting % 3
        )
        submission = journey.start()
        journey.write(submission)
        journey.promise(submission)
        journey.send(submission, days=4)
        waiting += 1


def _leave_to_settle(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """One submission on which two readers differ, for the senior assessor, who has not read it."""
    slug = "understanding-students-facing-challenges"
    begun = {work.earner_id for work in _works(world, "jefferson") if work.edition_id == editions[slug].id}
    senior = world.users[ACCOUNTS["senior"]]
    earner = next(user for user in world.roles["jefferson", Role.EARNER] if user.id not in begun and user != senior)
    journey = Journey(world, slug, editions[slug], earner, today - timedelta(days=8), variant=1)
    submission = journey.start()
    journey.write(submission)
    journey.promise(submission)
    journey.send(submission, days=3)
    readers = [user for user in world.roles["jefferson", Role.ASSESSOR] if user not in (earner, senior)]
    for reader, not_yet in ((readers[1], 1), (readers[2], 0)):
        journey.read(submission, assessor=reader, when=timedelta(days=5), not_yet=not_yet)
    with inside(world.tenants["jefferson"]), clock.at(today - timedelta(days=2)):
        decide(by=system(world.tenants["jefferson"]), submission=submission)


def _leave_a_list(world: World, editions: dict[str, Edition]) -> None:
    """A list of people who earned a badge elsewhere, uploaded by an admin and not confirmed; one line is wrong."""
    people = ("lee@demo.example,Lee Park,PD-1042", "mo@demo.example,Mo Haddad,PD-1043", "kim at school,Kim,")
    text = "\n".join(("email,name,reference", *people))
    with inside(world.tenants["jefferson"]):
        by = world.first("jefferson", Role.ADMIN)
        read_in(by=by, thing=editions[READY], file_name="workshop-march.csv", data=text.encode())


def _works(world: World, slug: str) -> list[Work]:
    with inside(world.tenants[slug]):
        return list(Work.objects.all())


def _answer_grants(world: World, today: datetime) -> None:
    """Recognizers have answered what is older than two weeks, with a few questions and one refusal."""
    dice = random.Random(SEED)
    for slug, tenant in world.tenants.items():
        recognizers: list[User] = world.roles.get((slug, Role.RECOGNIZER), [])
        if not recognizers:
            continue
        by = world.by(recognizers[0], slug)
        with inside(tenant):
            waiting = (
                Grant.objects.filter(state=Grant.State.PENDING)
                .select_related("badge")
                .order_by("badge__awarded_at", "id")
            )
            for grant in waiting:
                awarded = grant.badge.awarded_at
                if awarded > today - timedelta(days=14) or grant.earner_id == by.user.id:
                    continue
                with clock.at(min(awarded + timedelta(days=3 + dice.randrange(5)), today)):
                    roll = dice.random()
                    if roll < 0.05:
                        ask(by=by, grant=grant, text="Which building did you work in when you sent this?")
                    elif roll < 0.1:
                        decline(
                            by=by, grant=grant, reason="You were on leave during this pay period. It counts next year."
                        )
                    else:
                        honour(by=by, grant=grant)


def _forget_past_mail() -> None:
    """Nobody wants last spring's mail today: what the past wrote counts as sent when it was written."""
    for mail in OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING):
        move(mail, OutgoingMail.State.SENT)
        mail.sent_at = mail.created_at
        mail.save(update_fields=["state", "sent_at"])
