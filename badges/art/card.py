"""The picture that goes with a link to a badge elsewhere (Open Graph): 1200 by 630, the badge beside its title."""

import resvg_py

from badges.art.lettering import drawable, outline, shorten, width, wrap
from badges.art.palette import make_palette
from lib.colour import INK

CARD_SIZE = (1200, 630)
_BADGE = 500  # pixels
_LEFT, _ROOM = 620, 520  # where the words begin, and how wide they may be
_LARGER = 1.5  # than on the badge itself
_QUIET = "#47536a"


def draw_card(badge_svg: str, *, title: str, issuer: str, kind: str, accent: str) -> str:
    """The card as a self-contained SVG around the artwork that `draw_svg` made. `kind`: a word above the title.

    A title in letters that our font does not have is left to the badge itself, which then stands in the middle.
    """
    card_width, card_height = CARD_SIZE
    words = drawable(title)
    left = 60 if words else (card_width - _BADGE) // 2
    top = (card_height - _BADGE) // 2
    nested = badge_svg.replace(
        'width="600" height="600"', f'x="{left}" y="{top}" width="{_BADGE}" height="{_BADGE}"', 1
    )
    palette = make_palette(accent, 0.5)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{card_width}" height="{card_height}">',
            f'<rect width="{card_width}" height="{card_height}" fill="{palette.light}"/>',
            f'<rect y="{card_height - 18}" width="{card_width}" height="18" fill="{palette.deep}"/>',
            nested,
            _words(words, drawable(issuer), drawable(kind)) if words else "",
            "</svg>",
        ]
    )


def render_card(svg: str) -> bytes:
    """A card as PNG. No fonts of the machine are used."""
    card_width, card_height = CARD_SIZE
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=card_width, height=card_height, skip_system_fonts=True))


def _words(title: str, issuer: str, kind: str) -> str:
    size, lines = wrap(title, _ROOM / _LARGER, lines=5)
    size *= _LARGER
    step = 1.16 * size
    top = CARD_SIZE[1] / 2 - len(lines) * step / 2 + 0.8 * size
    drawn = [_line(line, top + n * step, size, INK) for n, line in enumerate(lines)]
    return "".join(
        [
            _line(shorten(kind, 28, _ROOM), top - size - 26, 28, _QUIET),
            *drawn,
            _line(shorten(issuer, 32, _ROOM), top + len(lines) * step + 14, 32, _QUIET),
        ]
    )


def _line(text: str, y: float, size: float, colour: str) -> str:
    return outline(text, _LEFT + width(text, size) / 2, y, size, colour)
