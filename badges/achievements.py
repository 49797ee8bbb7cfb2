"""What an edition or a stack is in Open Badges terms: an Achievement with its rubric, alignments and picture."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.endorsements import carried
from badges.openbadges.content import Achievement, Alignment, Level, Picture, ResultLine
from credentials.models import Edition, RubricLine, Stack
from credentials.queries.parts import every_line_counts
from tenants.mail import absolute


def achievement_of(thing: Edition | Stack) -> Achievement:
    """The Achievement that badges for `thing` carry: the same one until somebody endorses it, or takes that back."""
    return _of_edition(thing) if isinstance(thing, Edition) else _of_stack(thing)


def achievement_address(thing: Edition | Stack) -> str:
    """The id of the Achievement, where people and machines can read it."""
    return absolute(reverse("achievement", args=["e" if isinstance(thing, Edition) else "s", thing.id]))


def line_address(edition: Edition, key: str) -> str:
    """The id of a rubric line inside the Achievement of its edition."""
    return f"{achievement_address(edition)}#line-{key}"


def level_address(edition: Edition, key: str, position: int) -> str:
    """The id of a level of a rubric line. Positions count from the best level."""
    return f"{line_address(edition, key)}-{position}"


def picture_address(thing: Edition | Stack, extension: str = "png") -> str:
    """Where the artwork lies."""
    return absolute(reverse("art", args=["e" if isinstance(thing, Edition) else "s", thing.id, extension]))


def _of_edition(edition: Edition) -> Achievement:
    rubric = list(edition.rubric.prefetch_related("levels"))
    every = every_line_counts(edition, rubric)
    return Achievement(
        id=achievement_address(edition),
        name=edition.title,
        description=edition.summary or edition.competency,
        criteria_url=achievement_address(edition),
        criteria_narrative=_narrative(edition, [line.title for line in rubric]),
        hours_note=_("Takes about %(hours)s hours of work.") % {"hours": f"{edition.hours.normalize():f}"},
        image=Picture(url=picture_address(edition), caption=_("Badge: %(title)s") % {"title": edition.title}),
        tags=tuple(edition.topics),
        alignments=tuple(
            Alignment(name=each.name, url=each.url, code=each.code, framework=each.framework)
            for each in edition.alignments.all()
        ),
        lines=tuple(_line(edition, line, needed=every or line.required) for line in rubric),
        credits=credits_of(edition),
        version=str(edition.number),
        language=edition.language,
        endorsements=carried(edition),
    )


def credits_of(edition: Edition) -> Decimal | None:
    """The continuing education units that the credential carries; None without any (creditsAvailable)."""
    return Decimal(edition.ceu_hundredths) / 100 if edition.ceu_hundredths else None


def _line(edition: Edition, line: RubricLine, *, needed: bool) -> ResultLine:
    best_first = list(line.levels.all())
    passing = [level for level in best_first if level.passes]
    return ResultLine(
        id=line_address(edition, line.key),
        name=line.title,
        levels=tuple(
            Level(
                id=level_address(edition, line.key, level.position),
                name=level.name,
                description=level.description,
                points=str(len(best_first) - place),
            )
            for place, level in reversed(list(enumerate(best_first)))
        ),
        required_level=level_address(edition, line.key, passing[-1].position) if passing and needed else "",
    )


def _narrative(edition: Edition, lines: list[str]) -> str:
    scored = "\n".join(f"* {title}" for title in lines)
    heading = _("Trained assessors scored the evidence, without knowing whose it was, on each of these:")
    return f"{edition.competency}\n\n{edition.key_method}\n\n{heading}\n\n{scored}".strip()


def _of_stack(stack: Stack) -> Achievement:
    items = list(stack.items.select_related("micro_credential", "substack"))
    needed = stack.needed or len(items)
    rule = ngettext(
        "Earn %(needed)s of this %(count)s badge:", "Earn %(needed)s of these %(count)s badges:", len(items)
    ) % {"needed": needed, "count": len(items)}
    return Achievement(
        id=achievement_address(stack),
        name=stack.title,
        description=stack.description,
        kind="stack",
        criteria_url=achievement_address(stack),
        criteria_narrative=rule + "\n\n" + "\n".join(f"* {title}" for title in stack_item_titles(items)),
        image=Picture(url=picture_address(stack), caption=_("Badge: %(title)s") % {"title": stack.title}),
        endorsements=carried(stack),
    )


def stack_item_titles(items: list) -> list[str]:
    """The titles of stack items: of the published (or newest) edition, or of the stack inside."""
    ids = [item.micro_credential_id for item in items if item.micro_credential_id]
    titles: dict = {}
    for edition in Edition.objects.filter(micro_credential_id__in=ids).order_by("number"):
        titles[edition.micro_credential_id] = edition.title
    return [item.substack.title if item.substack_id else titles.get(item.micro_credential_id, "") for item in items]
