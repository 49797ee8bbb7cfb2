"""Plain text."""

from html import escape

from submissions.media.plain import plain
from submissions.media.processors.markup import write_document
from submissions.media.processors.task import Task


def make(task: Task) -> None:
    """The text as a page, and as text."""
    text = beginning(task)
    task.add_text(text)
    write_document(task, f"<pre>{escape(text)}</pre>")


def beginning(task: Task) -> str:
    """As many characters as the limit allows, and a word when there are more."""
    most = task.limits.text_characters
    with task.source.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        text = file.read(most)
        if file.read(1):
            task.leave_out("characters", shown=most)
    return plain(text)
