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
