"""A small, complete edition as laurel.edition/1, and short cuts to bring one where a test needs it."""

from typing import Any

from credentials.actions.editions import import_edition, publish, send_to_vetting
from credentials.models import Edition
from tests.cast import Cast


def sample(**changes: Any) -> dict[str, Any]:
    """A fresh copy, in canonical form, with some fields replaced."""
    return {
        "format": "laurel.edition/1",
        "title": "Asking Better Questions",
        "summary": "You plan questions that make students explain their thinking.",
        "language": "en",
        "competency": "The educator plans and asks questions that need an explanation.",
        "key_method": "Plan, ask, wait.\n\nThen listen.",
        "method_components": [
            {"title": "Plan", "components": [{"title": "Write three questions", "text": "Tie each to the goal."}]},
            {
                "title": "Ask",
                "components": [{"title": "Wait", "text": "Count to five."}, {"title": "Listen", "text": ""}],
            },
        ],
        "rationale": "Explaining helps people remember.",
        "research": [
            {
                "title": "Wait Time",
                "authors": "Rowe, M. B.",
                "year": 1986,
                "source": "Journal of Teacher Education",
                "url": "https://example.org/wait",
                "free_online": True,
                "pages": 8,
                "note": "Three seconds change the answers.",
                "checked_on": "2026-03-01",
                "classic_reason": "It is where the idea comes from.",
            }
        ],
        "resources": [
            {
                "title": "Question stems",
                "url": "https://example.org/stems",
                "kind": "video",
                "minutes": 7,
                "captioned": True,
                "note": "A short film.",
            }
        ],
        "criteria": [
            {
                "key": "class",
                "part": "overview",
                "title": "About your class",
                "instructions": "",
                "optional": False,
                "prompts": [{"key": "who", "text": "Who are your students?", "min_words": 10, "max_words": 100}],
                "artifact_min": 0,
                "artifact_max": 0,
                "artifact_kinds": [],
            },
            {
                "key": "plan",
                "part": "artifact",
                "title": "Your plan",
                "instructions": "Add the plan you used.",
                "optional": False,
                "prompts": [{"key": "look", "text": "What should we look for?", "min_words": 0, "max_words": 80}],
                "artifact_min": 1,
                "artifact_max": 3,
                "artifact_kinds": ["file", "link"],
            },
        ],
        "rubric": [
            {
                "key": "context",
                "criterion": "class",
                "title": "The class is described",
                "levels": [{"name": "Yes", "description": "It is."}, {"name": "Not yet", "description": "It is not."}],
                "pass_level": "Yes",
            },
            {
                "key": "questions",
                "criterion": "plan",
                "title": "Questions need an explanation",
                "levels": [
                    {"name": "Expert", "description": "All of them."},
                    {"name": "Solid", "description": "Most of them."},
                    {"name": "Beginning", "description": "Some of them."},
                ],
                "pass_level": "Solid",
            },
        ],
        "alignments": [
            {"framework": "InTASC", "code": "8", "name": "Instructional Strategies", "url": "https://example.org/8"}
        ],
        "hours": 6.5,
        "weeks": 2,
        "topics": ["Questions"],
        "audience": ["Classroom teachers"],
        "grades": ["3–5"],
        "evidence_types": ["Lesson plan"],
        "tries": 3,
        "due_business_days": 10,
        "badge": {"icon": "chat", "seed": ""},
        **changes,
    }


def part(key: str, kind: str, title: str, **more: Any) -> dict[str, Any]:
    """One thing to hand in, in canonical form."""
    nothing = {"instructions": "", "optional": False, "prompts": [], "artifact_min": 0, "artifact_max": 0}
    return {"key": key, "part": kind, "title": title, **nothing, "artifact_kinds": [], **more}


def log_part(key: str = "hours", minutes: int = 900, entries: int = 3, **more: Any) -> dict[str, Any]:
    """A log."""
    return part(key, "log", "Your hours", log_minutes_min=minutes, log_entries_min=entries, **more)


def quiz_item(number: int, right: tuple[int, ...] = (1,), choices: int = 3) -> dict[str, Any]:
    """A question whose words can be told from all others. Right answers are never told by the words."""
    return {
        "key": f"q{number}",
        "text": f"Question-{number}-text",
        "choices": [{"text": f"Choice-{number}-{n}", "right": n in right} for n in range(choices)],
        "feedback": f"Feedback-{number}-secret",
    }


def quiz_part(key: str = "quiz", bank: int = 6, draw: int = 4, **more: Any) -> dict[str, Any]:
    """A quiz: half of the questions have two right choices."""
    items = [quiz_item(n, right=(0, 2) if n % 2 else (1,)) for n in range(bank)]
    facts = {"quiz_draw": draw, "quiz_pass": 75, "quiz_tries": 2, "quiz_items": items}
    return part(key, "quiz", "What you know", **(facts | more))


def with_log_and_quiz(**changes: Any) -> dict[str, Any]:
    """The sample with a log and a quiz, about which no line of the guide is."""
    data = sample()
    return data | {"criteria": [*data["criteria"], log_part(), quiz_part()], **changes}


def draft(cast: Cast, **changes: Any) -> Edition:
    """A draft by Dora."""
    with cast.inside():
        return import_edition(by=cast.by(cast.dora), data=sample(**changes))


def sent(cast: Cast, **changes: Any) -> Edition:
    """A draft by Dora that waits for a vetter."""
    edition = draft(cast, **changes)
    with cast.inside():
        return send_to_vetting(by=cast.by(cast.dora), edition=edition)


def published(cast: Cast, **changes: Any) -> Edition:
    """Written by Dora, published by Vito."""
    edition = sent(cast, **changes)
    with cast.inside():
        return publish(by=cast.by(cast.vito), edition=edition)
