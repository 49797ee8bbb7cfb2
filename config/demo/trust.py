"""What came back and was not simply fixed: an appeal, a flagged comment, tries that are used up, and a case."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from assessment.actions.appealing import file_appeal
from assessment.actions.casework import name_panel, open_case
from assessment.actions.queue import claim
from assessment.actions.reacting import react
from assessment.cases import candidates
from assessment.models import Decision, DecisionLine, Review
from config.demo.journeys import Journey
from config.demo.people import World
from credentials.models import Edition
from lib import clock
from submissions.models import Submission, Work
from tenants.models import Role, User
from tenants.scope import inside

SLUG, MICRO_CREDENTIAL = "jefferson", "responding-to-cultural-differences-in-schools"
REASON = "The second page shows what I changed in the lesson. Please look at the part below the table."
FLAG = "The comment speaks of a video, but I sent in a lesson plan."
CONCERN = "The reflection is the same, word for word, as one I read last month under another code."


def tell_of_trust(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """One of each, for the admin, the assessors and the coach to find. Fewer, where too few educators are free."""
    tellers = (_appeal, _flag, _use_up_tries, _ask_panel)
    for teller, earner in zip(tellers, _free_earners(world, editions[MICRO_CREDENTIAL]), strict=False):
        teller(Journey(world, MICRO_CREDENTIAL, editions[MICRO_CREDENTIAL], earner, today - timedelta(days=40), 0))


def _free_earners(world: World, edition: Edition) -> Iterator[User]:
    with inside(world.tenants[SLUG]):
        begun = set(Work.objects.filter(edition=edition).values_list("earner", flat=True))
    assessors = world.roles[SLUG, Role.ASSESSOR]
    yield from (each for each in world.roles[SLUG, Role.EARNER] if each.id not in begun and each not in assessors)


def _sent(journey: Journey, days: int) -> Submission:
    submission = journey.start()
    journey.write(submission)
    journey.promise(submission)
    return journey.send(submission, days=days)


def _told(journey: Journey) -> DecisionLine:
    """The line that needs more, four days ago."""
    sent = _sent(journey, days=30)
    journey.score(sent, assessor=journey.world.roles[SLUG, Role.ASSESSOR][0], days=36, not_yet=1)
    with inside(journey.tenant):
        return DecisionLine.objects.select_related("decision__submission").get(
            decision=Decision.objects.get(submission=sent), met=False
        )


def _appeal(journey: Journey) -> None:
    line = _told(journey)
    with inside(journey.tenant), clock.at(journey.begun + timedelta(days=38)):
        file_appeal(by=journey.by, decision=line.decision, reasons={line.id: REASON})


def _flag(journey: Journey) -> None:
    line = _told(journey)
    with inside(journey.tenant), clock.at(journey.begun + timedelta(days=39)):
        react(by=journey.by, line=line, kind="flag", text=FLAG)


def _use_up_tries(journey: Journey) -> None:
    sent = _sent(journey, days=3)
    for number in range(journey.edition.tries):
        journey.score(sent, assessor=journey.world.roles[SLUG, Role.ASSESSOR][0], days=6 + 9 * number, not_yet=1)
        if number + 1 < journey.edition.tries:
            again = journey.next_try(sent)
            journey.promise(again, days=8 + 9 * number)
            sent = journey.send(again, days=9 + 9 * number)


def _ask_panel(journey: Journey) -> None:
    sent = _sent(journey, days=34)
    assessor = journey.world.by(journey.world.roles[SLUG, Role.ASSESSOR][0], SLUG)
    with inside(journey.tenant), clock.at(journey.begun + timedelta(days=36)):
        claim(by=assessor, review=Review.objects.get(submission=sent, state=Review.State.WAITING))
        case = open_case(by=assessor, submission=sent, concern=CONCERN)
        panel = [user.id for user in candidates(case)[:3]]
        if len(panel) == 3:
            name_panel(by=journey.world.first(SLUG, Role.ADMIN), case=case, users=panel)
