"""PowerPoint files: one section a slide with its words, tables, pictures and notes. No layout, no animation."""

from collections.abc import Iterator
from html import escape

from pptx import Presentation
from pptx.exc import PythonPptxError
from pptx.shapes.base import BaseShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame

from submissions.media.processors import archive
from submissions.media.processors.embedded import Pictures
from submissions.media.processors.markup import write_document
from submissions.media.processors.task import Refused, Task

_DEEPEST = 8  # groups within groups


def make(task: Task) -> None:
    """An HTML document, and the text of each slide."""
    archive.check(task.source, task.limits)
    pictures = Pictures(task)
    sections: list[str] = []
    try:
        slides = Presentation(str(task.source)).slides
        count = len(slides)
        for number, slide in enumerate(slides, start=1):
            if number > task.limits.pages:
                break
            sections.append(_section(task, slide, number, pictures))
    except (PythonPptxError, *archive.BROKEN) as problem:
        raise Refused("damaged") from problem
    if not sections:
        raise Refused("empty")
    write_document(task, "\n".join(sections))
    if count > len(sections):
        task.leave_out("slides", shown=len(sections), all=count)
    pictures.tell()


def _section(task: Task, slide: Slide, number: int, pictures: Pictures) -> str:
    heading = task.words["slide"] % {"number": number}
    parts, words = [f"<h2>{escape(heading)}</h2>"], []
    for shape in _shapes(slide.shapes):
        part, text = _shown(shape, pictures)
        parts.append(part)
        words.append(text)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) and frame.text.strip():
        parts.append(f"<h3>{escape(task.words['notes'])}</h3>{_paragraphs(frame)}")
        words.append(frame.text)
    task.add_text("\n".join(text for text in words if text))
    return f'<section aria-label="{escape(heading)}">{"".join(parts)}</section>'


def _shapes(shapes: Iterator[BaseShape], depth: int = 0) -> Iterator[BaseShape]:
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            if depth < _DEEPEST:
                yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _shown(shape: BaseShape, pictures: Pictures) -> tuple[str, str]:
    """A shape as HTML and as text, each "" when there is none."""
    if getattr(shape, "has_table", False):
        return _table(shape.table)
    if shape.has_text_frame:
        return _paragraphs(shape.text_frame), shape.text_frame.text
    if hasattr(shape, "image"):
        return _picture(shape, pictures), ""
    return "", ""


def _paragraphs(frame: TextFrame) -> str:
    texts = (paragraph.text.strip() for paragraph in frame.paragraphs)
    return "".join(f"<p>{_lines(text)}</p>" for text in texts if text)


def _lines(text: str) -> str:
    """python-pptx writes a line break within a paragraph as a vertical tab."""
    return escape(text).replace("\v", "<br>")


def _table(table: Table) -> tuple[str, str]:
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    body = "".join("<tr>" + "".join(f"<td>{_lines(text)}</td>" for text in row) + "</tr>" for row in rows)
    return f"<table><tbody>{body}</tbody></table>", "\n".join("\t".join(row) for row in rows)


def _picture(shape: BaseShape, pictures: Pictures) -> str:
    try:
        address = pictures.address(shape.image.blob)
    except (ValueError, KeyError, AttributeError):  # linked, or not in the archive
        address = pictures.skip()
    alt = shape._element._nvXxPr.cNvPr.get("descr") or ""
    return f'<p><img src="{address}" alt="{escape(alt)}"></p>' if address else ""
