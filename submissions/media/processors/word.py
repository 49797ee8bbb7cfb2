"""Word files: the text with its structure. Layout, comments, author and revision data stay behind."""

import zipfile
from typing import BinaryIO

import mammoth

from submissions.media.processors import archive
from submissions.media.processors.embedded import Pictures
from submissions.media.processors.markup import write_document
from submissions.media.processors.task import Refused, Task


def make(task: Task) -> None:
    """An HTML document and its text."""
    archive.check(task.source, task.limits)
    pictures = Pictures(task)
    try:
        with task.source.open("rb") as file:
            body = _convert(file, pictures)
            text = mammoth.extract_raw_text(file).value
    except archive.BROKEN as problem:
        raise Refused("damaged") from problem
    task.add_text(text)
    write_document(task, body)
    pictures.tell()


def _convert(file: BinaryIO, pictures: Pictures) -> str:
    def picture(image: mammoth.documents.Image) -> list[object]:
        try:
            with image.open() as content:
                address = pictures.address(content.read())
        except (KeyError, ValueError, zipfile.BadZipFile):  # not in the archive, or a link to somewhere else
            address = pictures.skip()
        alt = {"alt": image.alt_text} if image.alt_text else {}
        return [mammoth.html.element("img", {"src": address, **alt})] if address else []

    return mammoth.convert_to_html(
        file, convert_image=picture, include_embedded_style_map=False, external_file_access=False
    ).value
