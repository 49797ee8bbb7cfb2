"""PDF: pages as pictures, so that no script, link or form of the file reaches a browser; and the text of each page."""

import pypdfium2 as pdfium
from pypdfium2.raw import FPDF_ERR_PASSWORD

from submissions.media.processors.pixels import add_picture, add_thumb, bare
from submissions.media.processors.task import Refused, Task

PAGE_SIDE = 1600  # pixels of the longer side, whatever size the page claims to have
_RESERVE = 0.2  # of the time; pages that are not done by then are left out, in place of losing all


def make(task: Task) -> None:
    """A picture for each page, one for lists, and texts."""
    reserve = _RESERVE * task.time_left()
    document = _open(task)
    task.pages = len(document)
    wanted = min(task.pages, task.limits.pages)
    shown = broken = 0
    for number in range(wanted):
        if task.time_left() < reserve:
            break
        try:
            _page(task, document, number, first=shown == 0)
            shown += 1
        except pdfium.PdfiumError:
            broken += 1
            task.texts.extend([""] * (number + 1 - len(task.texts)))
    if not shown:
        raise Refused("damaged" if broken else "timeout" if task.pages else "empty")
    if shown + broken < task.pages:
        task.leave_out("pages", shown=shown + broken, all=task.pages)
    if broken:
        task.leave_out("broken_pages", count=broken)


def _open(task: Task) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(task.source)
    except pdfium.PdfiumError as problem:
        raise Refused("password" if problem.err_code == FPDF_ERR_PASSWORD else "damaged") from problem
    document.init_forms()  # else what was typed into a form is not drawn
    return document


def _page(task: Task, document: pdfium.PdfDocument, number: int, *, first: bool) -> None:
    page = document[number]
    try:
        task.add_text(_text(page))
        width, height = page.get_size()
        if not 0 < max(width, height) < float("inf"):
            raise pdfium.PdfiumError("a page without a size")
        picture = page.render(scale=PAGE_SIDE / max(width, height)).to_pil()
    finally:
        page.close()
    picture = bare(picture.convert("RGB"))
    add_picture(task, "page", picture, position=number)
    if first:
        add_thumb(task, picture)


def _text(page: pdfium.PdfPage) -> str:
    """A page whose text cannot be read can still be looked at."""
    try:
        words = page.get_textpage()
        try:
            return words.get_text_bounded()
        finally:
            words.close()
    except pdfium.PdfiumError:
        return ""
