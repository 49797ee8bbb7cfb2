"""Draws a badge as SVG, and renders that SVG as PNG."""

import hashlib
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

import resvg_py

from badges.art.lettering import drawable, outline, shorten, width, wrap
from badges.art.palette import Palette, make_palette
from badges.art.shapes import ICONS, PATTERNS, SHAPES, pattern
from lib.colour import INK, WHITE

SIZE = 600
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


ISSUER_SIZES = (23, 20, 18)  # a long name gets smaller before it is cut
ISSUER_WIDTH = 250


@dataclass(frozen=True, kw_only=True)
class BadgeArt:
    """What a badge shows. `kind` is a key of SHAPES, `icon` of ICONS, `accent` a hex colour of the tenant.

    `ribbon` is a short text such as a level. `seed` varies hue and pattern; it is title and issuer if empty.
    `description` is the text alternative beside the title, such as "Badge issued by Lakeside Schools".
    """

    title: str
    issuer: str
    accent: str
    description: str
    kind: str = "micro"
    icon: str = "spark"
    ribbon: str = ""
    seed: str = ""


def draw_svg(art: BadgeArt) -> str:
    """The artwork as a self-contained SVG, 600 by 600, all words as outlines.

    Raises KeyError for an unknown shape or icon and ValueError for what is no colour.
    """
    seed = art.seed or f"{art.title}\n{art.issuer}"
    digest = hashlib.sha256(seed.encode("utf-8", "replace")).digest()
    palette = make_palette(art.accent, digest[5] / 255)
    shape, title = SHAPES[art.kind], drawable(art.title)
    issuer = drawable(art.issuer)
    issuer_size = next(
        (size for size in ISSUER_SIZES if width(issuer, size, "Medium") <= ISSUER_WIDTH), ISSUER_SIZES[-1]
    )
    issuer = shorten(issuer, issuer_size, ISSUER_WIDTH, "Medium")
    # Several badges may stand in one page, so the ids must differ.
    name = "b" + digest[:6].hex()
    background = pattern(digest[3] % PATTERNS, digest, palette.mid)
    band = f'<rect x="0" y="268" width="{SIZE}" height="196" fill="{palette.deep}"/>' if title else ""
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}"',
            f' height="{SIZE}" role="img" aria-labelledby="{name}-t {name}-d">',
            f'<title id="{name}-t">{_xml(art.title)}</title>',
            f'<desc id="{name}-d">{_xml(art.description)}</desc>',
            f'<defs><clipPath id="{name}-c">{shape(262)}</clipPath></defs>',
            f'<g fill="{palette.deep}" stroke="{palette.deep}" stroke-width="20">{shape(284)}</g>',
            f'<g fill="{palette.ring}" stroke="{palette.ring}" stroke-width="6">{shape(272)}</g>',
            f'<g clip-path="url(#{name}-c)"><rect width="{SIZE}" height="{SIZE}" fill="{palette.deep}"/>',
            f"{background}{band}{_plate(issuer, issuer_size, palette)}</g>",
            _medallion(ICONS[art.icon], palette, large=not title),
            _title(title, narrow=art.kind == "junior"),
            outline(issuer, 300, 500, issuer_size, palette.light, "Medium"),
            _ribbon(drawable(art.ribbon), palette),
            "</svg>",
        ]
    )


def render_png(svg: str, size: int = SIZE) -> bytes:
    """An SVG made by `draw_svg` as PNG of `size` by `size` pixels. No fonts of the machine are used."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True))


def _medallion(icon: str, palette: Palette, *, large: bool) -> str:
    """The icon in its disc; large and in the middle when there are no words to draw."""
    y, radius = (286, 132) if large else (176, 76)
    scale = radius / 16
    return (
        f'<circle cx="300" cy="{y}" r="{radius}" fill="{palette.light}" stroke="{palette.ring}" '
        f'stroke-width="6"/><g transform="translate({300 - 12 * scale:g} {y - 12 * scale:g}) '
        f'scale({scale:g})" fill="none" stroke="{palette.deep}" stroke-width="1.9" '
        f'stroke-linecap="round" stroke-linejoin="round"><path d="{icon}"/></g>'
    )


def _title(title: str, *, narrow: bool) -> str:
    if not title:
        return ""
    size, lines = wrap(title, 356 if narrow else 372)
    step = 1.14 * size
    top = 366 - (len(lines) - 1) * step / 2 + 0.34 * size
    return "".join(outline(line, 300, top + i * step, size, WHITE) for i, line in enumerate(lines))


def _plate(issuer: str, size: int, palette: Palette) -> str:
    """Behind the issuer, so that the pattern never runs through the words."""
    if not issuer:
        return ""
    length = width(issuer, size, "Medium") + 28
    return f'<rect x="{300 - length / 2:.0f}" y="476" width="{length:.0f}" height="34" rx="17" fill="{palette.deep}"/>'


def _ribbon(ribbon: str, palette: Palette) -> str:
    if not ribbon:
        return ""
    text = shorten(ribbon, 24, 260)
    length = max(120.0, width(text, 24) + 48)
    return (
        f'<rect x="{300 - length / 2:.0f}" y="524" width="{length:.0f}" height="46" rx="23" '
        f'fill="{palette.pop}" stroke="{palette.deep}" stroke-width="5"/>' + outline(text, 300, 556, 24, INK)
    )


def _xml(text: str) -> str:
    return escape(NOT_XML.sub("", text))
