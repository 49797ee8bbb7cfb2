"""Pictures as bare pixels: decoded by the one decoder that fits, upright, in sRGB, of unknown origin."""

import io
import struct
import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from submissions.media.processors.task import Refused, Task

THUMB_SIDE = 320  # pixels
POSTER_SIDE = 1280

# What Pillow raises for broken files, by experience of its decoders
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError)

ImageFile.LOAD_TRUNCATED_IMAGES = False


def read(source: Path | BinaryIO, form: str, *, side: int, pixels: int) -> tuple[Image.Image, bool]:
    """The first frame of a picture, upright, RGB or RGBA, no side longer than `side`; and whether there are more.

    `form` is Pillow's name of the only format that is tried. Raises Refused.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's bomb warning: the limit below is ours
            image = Image.open(source, formats=[form])
        if image.width * image.height > pixels:
            raise Refused("pixels")
        moving = form != "JPEG" and getattr(image, "n_frames", 1) > 1  # phones put small copies behind a JPEG
        if form == "JPEG":
            image.draft("RGB", (side, side))  # decodes at a half, quarter or eighth: less time and memory
        image.load()
        return bare(_upright(image, side)), moving
    except Image.DecompressionBombError as problem:
        raise Refused("pixels") from problem
    except BROKEN as problem:
        raise Refused("cut_off" if "truncated" in str(problem).lower() else "damaged") from problem


def _upright(image: Image.Image, side: int) -> Image.Image:
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 and 32 bits of grey; converting would clip them to white
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "P" or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        image = image.convert("RGBA" if image.mode in ("LA", "PA", "La", "RGBa") else "RGB")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    if profile and image.mode != "L":
        image = _in_srgb(image, profile)
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """A profile that does not fit its picture is left aside, as browsers do."""
    to = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, theirs, ImageCms.createProfile("sRGB"), outputMode=to)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def bare(image: Image.Image) -> Image.Image:
    """A copy that has pixels and nothing else: no EXIF, XMP, comments or profile that a format could write out."""
    copy = Image.new(image.mode, image.size)
    copy.paste(image)
    return copy


def add_picture(task: Task, kind: str, image: Image.Image, *, position: int = 0, jpeg: bool = False) -> None:
    """Write a bare picture and announce it."""
    name = f"{kind}-{position}.{'jpg' if jpeg else 'webp'}"
    if jpeg:
        image.convert("RGB").save(name, "JPEG", quality=85, optimize=True)
    else:
        image.save(name, "WEBP", quality=80, method=2)
    content_type = "image/jpeg" if jpeg else "image/webp"
    task.add(kind, name, content_type, position=position, width=image.width, height=image.height)


def add_thumb(task: Task, image: Image.Image) -> None:
    """Write the small picture for lists."""
    small = image.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    add_picture(task, "thumb", small)
