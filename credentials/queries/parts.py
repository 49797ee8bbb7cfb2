"""The parts of an edition, loaded in a fixed number of queries, and what they mean in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.assessed import pass_rule
from credentials.models import Criterion, Edition, RubricLine
from lib.durations import in_hours

# For `prefetch_related`: everything an edition consists of, ten queries however many editions.
PARTS = (
    "method_groups__components",
    "research",
    "resources",
    "criteria__prompts",
    "rubric__levels",
    "rubric__criterion",
    "alignments",
)


def edition_parts(edition: Edition) -> Edition:
    """Load all parts of one edition (only those not loaded yet) and give it back."""
    prefetch_related_objects([edition], *PARTS)
    return edition


@dataclass(frozen=True)
class Guide:
    """Lines of the scoring guide that share the names of their levels: one table."""

    title: str
    levels: list[str]
    rows: list[dict[str, object]]  # as <c-rubric> takes them: text, cells
    needed: str  # the lowest level that counts as met
    every: bool  # whether every line of the guide, in any table, has to be met


def scoring_guides(edition: Edition) -> list[Guide]:
    """The scoring guide as tables. Authors name the levels line by line, so there can be more than one."""
    every = every_line_counts(edition, edition.rubric.all())
    tables: dict[tuple[tuple[str, bool], ...], list[RubricLine]] = {}
    for line in edition.rubric.all():
        names = tuple((level.name, level.passes) for level in line.levels.all())
        tables.setdefault(names, []).append(line)
    return [
        Guide(
            title=_("Scoring guide") if len(tables) == 1 else _("Scoring guide, part %(n)s") % {"n": n},
            levels=[name for name, _passes in names],
            rows=[
                {
                    "text": line.title
                    if every or not line.required
                    else _("%(line)s (required)") % {"line": line.title},
                    "cells": [level.description for level in line.levels.all()],
                }
                for line in lines
            ],
            needed=next((name for name, passes in reversed(names) if passes), ""),
            every=every,
        )
        for n, (names, lines) in enumerate(tables.items(), start=1)
    ]


def every_line_counts(edition: Edition, lines: Iterable[RubricLine]) -> bool:
    """Whether nobody earns it without all of `lines`, which are those of the edition."""
    others = sum(not line.required for line in lines)
    return edition.others_needed is None or edition.others_needed >= others


def pass_rule_of(edition: Edition) -> str:
    """What has to be met to earn it, in a sentence."""
    lines = edition.rubric.all()
    required = sum(line.required for line in lines)
    return pass_rule(required, len(lines) - required, edition.others_needed)


def hand_in(criterion: Criterion) -> str:
    """What one criterion asks for, in a sentence: how many answers, how long, how many files, hours or questions."""
    if criterion.part == Criterion.Kind.LOG:
        return _log(criterion)
    if criterion.part == Criterion.Kind.QUIZ:
        return _quiz(criterion)
    prompts = list(criterion.prompts.all())
    words = {(prompt.min_words, prompt.max_words) for prompt in prompts}
    length = _length(*words.pop()) if len(words) == 1 else ""
    if criterion.part != Criterion.Kind.ARTIFACT:
        return _answers(len(prompts), length) if prompts else ""
    pieces = _pieces(criterion)
    if len(prompts) == 1 and length:
        return _("%(pieces)s, with a note of %(length)s.") % {"pieces": pieces, "length": length}
    if prompts:
        return f"{pieces}. {_answers(len(prompts), length)}"
    return f"{pieces}."


def _log(criterion: Criterion) -> str:
    hours, entries = criterion.log_minutes_min, criterion.log_entries_min
    facts = {"hours": in_hours(hours), "n": entries}
    if hours and entries:
        text = ngettext(
            "A log of at least %(hours)s in at least %(n)s entry.",
            "A log of at least %(hours)s in at least %(n)s entries.",
            entries,
        )
    elif hours:
        text = _("A log of at least %(hours)s.")
    elif entries:
        text = ngettext("A log of at least %(n)s entry.", "A log of at least %(n)s entries.", entries)
    else:
        text = _("A log of what you did, and for how long.")
    return text % facts


def _quiz(criterion: Criterion) -> str:
    facts = {"draw": criterion.quiz_draw, "bank": criterion.quiz_bank, "percent": criterion.quiz_pass}
    questions = ngettext("Quiz: %(draw)s question", "Quiz: %(draw)s questions", criterion.quiz_draw) % facts
    if criterion.quiz_bank > criterion.quiz_draw:
        questions = _("%(questions)s drawn from %(bank)s") % {**facts, "questions": questions}
    tries = ngettext("%(n)s try", "%(n)s tries", criterion.quiz_tries) % {"n": criterion.quiz_tries}
    return _("%(questions)s, %(percent)s%% to pass, %(tries)s.") % {**facts, "questions": questions, "tries": tries}


def _length(low: int, high: int) -> str:
    if low:
        return _("%(low)s to %(high)s words") % {"low": low, "high": high}
    return _("up to %(high)s words") % {"high": high}


def _answers(count: int, length: str) -> str:
    if not length:
        return ngettext("%(n)s short answer.", "%(n)s short answers.", count) % {"n": count}
    text = ngettext("%(n)s short answer, %(length)s.", "%(n)s short answers, %(length)s each.", count)
    return text % {"n": count, "length": length}


def _pieces(criterion: Criterion) -> str:
    low, high = criterion.artifact_min, criterion.artifact_max
    kinds = criterion.artifact_kinds or [Criterion.ArtifactKind.FILE]
    names = {
        Criterion.ArtifactKind.FILE: ngettext("file", "files", high),
        Criterion.ArtifactKind.LINK: ngettext("link", "links", high),
        Criterion.ArtifactKind.TEXT: ngettext("text", "texts", high),
    }
    what = _(" or ").join(names[kind] for kind in names if kind in kinds)
    if low == high:
        return _("%(n)s %(what)s") % {"n": high, "what": what}
    if not low:
        return _("Up to %(n)s %(what)s") % {"n": high, "what": what}
    return _("%(low)s to %(high)s %(what)s") % {"low": low, "high": high, "what": what}
