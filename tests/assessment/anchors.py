"""Props: anchors in use, and readings of them."""

from django.test import Client

from assessment.actions.anchors import Stands, publish_anchor, save_anchor, write_anchor
from assessment.actions.deciding import finish
from assessment.actions.practice import start_practice
from assessment.actions.scoring import Given, save_scores
from assessment.calibration import calibrations_of
from assessment.models import Anchor, Review
from assessment.queries import open_lines
from credentials.actions.editions import import_edition, publish, send_to_vetting
from credentials.models import Edition, Prompt, RubricLine
from tenants.models import User
from tests.assessment import stage
from tests.cast import Cast
from tests.submissions.stage import edition_data

WHY = "The plan checks for understanding twice, on pages 1 and 3."


def anchor(cast: Cast, edition: Edition, *, use: str = "practice", level: int = 0, publish: bool = True) -> Anchor:
    """An anchor by Dora, with the level at this place on every line."""
    by = cast.by(cast.dora)
    with stage.inside(cast):
        made = write_anchor(by=by, edition=edition, use=use)
        lines = RubricLine.objects.filter(edition=edition).prefetch_related("levels")
        save_anchor(
            by=by,
            anchor=made,
            use=use,
            stands=[Stands(line, line.levels.all()[level], WHY) for line in lines],
            texts={each.id: f"This is how I answer {each.key}." for each in Prompt.objects.filter(edition=edition)},
            names_checked=True,
        )
        made.refresh_from_db()
        return publish_anchor(by=by, anchor=made) if publish else made


def anchors(cast: Cast, edition: Edition, count: int = 3) -> list[Anchor]:
    """As many to practice on."""
    return [anchor(cast, edition) for _each in range(count)]


def send_off(cast: Cast, review: Review, *, off: int = 0, by: int = 1) -> None:
    """Send a reading: the best level on every line, but `by` levels away on `off` of them."""
    with stage.inside(cast):
        given = [
            Given(line, line.levels.all()[by if n < off else 0], "See page 2, and add one check.")
            for n, line in enumerate(open_lines(review.submission_id))
        ]
        member = cast.by(review.assessor)
        save_scores(by=member, review=review, token=review.token, given=given)
        finish(by=member, review=review, token=review.token)


def practice_once(cast: Cast, edition: Edition, user: User | None = None, *, off: int = 0, by: int = 1) -> Review:
    """One sample of a round, started and sent."""
    with stage.inside(cast):
        review = start_practice(by=cast.by(user or cast.bela), edition=edition)
    send_off(cast, review, off=off, by=by)
    return review


def calibrate(cast: Cast, edition: Edition, user: User | None = None) -> None:
    """A whole round without a difference."""
    for _each in range(3):
        practice_once(cast, edition, user)


def signed_in(user: User) -> Client:
    """A browser."""
    client = Client()
    client.force_login(user)
    return client


def edition_read(cast: Cast, title: str, times: int) -> Edition:
    """An edition whose work this many assessors read."""
    by = cast.by(cast.dora)
    with cast.inside():
        draft = import_edition(by=by, data=edition_data(title))
        Edition.objects.filter(id=draft.id).update(plan=Edition.Plan.TWO if times > 1 else Edition.Plan.ONE)
        send_to_vetting(by=by, edition=draft)
        publish(by=cast.by(cast.vito), edition=draft)
    return Edition.objects.get(id=draft.id)


def is_calibrated(user: User, edition: Edition) -> bool:
    """Whether `user` has shown it for this edition, it has not ended, and it is not paused."""
    return calibrations_of(user).filter(edition=edition).exists()
