"""The story of the demo can be told for every micro-credential in it, whatever it costs and whoever reads it."""

import random
from datetime import timedelta

import pytest

from assessment.models import Decision
from badges.models import Badge
from config.demo import content
from config.demo.catalog import write_editions
from config.demo.journeys import Journey, work_off
from config.demo.people import populate
from lib import clock
from submissions.models import Fee
from tenants.models import Role
from tenants.scope import inside

pytestmark = pytest.mark.django_db


def test_someone_earns_each_of_them(settings):
    settings.UNDO_SECONDS = 0
    now, dice = clock.now(), random.Random(1)
    with clock.at(now - timedelta(days=90)):
        world = populate()
    editions = write_editions(world, written=now - timedelta(days=80), published=now - timedelta(days=70))
    told = [slug for slug in editions if slug in content.samples()["answers"]]
    assert len(told) > 5
    assert any(editions[slug].fee_cents for slug in told)
    for slug in told:
        edition = editions[slug]
        earner = world.roles[edition.tenant.slug, Role.EARNER][-1]
        journey = Journey(world, slug, edition, earner, now - timedelta(days=60), variant=0)
        submission = journey.start()
        journey.write(submission)
        journey.promise(submission)
        sent = journey.send(submission, days=3)
        journey.score(sent, assessor=journey.assessors(dice), days=9)
        with inside(edition.tenant):
            assert Decision.objects.get(submission=sent).outcome == Decision.Outcome.PASSED
            assert Fee.objects.filter(work=sent.work, state=Fee.State.PAID).exists() == bool(edition.fee_cents)
    work_off()
    assert set(Badge.objects.filter(stack=None).values_list("edition", flat=True)) == {
        editions[slug].id for slug in told
    }
