"""PDF, Office files and plain text."""

import codecs
import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _

from lib.errors import Invalid
from submissions.filetypes.problems import damaged, too_much, truncated

MOST_ENTRIES = 10_000
MOST_DIRECTORY = 5_000_000  # bytes of the list of entries, which zipfile reads into memory
MOST_UNPACKED = 2_000_000_000
MOST_RATIO = 200  # real Office files pack to a tenth, bombs to a thousandth
MOST_TEXT = 20_000_000

_MAIN_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
_ODT = b"application/vnd.oasis.opendocument.text"
_MARKUP = ("<!doctype", "<html", "<svg", "<script", "<?xml", "<?php", "<body", "<iframe", "#!")


def check_pdf(file: BinaryIO, size: int) -> None:
    """Ends as ISO 32000-1, 7.5.5 says: startxref, a number, %%EOF."""
    file.seek(max(0, size - 2048))
    tail = file.read()
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise truncated()


def office_kind(file: BinaryIO, size: int) -> str:
    """docx, pptx, xlsx or odt; "" for other archives. Raises Invalid for broken, oversized and macro files."""
    _check_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_bomb(entries)
            names = {entry.filename for entry in entries}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Invalid(
                    _("This file has macros, which we do not take. Save it without macros."),
                    field="file",
                    code="macros",
                )
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in _MAIN_PARTS.items() if part in names), "")
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as entry:
                    return "odt" if entry.read(200).strip() == _ODT else ""
            return ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as problem:
        raise damaged() from problem


def _check_directory(file: BinaryIO, size: int) -> None:
    """Look at the end record (APPNOTE 4.3.16) before zipfile reads all it points to."""
    length = min(size, 65_557)
    file.seek(size - length)
    tail = file.read(length)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise truncated()
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    if entries > MOST_ENTRIES or directory > MOST_DIRECTORY:
        raise too_much()


def _check_bomb(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 10_000):
        raise too_much()


def check_text(file: BinaryIO, size: int) -> bool:
    """Whether this is text. Raises Invalid for markup, scripts, other encodings and very long texts."""
    file.seek(0)
    start = file.read(4096)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Invalid(
            _("This text is not in UTF-8. Save it again and choose UTF-8 as the encoding."),
            field="file",
            code="encoding",
        )
    if b"\x00" in start:
        return False
    if start.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n").lower().startswith(_MARKUP):
        raise Invalid(
            _("This is a web page or a script, which we do not take. Save it as PDF, or paste a link."),
            field="file",
            code="markup",
        )
    if size > MOST_TEXT:
        raise Invalid(_("A text file can have at most 20 MB."), field="file", code="too-large")
    return _is_utf8(file)


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(65_536):
            if any(ord(each) < 32 and each not in "\t\n\r\f" for each in decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
