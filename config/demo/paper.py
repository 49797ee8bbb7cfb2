"""Evidence as files: a text laid out on a page and saved as a PDF, as an earner would print it."""

import io
import textwrap
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import badges.art

FONTS = Path(badges.art.__file__).parent / "fonts"
PAGE = (1240, 1754)  # A4 at 150 dots an inch
MARGIN = 120


@lru_cache(maxsize=512)
def pdf(title: str, body: str) -> bytes:
    """A one-page PDF with a title and paragraphs (separated by blank lines). What does not fit is left out."""
    page = Image.new("L", PAGE, 255)
    pen = ImageDraw.Draw(page)
    pen.text((MARGIN, MARGIN), title, font=_font("Bold", 40), fill=20)
    y = MARGIN + 90
    for paragraph in body.split("\n\n"):
        for line in textwrap.wrap(paragraph, 72):
            if y > PAGE[1] - MARGIN:
                break
            pen.text((MARGIN, y), line, font=_font("Medium", 27), fill=40)
            y += 40
        y += 24
    out = io.BytesIO()
    page.save(out, "PDF", resolution=150, title=title)
    return out.getvalue()


@lru_cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"AtkinsonHyperlegibleNext-{weight}.ttf"), size)
