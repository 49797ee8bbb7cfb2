"""What a processor is given, and where it puts what it made."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from submissions.media.limits import Limits
from submissions.media.plain import plain

MANIFEST = "manifest.json"  # the list of what was made, written last


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The file has no preview, for a foreseen reason. `problem` is a key of sentences.PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass
class Task:
    """One file to make previews of. The working folder is where they go; file names are relative to it."""

    source: Path
    content_type: str
    deadline: float  # of time.monotonic(); a processor that stops before it keeps what it has
    limits: Limits
    words: dict[str, str]
    ffmpeg: str
    previews: list[dict[str, object]] = field(default_factory=list)
    seconds: float | None = None
    pages: int = 0
    texts: list[str] = field(default_factory=list)
    left_out: list[tuple[str, dict[str, int]]] = field(default_factory=list)
    _characters: int = 0

    def add(
        self, kind: str, name: str, content_type: str, *, position: int = 0, width: int = 0, height: int = 0
    ) -> None:
        """Announce a file that was written."""
        self.previews.append(
            {
                "kind": kind,
                "name": name,
                "content_type": content_type,
                "position": position,
                "width": width,
                "height": height,
            }
        )

    def add_text(self, text: str) -> None:
        """Keep the text of the next page, slide or document, as far as there is room."""
        kept = plain(text[: self.limits.text_characters])[: self.limits.text_characters - self._characters]
        self._characters += len(kept)
        self.texts.append(kept)

    def leave_out(self, what: str, **numbers: int) -> None:
        """Say what the previews do not show. `what` is a code that sentences.left_out knows."""
        self.left_out.append((what, numbers))

    def time_left(self) -> float:
        """Seconds until the process is ended from outside."""
        return self.deadline - time.monotonic()


def task_from(told: dict[str, Any]) -> Task:
    """The task as the parent described it (making.py)."""
    return Task(
        source=Path(told["source"]),
        content_type=told["content_type"],
        deadline=told["deadline"],
        limits=Limits(**told["limits"]),
        words=told["words"],
        ffmpeg=told["ffmpeg"],
    )
