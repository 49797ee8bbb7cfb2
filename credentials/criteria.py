"""What people hand in, as a part of laurel.edition/1: questions, evidence, a log, or a quiz with its bank of items.

Fields of logs and quizzes stand only in parts of their kind, so files from before there were any stay as they are.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Criterion, Edition, QuizItem
from credentials.shape import Reader

Kind = Criterion.Kind
LONG = 20_000  # characters of a text with paragraphs
BANK = 60  # questions of one quiz: as many as one page of the editor can hold
SCORES_ITSELF = (Kind.LOG, Kind.QUIZ)  # a line of the scoring guide may be about these, but none has to
LOG_FIELDS = ("log_minutes_min", "log_entries_min")
QUIZ_FIELDS = ("quiz_draw", "quiz_pass", "quiz_tries")


def read_criterion(row: Reader) -> dict[str, Any]:
    """One part. What belongs to another kind of part is noted as a problem and left out."""
    part = row.choice("part", Kind.values)
    clean = {
        "key": row.key("key"),
        "part": part,
        "title": row.text("title", 160, filled=True),
        "instructions": row.text("instructions", LONG, lines=True),
        "optional": row.flag("optional"),
        "prompts": row.each("prompts", _prompt, most=20),
        "artifact_min": row.number("artifact_min", 0, 50, 0),
        "artifact_max": row.number("artifact_max", 0, 50, 0),
        "artifact_kinds": row.words("artifact_kinds", 3, each=8, allowed=Criterion.ArtifactKind.values),
    }
    row.unique("prompts", clean["prompts"], "key")
    if part == Kind.ARTIFACT:
        _evidence(row, clean)
    elif part:
        for name, none in (("artifact_min", 0), ("artifact_max", 0), ("artifact_kinds", [])):
            if clean[name] != none:
                row.note(name, _("Only a part for evidence can ask for files, links or texts."))
                clean[name] = none
    if part in SCORES_ITSELF:
        if clean["prompts"]:
            row.note("prompts", _("A log or a quiz has no questions to answer in writing. Ask them in another part."))
            clean["prompts"] = []
        clean |= _log(row) if part == Kind.LOG else _quiz(row)
    elif part and part != Kind.ARTIFACT and not clean["prompts"]:
        row.note("prompts", _("Ask at least one question here."))
    return clean


def _prompt(row: Reader) -> dict[str, Any]:
    clean = {
        "key": row.key("key"),
        "text": row.text("text", 3000, filled=True, lines=True),
        "min_words": row.number("min_words", 0, 10_000, 0),
        "max_words": row.number("max_words", 1, 10_000, 500),
    }
    if clean["max_words"] < clean["min_words"]:
        row.note("max_words", _("This is less than the smallest number of words."))
    return clean


def _evidence(row: Reader, clean: dict[str, Any]) -> None:
    if clean["artifact_min"] < 1:
        row.note("artifact_min", _("Ask for at least 1 piece of evidence."))
    if clean["artifact_max"] < clean["artifact_min"]:
        row.note("artifact_max", _("This is less than the smallest number asked for."))
    if not clean["artifact_kinds"]:
        row.note("artifact_kinds", _("Say which kinds are taken: file, link or text."))


def _log(row: Reader) -> dict[str, Any]:
    return {
        "log_minutes_min": row.number("log_minutes_min", 0, 60_000, 0),
        "log_entries_min": row.number("log_entries_min", 0, 500, 0),
    }


def _quiz(row: Reader) -> dict[str, Any]:
    if "quiz_bank" in row.data and "quiz_items" not in row.data:
        row.take("quiz_bank", required=False)
        row.note(
            "quiz_items",
            _("This copy is from the catalog, which leaves out the questions of a quiz. Ask its author for a file."),
        )
    clean = {
        "quiz_draw": row.number("quiz_draw", 1, BANK, 1, required=True),
        "quiz_pass": row.number("quiz_pass", 1, 100, 100, required=True),
        "quiz_tries": row.number("quiz_tries", 1, 20, 1, required=True),
        "quiz_items": row.each("quiz_items", _item, most=BANK, required=True),
    }
    row.unique("quiz_items", clean["quiz_items"], "key")
    return clean


def _item(row: Reader) -> dict[str, Any]:
    clean = {
        "key": row.key("key"),
        "text": row.text("text", 3000, filled=True, lines=True),
        "choices": row.each("choices", _choice, most=8, required=True),
        "feedback": row.text("feedback", 3000, lines=True),
    }
    row.unique("choices", clean["choices"], "text")
    if not row.problems.under(row.at("choices")):
        if len(clean["choices"]) < 2:
            row.note("choices", _("A question needs at least 2 choices."))
        elif not any(each["right"] for each in clean["choices"]):
            row.note("choices", _("Mark at least one choice as right."))
    return clean


def _choice(row: Reader) -> dict[str, Any]:
    return {"text": row.text("text", 500, filled=True), "right": row.flag("right")}


def unscored(clean: dict[str, Any]) -> list[int]:
    """The places of those criteria that count, do not score themselves, and that no line of the guide is about."""
    scored = {line["criterion"] for line in clean["rubric"]}
    return [
        n
        for n, each in enumerate(clean["criteria"])
        if not each["optional"] and each["part"] not in SCORES_ITSELF and each["key"] not in scored
    ]


def small_banks(clean: dict[str, Any]) -> list[tuple[int, str]]:
    """The places of quizzes that draw more questions than they have, each with a sentence about it."""
    found = []
    for n, each in enumerate(clean["criteria"]):
        missing = each["quiz_draw"] - len(each["quiz_items"]) if each["part"] == Kind.QUIZ else 0
        if missing > 0:
            sentence = ngettext(
                "A try draws %(draw)s questions, but there are %(bank)s. Add %(n)s more, or draw fewer.",
                "A try draws %(draw)s questions, but there are %(bank)s. Add %(n)s more, or draw fewer.",
                missing,
            )
            found.append((n, sentence % {"draw": each["quiz_draw"], "bank": len(each["quiz_items"]), "n": missing}))
    return found


def export_criteria(edition: Edition, criteria: list[Criterion]) -> list[dict[str, Any]]:
    """`criteria` of `edition` in canonical form, the bank of a quiz with its right answers (2 queries)."""
    prompts: dict[Any, list[dict[str, Any]]] = {}
    for prompt in edition.prompts.all():
        prompts.setdefault(prompt.criterion_id, []).append(_fields(prompt, "key", "text", "min_words", "max_words"))
    banks: dict[Any, list[dict[str, Any]]] = {}
    if any(each.part == Kind.QUIZ for each in criteria):
        for item in edition.quiz_items.all():
            banks.setdefault(item.criterion_id, []).append(_exported(item))
    rows = []
    for each in criteria:
        row = _fields(each, "key", "part", "title", "instructions", "optional")
        row["prompts"] = prompts.get(each.id, [])
        row |= _fields(each, "artifact_min", "artifact_max", "artifact_kinds")
        if each.part == Kind.LOG:
            row |= _fields(each, *LOG_FIELDS)
        if each.part == Kind.QUIZ:
            row |= {**_fields(each, *QUIZ_FIELDS), "quiz_items": banks.get(each.id, [])}
        rows.append(row)
    return rows


def _exported(item: QuizItem) -> dict[str, Any]:
    choices = [{"text": text, "right": place in item.right_places} for place, text in enumerate(item.choices)]
    return {**_fields(item, "key", "text"), "choices": choices, "feedback": item.feedback}


def without_questions(row: dict[str, Any]) -> dict[str, Any]:
    """A criterion in canonical form as everyone may read it."""
    if row["part"] != Kind.QUIZ:
        return row
    shown = {name: value for name, value in row.items() if name != "quiz_items"}
    return {**shown, "quiz_bank": len(row["quiz_items"])}


def _fields(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
