"""laurel.edition/1: a whole edition as JSON. Reading it reports every problem; writing it is what gets hashed.

`parse` gives the canonical form: export_edition(import_edition(x)) == parse(x), and parse(parse(x)) == parse(x).
"""

from typing import Any

import orjson
from django.utils.translation import gettext as _

from credentials.assessed import export_assessment, pass_rule_problem, read_assessment
from credentials.criteria import export_criteria, read_criterion, small_banks, unscored, without_questions
from credentials.models import Edition, Resource
from credentials.shape import Problems, Reader
from lib.errors import Invalid

FORMAT = "laurel.edition/1"
MOST_BYTES = 1_000_000
MOST_CEU = 10_000  # hundredths of a continuing education unit
LONG = 20_000  # characters of a text with paragraphs


def read_json(raw: bytes | str) -> Any:
    """The value of a JSON text. Raises Invalid with the line of the mistake; never anything else, whatever is sent."""
    if len(raw) > MOST_BYTES:
        raise Invalid(_("This is too big for a micro-credential. The limit is 1 MB."), field="json", code="too-big")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as problem:
        raise Invalid(
            _("This is not JSON that we can read: line %(line)s, column %(column)s (%(why)s).")
            % {"line": problem.lineno, "column": problem.colno, "why": problem.msg.split(":")[0]},
            field="json",
            code="not-json",
        ) from None
    except UnicodeEncodeError:
        raise Invalid(_("This has characters that cannot be stored."), field="json", code="not-json") from None


def parse(data: Any, *, strict: bool = True) -> dict[str, Any]:
    """The canonical form of `data`. Raises Invalid: .field is the first bad path, .facts["errors"] maps all of them.

    Not `strict`: scored parts may still be missing, as in a draft that is being written.
    """
    clean, problems = check(data, strict=strict)
    if problems:
        path, sentence = next(iter(problems.items()))
        raise Invalid(f"{path}: {sentence}" if path else sentence, field=path, errors=dict(problems))
    return clean


def check(data: Any, *, strict: bool = True) -> tuple[dict[str, Any], Problems]:
    """The canonical form as far as `data` can be read, and what is wrong with it by path."""
    problems = Problems()
    top = Reader(data, "", problems)
    top.choice("format", [FORMAT])
    clean = {
        "format": FORMAT,
        "title": top.text("title", 160, filled=True),
        "summary": top.text("summary", 300, required=True),
        "language": _language(top),
        "competency": top.text("competency", LONG, required=True, lines=True),
        "key_method": top.text("key_method", LONG, required=True, lines=True),
        "method_components": top.each("method_components", _group, most=20, required=True),
        "rationale": top.text("rationale", LONG, required=True, lines=True),
        "research": top.each("research", _research, most=60, required=True),
        "resources": top.each("resources", _resource, most=60, required=True),
        "criteria": top.each("criteria", read_criterion, least=int(strict), most=30, required=True),
        "rubric": top.each("rubric", _line, least=int(strict), most=60, required=True),
        "alignments": top.each("alignments", _alignment, most=40),
        "hours": top.decimal("hours", 1, 60, 8),
        "weeks": top.number("weeks", 1, 52, 3),
        "topics": top.words("topics", 12, each=60),
        "audience": top.words("audience", 12, each=60),
        "grades": top.words("grades", 20, each=30),
        "evidence_types": top.words("evidence_types", 20, each=80),
        "tries": top.number("tries", 1, 20, 3),
        "due_business_days": top.number("due_business_days", 1, 90, 10),
        **read_assessment(top),
        "badge": _badge(top),
    }
    top.done()
    _references(top, clean, strict)
    return clean, problems


def _language(top: Reader) -> str:
    code = top.text("language", 12) or "en"
    parts = code.split("-")
    if not (
        all(part.isascii() and part.isalnum() for part in parts) and 2 <= len(parts[0]) <= 3 and parts[0].isalpha()
    ):
        top.note("language", _("This is not a language code. Use one like en or es-MX."))
    return code


def _group(row: Reader) -> dict[str, Any]:
    return {"title": row.text("title", 160, filled=True), "components": row.each("components", _component, most=30)}


def _component(row: Reader) -> dict[str, Any]:
    return {"title": row.text("title", 160, filled=True), "text": row.text("text", LONG, lines=True)}


def _research(row: Reader) -> dict[str, Any]:
    return {
        "title": row.text("title", 300, filled=True),
        "authors": row.text("authors", 300, filled=True),
        "year": row.number("year", 1800, 2200, 2000, required=True),
        "source": row.text("source", 300),
        "url": row.url("url"),
        "free_online": row.flag("free_online"),
        "pages": row.number("pages", 1, 30_000),
        "note": row.text("note", LONG, lines=True),
        "checked_on": row.day("checked_on"),
        "classic_reason": row.text("classic_reason", 300),
    }


def _resource(row: Reader) -> dict[str, Any]:
    kind = row.choice("kind", Resource.Kind.values, Resource.Kind.ARTICLE.value)
    captioned = row.flag("captioned", None)
    return {
        "title": row.text("title", 300, filled=True),
        "url": row.url("url"),
        "kind": kind,
        "minutes": row.number("minutes", 1, 30_000),
        "captioned": captioned if kind == Resource.Kind.VIDEO else None,  # says nothing about anything else
        "note": row.text("note", LONG, lines=True),
    }


def _line(row: Reader) -> dict[str, Any]:
    clean = {
        "key": row.key("key"),
        "criterion": row.key("criterion"),
        "title": row.text("title", 200, filled=True),
        "levels": row.each("levels", _level, least=2, most=5, required=True),
        "pass_level": row.text("pass_level", 60, filled=True),
        **({} if row.flag("required", True) else {"required": False}),
    }
    row.unique("levels", clean["levels"], "name")
    names = [level["name"] for level in clean["levels"]]
    if clean["pass_level"] and names and not row.problems.under(row.at("levels")):
        if clean["pass_level"] not in names:
            row.note(
                "pass_level",
                _("This is not the name of a level above. Use one of: %(names)s.") % {"names": ", ".join(names)},
            )
        elif clean["pass_level"] == names[-1]:
            row.note("pass_level", _("The lowest level cannot be the pass level: then everything would pass."))
    return clean


def _level(row: Reader) -> dict[str, Any]:
    return {
        "name": row.text("name", 60, filled=True),
        "description": row.text("description", 3000, filled=True, lines=True),
    }


def _alignment(row: Reader) -> dict[str, Any]:
    return {
        "framework": row.text("framework", 200, filled=True),
        "code": row.text("code", 60),
        "name": row.text("name", 300, filled=True),
        "url": row.url("url", filled=True, signed=True),
    }


def _badge(top: Reader) -> dict[str, Any]:
    part = top.part("badge")
    clean = {"icon": part.choice("icon", Edition.Icon.values, Edition.Icon.SPARK.value), "seed": part.text("seed", 60)}
    # Left out when there is none, so that the hashes of editions from before there could be one stay true.
    valid_months, ceu = part.number("valid_months", 1, 240), part.number("ceu_hundredths", 0, MOST_CEU)
    part.done()
    return clean | _when_set(valid_months, ceu or 0)


def _when_set(valid_months: int | None, ceu_hundredths: int) -> dict[str, int]:
    given = {"valid_months": valid_months, "ceu_hundredths": ceu_hundredths}
    return {name: value for name, value in given.items() if value}


def _references(top: Reader, clean: dict[str, Any], strict: bool) -> None:
    """Rules that tie the criteria and the scoring guide together."""
    criteria, rubric = clean["criteria"], clean["rubric"]
    top.unique("criteria", criteria, "key")
    top.unique("rubric", rubric, "key")
    known = {each["key"] for each in criteria}
    for index, line in enumerate(rubric):
        if line["criterion"] and line["criterion"] not in known:
            sentence = _("There is no criterion with the key “%(key)s”.") % {"key": line["criterion"]}
            top.note(f"rubric[{index}].criterion", sentence)
    if strict:
        for index in unscored(clean):
            top.note(
                f"criteria[{index}]", _("No line of the scoring guide is about this. Add one, or make it optional.")
            )
        for index, sentence in small_banks(clean):
            top.note(f"criteria[{index}].quiz_items", sentence)
        if problem := pass_rule_problem(clean):
            top.note("assessment.others_needed", problem)


def export_edition(edition: Edition) -> dict[str, Any]:
    """The whole edition in canonical form (9 queries, one more with a quiz), right answers of a quiz included.

    For authors and vetters. What everyone may read is `public_edition`.
    """
    components, levels = _by("group_id", edition.method_components), _by("line_id", edition.levels)
    criteria = list(edition.criteria.all())
    keys = {each.id: each.key for each in criteria}
    hours = edition.hours
    return {
        "format": FORMAT,
        **{name: getattr(edition, name) for name in ("title", "summary", "language", "competency", "key_method")},
        "method_components": [
            {
                "title": group.title,
                "components": [_fields(each, "title", "text") for each in components.get(group.id, [])],
            }
            for group in edition.method_groups.all()
        ],
        "rationale": edition.rationale,
        "research": [
            _fields(each, "title", "authors", "year", "source", "url", "free_online", "pages", "note")
            | {"checked_on": each.checked_on and each.checked_on.isoformat(), "classic_reason": each.classic_reason}
            for each in edition.research.all()
        ],
        "resources": [
            _fields(each, "title", "url", "kind", "minutes", "captioned", "note") for each in edition.resources.all()
        ],
        "criteria": export_criteria(edition, criteria),
        "rubric": [
            {
                "key": line.key,
                "criterion": keys[line.criterion_id],
                "title": line.title,
                "levels": [_fields(each, "name", "description") for each in levels.get(line.id, [])],
                "pass_level": [each.name for each in levels.get(line.id, []) if each.passes][-1],
                **({} if line.required else {"required": False}),
            }
            for line in edition.rubric.all()
        ],
        "alignments": [_fields(each, "framework", "code", "name", "url") for each in edition.alignments.all()],
        "hours": int(hours) if hours == int(hours) else float(hours),
        **{
            name: getattr(edition, name)
            for name in ("weeks", "topics", "audience", "grades", "evidence_types", "tries", "due_business_days")
        },
        **export_assessment(edition),
        "badge": {"icon": edition.icon, "seed": edition.art_seed}
        | _when_set(edition.valid_months, edition.ceu_hundredths),
    }


def public_edition(edition: Edition) -> dict[str, Any]:
    """The edition as everyone may read it: of the questions of a quiz only how many there are (`quiz_bank`).

    Its lib.canonical.content_hash names a published edition, so that anyone can check the hash, and nobody can try
    out right answers against it. The questions are frozen with the edition like everything else.
    """
    data = export_edition(edition)
    return {**data, "criteria": [without_questions(each) for each in data["criteria"]]}


def _fields(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _by(column: str, manager: Any) -> dict[Any, list[Any]]:
    grouped: dict[Any, list[Any]] = {}
    for row in manager.all():
        grouped.setdefault(getattr(row, column), []).append(row)
    return grouped
