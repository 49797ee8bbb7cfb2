"""Samples that the demo's assessors can practice on, one of which its assessor has scored."""

from datetime import datetime, timedelta

from assessment.actions.anchors import Stands, publish_anchor, save_anchor, write_anchor
from assessment.actions.deciding import finish
from assessment.actions.practice import start_practice
from assessment.actions.scoring import Given, save_scores
from assessment.labels import refresh_labels
from assessment.queries import open_lines
from config.demo import content
from config.demo.people import ACCOUNTS, World
from credentials.models import Edition, Prompt, RubricLevel, RubricLine
from lib import clock
from tenants.models import Role
from tenants.roles import system
from tenants.scope import inside

SLUG = "responding-to-cultural-differences-in-schools"
SAMPLES = 2  # one fewer than would close the queue to those who have not practiced


def make_samples(world: World, editions: dict[str, Edition], today: datetime) -> None:
    """An author writes them; the assessor scores the first, one level off on one line; labels are worked out."""
    edition = editions[SLUG]
    with inside(edition.tenant):
        with clock.at(today - timedelta(days=40)):
            for variant in range(SAMPLES):
                _write(world, edition, variant)
        with clock.at(today - timedelta(days=3)):
            _practice(world, edition)
    for tenant in world.tenants.values():
        with inside(tenant):
            refresh_labels(by=system(tenant))


def _write(world: World, edition: Edition, variant: int) -> None:
    by = world.first(edition.tenant.slug, Role.AUTHOR)
    anchor = write_anchor(by=by, edition=edition)
    answers = content.samples()["answers"][SLUG]
    prompts = Prompt.objects.filter(edition=edition).select_related("criterion")
    lines = RubricLine.objects.filter(edition=edition).prefetch_related("levels")
    save_anchor(
        by=by,
        anchor=anchor,
        use=anchor.use,
        stands=[_stands(line, variant, n) for n, line in enumerate(lines)],
        texts={each.id: answers[each.criterion.key][each.key][variant] for each in prompts},
        names_checked=True,
    )
    anchor.refresh_from_db()
    publish_anchor(by=by, anchor=anchor)


def _stands(line: RubricLine, variant: int, number: int) -> Stands:
    """The best level, but on one line of each sample the second."""
    level = line.levels.all()[1 if number == variant else 0]
    return Stands(
        line, level, _said(line, level) or "All that this level asks for is there, in the educator’s own words."
    )


def _said(line: RubricLine, level: RubricLevel) -> str:
    return content.samples()["comments"][SLUG][line.key].get(level.name, [""])[0]


def _practice(world: World, edition: Edition) -> None:
    by = world.by(world.users[ACCOUNTS["assessor"]], edition.tenant.slug)
    held = start_practice(by=by, edition=edition)
    given = [Given(line, line.levels.all()[0], "") for line in open_lines(held.submission_id)]
    save_scores(by=by, review=held, token=held.token, given=given)
    finish(by=by, review=held, token=held.token)
