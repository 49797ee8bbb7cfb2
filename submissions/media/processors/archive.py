"""Office files are ZIP archives of XML. Looked through before a library unpacks them."""

import zipfile
from pathlib import Path
from xml.parsers import expat

from submissions.media.limits import Limits
from submissions.media.processors.task import Refused

# What libraries raise for broken Office files: lxml says SyntaxError, mammoth OSError for a part that is missing.
BROKEN = (
    zipfile.BadZipFile,
    expat.ExpatError,
    SyntaxError,
    OSError,
    KeyError,
    ValueError,
    AttributeError,
    TypeError,
    IndexError,
    NotImplementedError,
)
_MOST_ENTRIES = 10_000


class _RootReached(Exception):  # noqa: N818 - ends a look that found nothing wrong
    pass


def check(source: Path, limits: Limits) -> None:
    """Raise Refused when the archive unpacks to too much, or an XML part has a document type (entities live there).

    The sizes an archive states are binding: zipfile hands out no more of an entry than that.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
                raise Refused("unpacked")
            for entry in entries:
                if _is_xml(archive, entry) and entry.file_size > limits.part_bytes:
                    raise Refused("unpacked")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as problem:
        raise Refused("damaged") from problem


def _is_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a library could read this entry as XML: by its content, since any name can be called a part.

    A document type can only come before the root element, so the look ends there.
    """

    def refuse(*_declared: object) -> None:
        raise Refused("unsafe")

    def enough(*_element: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = enough
    try:
        with archive.open(entry) as file:
            while chunk := file.read(65_536):
                parser.Parse(chunk)
    except _RootReached:
        return True
    except expat.ExpatError:
        return False
    return False
