"""The one door: content first, then whether the name agrees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import puremagic
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.errors import Invalid
from submissions.filetypes.documents import check_pdf, check_text, office_kind
from submissions.filetypes.media import brand_of, check_boxes, check_mp3, check_wav, check_webm
from submissions.filetypes.names import extension_of
from submissions.filetypes.pictures import check_picture
from submissions.filetypes.problems import damaged

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class FileType:
    """A kind of file we take. `extensions`: the first is the usual one."""

    content_type: str
    label: object
    extensions: tuple[str, ...]

    @property
    def kind(self) -> str:
        """image, video, audio, text or application."""
        return self.content_type.partition("/")[0]


FAMILIES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", gettext_lazy("a PDF"), ("pdf",)),
    "jpeg": FileType("image/jpeg", gettext_lazy("a photo (JPEG)"), ("jpg", "jpeg", "jfif")),
    "png": FileType("image/png", gettext_lazy("a picture (PNG)"), ("png",)),
    "webp": FileType("image/webp", gettext_lazy("a picture (WebP)"), ("webp",)),
    "gif": FileType("image/gif", gettext_lazy("a picture (GIF)"), ("gif",)),
    "heic": FileType("image/heic", gettext_lazy("a photo (HEIC)"), ("heic", "heif")),
    "mp4": FileType("video/mp4", gettext_lazy("a video (MP4)"), ("mp4", "m4v")),
    "mov": FileType("video/quicktime", gettext_lazy("a video (MOV)"), ("mov", "qt")),
    "webm": FileType("video/webm", gettext_lazy("a video (WebM)"), ("webm",)),
    "mp3": FileType("audio/mpeg", gettext_lazy("a sound recording (MP3)"), ("mp3",)),
    "m4a": FileType("audio/mp4", gettext_lazy("a sound recording (M4A)"), ("m4a",)),
    "wav": FileType("audio/wav", gettext_lazy("a sound recording (WAV)"), ("wav",)),
    "docx": FileType(f"{_OFFICE}.wordprocessingml.document", gettext_lazy("a Word file"), ("docx",)),
    "pptx": FileType(f"{_OFFICE}.presentationml.presentation", gettext_lazy("slides (PowerPoint)"), ("pptx",)),
    "xlsx": FileType(f"{_OFFICE}.spreadsheetml.sheet", gettext_lazy("a sheet (Excel)"), ("xlsx",)),
    "odt": FileType("application/vnd.oasis.opendocument.text", gettext_lazy("a text (OpenDocument)"), ("odt",)),
    "txt": FileType("text/plain", gettext_lazy("plain text"), ("txt",)),
    "csv": FileType("text/csv", gettext_lazy("a table (CSV)"), ("csv",)),
}
_BY_EXTENSION = {extension: family for family, kind in FAMILIES.items() for extension in kind.extensions}
_PICTURES = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}
_HEIC_BRANDS = {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}
_M4A_BRANDS = {"M4A", "M4B"}
_MP4_BRANDS = {
    "isom",
    "iso2",
    "iso3",
    "iso4",
    "iso5",
    "iso6",
    "mp41",
    "mp42",
    "avc1",
    "M4V",
    "MSNV",
    "dash",
    "3gp4",
    "3gp5",
}


def identify(file: BinaryIO, size: int, name: str) -> FileType:
    """Read `file` (seekable, `size` bytes) and say what it is. `name` is the cleaned name.

    Raises Invalid (400) with a sentence when it is empty, broken, not taken, or not what its name says.
    """
    if size == 0:
        raise Invalid(_("This file is empty. Choose another one."), field="file", code="empty")
    file.seek(0)
    head = file.read(64)
    family = _family(file, size, head, extension_of(name))
    if not family:
        raise Invalid(_not_taken(head, name), field="file", code="not-taken")
    _check_name(name, family)
    return FAMILIES[family]


def _family(file: BinaryIO, size: int, head: bytes, extension: str) -> str:
    """The key of FAMILIES that the content is, structure checked; "" when it is nothing we take."""
    if head.startswith(b"%PDF-"):
        check_pdf(file, size)
        return "pdf"
    for start, family in _PICTURES.items():
        if head.startswith(start):
            check_picture(file, size, family.upper())
            return family
    if head[:4] == b"RIFF":
        return _riff(file, size, head)
    if brand := brand_of(head):
        return _iso_media(file, size, brand, extension)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        check_webm(file, size)
        return "webm"
    if head[:2] == b"PK":
        return office_kind(file, size)
    if head[:3] == b"ID3" or (extension == "mp3" and head[:1] == b"\xff"):
        check_mp3(file, size)
        return "mp3"
    if check_text(file, size):
        return "csv" if extension == "csv" else "txt"
    return ""


def _riff(file: BinaryIO, size: int, head: bytes) -> str:
    if head[8:12] == b"WEBP":
        check_picture(file, size, "WEBP")
        return "webp"
    if head[8:12] == b"WAVE":
        check_wav(file, size)
        return "wav"
    return ""


def _iso_media(file: BinaryIO, size: int, brand: str, extension: str) -> str:
    """MP4 and its relatives share one form. A brand that fits both sound and video goes by the name."""
    check: Callable[[set[bytes]], None] = lambda needed: check_boxes(file, size, needed)  # noqa: E731
    if brand in _HEIC_BRANDS:
        check({b"meta"})
        return "heic"
    if brand not in _MP4_BRANDS | _M4A_BRANDS | {"qt"}:
        return ""
    check({b"moov", b"moof"})
    if brand in _M4A_BRANDS or extension == "m4a":
        return "m4a"
    return "mov" if brand == "qt" else "mp4"


def _check_name(name: str, family: str) -> None:
    extension = extension_of(name)
    kind = FAMILIES[family]
    if not extension or extension in kind.extensions:
        return
    if kind.kind == "text" and extension not in _BY_EXTENSION:  # scripts, markup, configuration: all are text
        raise Invalid(_refusal_of(extension), field="file", code="not-taken")
    facts = {"name": name, "what": kind.label, "usual": kind.extensions[0]}
    raise Invalid(
        _("“%(name)s” looks like %(what)s. If it is, end its name in .%(usual)s and choose it again.") % facts,
        field="file",
        code="wrong-name",
    )


def _not_taken(head: bytes, name: str) -> str:
    if head[:4] in (b"\x7fELF", b"\xcf\xfa\xed\xfe") or head[:2] == b"MZ":
        return _("This is a program, which we do not take.") + " " + _what_we_take()
    extension = extension_of(name)
    if extension in _BY_EXTENSION:
        return damaged().message
    try:
        guess = puremagic.from_string(head).lstrip(".")
    except (puremagic.PureError, ValueError):
        guess = ""
    return _refusal_of(extension or guess)


def _refusal_of(extension: str) -> str:
    if not extension:
        return _what_we_take()
    return _("We do not take files of this kind (.%(kind)s).") % {"kind": extension} + " " + _what_we_take()


def _what_we_take() -> str:
    return _("We take PDF, photos, video, sound, Word, PowerPoint, Excel, OpenDocument text and plain text.")
