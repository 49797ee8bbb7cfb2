"""JPEG, PNG, WebP, GIF: whole, and not larger than a browser can show."""

import struct
import warnings
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from lib.errors import Invalid
from submissions.filetypes.problems import damaged, truncated

# Pixels. JPEG is decoded at an eighth and PNG only walked; GIF and WebP take their full size in memory.
MOST_PIXELS = {"JPEG": 200_000_000, "PNG": 200_000_000, "GIF": 40_000_000, "WEBP": 40_000_000}
MOST_BYTES = 100_000_000


def check_picture(file: BinaryIO, size: int, kind: str) -> None:
    """Raise Invalid unless the picture can be read to its end. `kind` is a key of MOST_PIXELS."""
    if size > MOST_BYTES:
        raise Invalid(_("A picture can have at most 100 MB. Save it smaller."), field="file", code="too-large")
    if kind == "WEBP" and _riff_size(file) > size:
        raise truncated()
    if kind == "GIF" and not _gif_ends(file, size):
        raise truncated()
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limits follow
            image = Image.open(file, formats=[kind])
        if image.width * image.height > MOST_PIXELS[kind]:
            raise Invalid(
                _("This picture has too many pixels (%(w)s × %(h)s). Save it smaller.")
                % {"w": image.width, "h": image.height},
                field="file",
                code="too-many-pixels",
            )
        if kind == "PNG":
            image.verify()
            return
        if kind == "JPEG":
            image.draft(None, (image.width // 8, image.height // 8))
        image.load()
    except Invalid:
        raise
    except Image.DecompressionBombError as problem:
        raise Invalid(
            _("This picture has too many pixels. Save it smaller."), field="file", code="too-many-pixels"
        ) from problem
    except UnidentifiedImageError as problem:
        raise damaged() from problem
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as problem:
        raise (truncated() if "truncated" in str(problem).lower() else damaged()) from problem


def _riff_size(file: BinaryIO) -> int:
    file.seek(4)
    return int.from_bytes(file.read(4), "little") + 8


def _gif_ends(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - 64))
    return file.read().rstrip(b"\x00")[-1:] == b";"
