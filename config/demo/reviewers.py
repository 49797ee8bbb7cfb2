"""The assessors of the demo as workers, a coach, and what half a year came to."""

from datetime import timedelta

from assessment.actions.working import add_absence, post_statement, save_profile
from config.demo.people import ACCOUNTS, World
from credentials.actions.stacks import offer_assessing
from credentials.models import Stack
from lib import clock
from submissions.actions.coaching import assign, note
from submissions.coaching import drafts_of
from tenants.models import Role
from tenants.scope import inside

SLUG = "jefferson"
LIMITS = [{"at_once": 5}, {"per_week": 10}, {"at_once": 3, "per_week": 8}]  # of assessors in turn
PER_PERIOD = 100_000  # cents for half a year


def staff(world: World) -> None:
    """Terms for every assessor, time away for the last, a coach for Dana, an offer, and a statement."""
    tenant, admin = world.tenants[SLUG], world.first(SLUG, Role.ADMIN)
    assessors = world.roles[SLUG, Role.ASSESSOR]
    with inside(tenant):
        for number, user in enumerate(assessors):
            limits = LIMITS[number % len(LIMITS)]
            save_profile(by=admin, user=user, languages=["en"], cents_per_period=PER_PERIOD, **limits)
        day = tenant.local_date()
        away = world.by(assessors[-1], SLUG)
        add_absence(by=away, starts_on=day - timedelta(days=1), ends_on=day + timedelta(days=6))
        offer_assessing(by=admin, stack=Stack.objects.filter(tenant=tenant).first(), offers=True)
        post_statement(by=admin, starts_on=day - timedelta(days=180), ends_on=day - timedelta(days=30))
        _coach(world)


def _coach(world: World) -> None:
    coach = world.by(world.roles[SLUG, Role.COACH][0], SLUG)
    dana = world.users[ACCOUNTS["earner"]]
    assign(by=world.first(SLUG, Role.ADMIN), coach=coach.user, earner=dana)
    draft = drafts_of(coach).first()
    with clock.at(clock.now() - timedelta(days=1)):
        part = draft.edition.criteria.order_by("position").first()
        note(by=coach, submission=draft, criterion=part, text="A clear start. Say how many students you teach.")
