"""Badges for tests, made the way the product makes them: awarded by the action, minted from the outbox."""

from uuid import uuid4

from badges import completing, mail
from badges.actions import award
from badges.deliveries import handle
from badges.minting import mint
from badges.models import Badge, Consumer
from credentials.models import Edition
from tenants.roles import system
from tests.cast import Cast


def best_results(edition: Edition) -> list[dict]:
    """The best level on every line."""
    return [{"line": line.key, "level": 0} for line in edition.rubric.all()]


def awarded(cast: Cast, edition: Edition, earner=None) -> Badge:
    """A badge whose award is written and which nobody has minted yet."""
    with cast.inside(edition.tenant):
        return award(
            by=system(cast.lakeside),
            earner=earner or cast.ada,
            edition=edition,
            submission_id=uuid4(),
            results=best_results(edition),
        )


def work_off() -> None:
    """What the workers do: mint, complete stacks, tell earners, until nothing is left."""
    while (
        handle(Consumer.MINT, mint) + handle(Consumer.STACKS, completing.follow) + handle(Consumer.NOTICE, mail.follow)
    ):
        pass


def minted(cast: Cast, edition: Edition, earner=None) -> Badge:
    """A badge in good standing."""
    badge = awarded(cast, edition, earner)
    work_off()
    badge.refresh_from_db()
    return badge
