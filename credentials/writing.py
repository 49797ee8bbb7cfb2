"""From the canonical form of an edition to its rows: one writer for import, copies and every page of the editor."""

from datetime import date
from decimal import Decimal
from typing import Any

from credentials.assessed import assessment_of
from credentials.models import (
    Alignment,
    Criterion,
    Edition,
    MethodComponent,
    MethodGroup,
    Prompt,
    QuizItem,
    ResearchItem,
    Resource,
    RubricLevel,
    RubricLine,
)

PLAIN = (
    "title", "summary", "language", "competency", "key_method", "rationale", "weeks", "topics", "audience", "grades",
    "evidence_types", "tries", "due_business_days",
)  # fmt: skip
PARTS = (RubricLine, Criterion, MethodGroup, ResearchItem, Resource, Alignment)  # the rest goes with these


def fill(edition: Edition, data: dict[str, Any]) -> None:
    """Set the edition's own fields from canonical `data`. The caller saves it."""
    for name in PLAIN:
        setattr(edition, name, data[name])
    for name, value in assessment_of(data).items():
        setattr(edition, name, value)
    edition.hours = Decimal(str(data["hours"]))
    badge = data["badge"]
    edition.icon, edition.art_seed = badge["icon"], badge["seed"]
    edition.valid_months, edition.ceu_hundredths = badge.get("valid_months"), badge.get("ceu_hundredths", 0)


def replace_parts(edition: Edition, data: dict[str, Any]) -> None:
    """Make the rows of all parts be those of canonical `data`. Nothing refers to the parts of a draft."""
    for model in PARTS:
        model.objects.filter(edition=edition).delete()
    _method(edition, data["method_components"])
    ResearchItem.objects.bulk_create(
        ResearchItem(
            edition=edition,
            position=place,
            **{**each, "checked_on": each["checked_on"] and date.fromisoformat(each["checked_on"])},
        )
        for place, each in enumerate(data["research"])
    )
    Resource.objects.bulk_create(_rows(Resource, edition, data["resources"]))
    Alignment.objects.bulk_create(_rows(Alignment, edition, data["alignments"]))
    _rubric(edition, data["rubric"], _criteria(edition, data["criteria"]))


def _rows(model: type, edition: Edition, rows: list[dict[str, Any]], **more: Any) -> list[Any]:
    return [model(edition=edition, position=place, **each, **more) for place, each in enumerate(rows)]


def _method(edition: Edition, rows: list[dict[str, Any]]) -> None:
    groups = _rows(MethodGroup, edition, [{"title": each["title"]} for each in rows])
    MethodGroup.objects.bulk_create(groups)
    MethodComponent.objects.bulk_create(
        component
        for group, each in zip(groups, rows, strict=True)
        for component in _rows(MethodComponent, edition, each["components"], group=group)
    )


def _criteria(edition: Edition, rows: list[dict[str, Any]]) -> dict[str, Criterion]:
    own = [{name: value for name, value in each.items() if name not in ("prompts", "quiz_items")} for each in rows]
    criteria = _rows(Criterion, edition, own)
    for criterion, each in zip(criteria, rows, strict=True):
        criterion.quiz_bank = len(each.get("quiz_items", ()))
    Criterion.objects.bulk_create(criteria)
    Prompt.objects.bulk_create(
        prompt
        for criterion, each in zip(criteria, rows, strict=True)
        for prompt in _rows(Prompt, edition, each["prompts"], criterion=criterion)
    )
    QuizItem.objects.bulk_create(
        _quiz_item(edition, criterion, place, item)
        for criterion, each in zip(criteria, rows, strict=True)
        for place, item in enumerate(each.get("quiz_items", ()))
    )
    return {each.key: each for each in criteria}


def _quiz_item(edition: Edition, criterion: Criterion, place: int, item: dict[str, Any]) -> QuizItem:
    return QuizItem(
        edition=edition,
        criterion=criterion,
        position=place,
        key=item["key"],
        text=item["text"],
        choices=[choice["text"] for choice in item["choices"]],
        right_places=[n for n, choice in enumerate(item["choices"]) if choice["right"]],
        feedback=item["feedback"],
    )


def _rubric(edition: Edition, rows: list[dict[str, Any]], criteria: dict[str, Criterion]) -> None:
    lines = [
        RubricLine(
            edition=edition,
            position=place,
            key=each["key"],
            title=each["title"],
            criterion=criteria[each["criterion"]],
            required=each.get("required", True),
        )
        for place, each in enumerate(rows)
    ]
    RubricLine.objects.bulk_create(lines)
    levels = []
    for line, each in zip(lines, rows, strict=True):
        passing = [level["name"] for level in each["levels"]].index(each["pass_level"])
        levels += [
            RubricLevel(edition=edition, line=line, position=place, passes=place <= passing, **level)
            for place, level in enumerate(each["levels"])
        ]
    RubricLevel.objects.bulk_create(levels)
