"""Words as outlines, so that a badge looks the same in every wallet. The bundled font has Latin letters only."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

Weight = Literal["Medium", "Bold"]
FONTS = Path(__file__).parent / "fonts"
ELLIPSIS = "…"
# Letters with a stroke, which Unicode does not take apart into letter and accent.
STROKED = str.maketrans("łŁđĐħĦŧŦ", "lLdDhHtT")
SIZES = (50, 45, 40, 36, 32, 29)


class Font:
    """Advance widths and outlines of one font file, in font units."""

    def __init__(self, path: Path) -> None:
        font = TTFont(path)
        self._glyphs = font.getGlyphSet()
        self._names = font.getBestCmap()
        self.units = font["head"].unitsPerEm
        self._outlines: dict[str, str] = {}

    def has(self, character: str) -> bool:
        return ord(character) in self._names

    def advance(self, character: str) -> float:
        return self._glyphs[self._names[ord(character)]].width

    def outline(self, character: str) -> str:
        """SVG path data with the y axis upwards; empty for a space."""
        if character not in self._outlines:
            pen = SVGPathPen(self._glyphs, ntos=lambda value: f"{value:.0f}")
            self._glyphs[self._names[ord(character)]].draw(pen)
            self._outlines[character] = pen.getCommands()
        return self._outlines[character]


@cache
def font(weight: Weight) -> Font:
    """The bundled font in a weight, read once."""
    return Font(FONTS / f"AtkinsonHyperlegibleNext-{weight}.ttf")


def drawable(text: str) -> str:
    """`text` in letters that the font has; empty if that would lose more than half of its letters.

    Unknown accents fall away and unknown symbols are left out. A title in another script is better not
    drawn at all than in pieces; it is still the text alternative of the picture.
    """
    face = font("Bold")
    kept: list[str] = []
    letters = lost = 0
    for character in unicodedata.normalize("NFC", " ".join(text.split())):
        if unicodedata.category(character)[0] == "M":
            continue
        letters += character.isalnum()
        if face.has(character):
            kept.append(character)
            continue
        plain = "".join(part for part in unicodedata.normalize("NFKD", character.translate(STROKED)) if face.has(part))
        plain = "".join(part for part in plain if unicodedata.category(part)[0] != "M")
        kept.append(plain)
        lost += character.isalnum() and not plain
    return "" if lost * 2 > letters else " ".join("".join(kept).split())


def width(text: str, size: float, weight: Weight = "Bold") -> float:
    """How wide drawable text is at a size, in pixels."""
    face = font(weight)
    return sum(map(face.advance, text)) * size / face.units


def shorten(text: str, size: float, limit: float, weight: Weight = "Bold") -> str:
    """`text`, or as much of it as fits into `limit` pixels together with an ellipsis."""
    if width(text, size, weight) <= limit:
        return text
    while text and width(text + ELLIPSIS, size, weight) > limit:
        text = text[:-1].rstrip()
    return text + ELLIPSIS


def wrap(title: str, limit: float, lines: int = 3) -> tuple[int, list[str]]:
    """The largest size at which a title fits into `lines` of `limit` pixels, and its lines.

    What is too long even at the smallest size ends with an ellipsis.
    """
    for size in SIZES:
        result = _fill(title.split(), size, limit)
        if len(result) <= lines and all(width(line, size) <= limit for line in result):
            return size, result
    size = SIZES[-1]
    result = _fill(title.split(), size, limit)
    kept = result[:lines]
    if len(result) > lines:
        kept[-1] += ELLIPSIS if width(kept[-1] + ELLIPSIS, size) <= limit else " " + result[lines]
    return size, [shorten(line, size, limit) for line in kept]


def outline(text: str, x: float, y: float, size: float, fill: str, weight: Weight = "Bold") -> str:
    """SVG group with drawable text, centred on `x`, its baseline at `y`."""
    face = font(weight)
    scale = size / face.units
    x -= width(text, size, weight) / 2
    paths = []
    for character in text:
        if data := face.outline(character):
            place = f"translate({x:.1f} {y:.1f}) scale({scale:.4f} {-scale:.4f})"
            paths.append(f'<path transform="{place}" d="{data}"/>')
        x += face.advance(character) * scale
    return f'<g fill="{fill}">{"".join(paths)}</g>'


def _fill(words: list[str], size: float, limit: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else ""
        if lines and width(longer, size) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
