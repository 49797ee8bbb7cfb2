"""One accent colour in, a set of colours people can read out (WCAG 2.2: 1.4.3 text 4.5:1, 1.4.11 edges 3:1).

The search walks OKLCH lightness only, so a school's hue stays its own. Colours are `#rrggbb` strings.
"""

import math
import re
from dataclasses import dataclass

INK = "#17202e"
WHITE = "#ffffff"
TEXT_RATIO = 4.5  # WCAG 1.4.3, body text
EDGE_RATIO = 3.0  # WCAG 1.4.11, the outline of a control
_AIM = 4.6  # aim a little above the rule, so rounding to 8 bits cannot fall below it
_GAMUT_SLACK = 0.0005

_Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Theme:
    """The accent tokens of app.css."""

    accent: str  # fill of buttons
    on_accent: str  # text on the fill
    accent_edge: str  # borders, bars, the current tab: 3:1 on white
    accent_hover: str
    accent_text: str  # links: 4.5:1 on white and on the tint
    accent_tint: str  # pale background

    def css(self) -> str:
        """The rule set of the tenant's theme.css."""
        lines = (f"  --{name.replace('_', '-')}: {getattr(self, name)};\n" for name in self.__slots__)
        return ":root {\n" + "".join(lines) + "}\n"


def parse(colour: str) -> str:
    """`#abc`, `abc`, `#AABBCC` -> `#aabbcc`. Raises ValueError for anything else."""
    digits = colour.strip().lstrip("#").lower()
    if not re.fullmatch(r"[0-9a-f]{3}(?:[0-9a-f]{3})?", digits):
        raise ValueError(f"not a colour: {colour!r}")
    return "#" + ("".join(d * 2 for d in digits) if len(digits) == 3 else digits)


def _linear(colour: str) -> _Triple:
    def channel(at: int) -> float:
        value = int(colour[at : at + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return channel(1), channel(3), channel(5)


def _to_hex(linear: _Triple) -> str:
    def channel(value: float) -> int:
        value = min(1.0, max(0.0, value))
        return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))

    return "#" + "".join(f"{channel(value):02x}" for value in linear)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two `#rrggbb` colours, 1 to 21."""

    def luminance(colour: str) -> float:
        red, green, blue = _linear(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def to_oklch(colour: str) -> _Triple:
    """Lightness 0-1, chroma, hue in radians (Björn Ottosson's OKLab matrices)."""
    r, g, b = _linear(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The nearest colour a screen can show: chroma shrinks until it fits sRGB."""

    def linear(chroma: float) -> _Triple:
        a, b = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        return (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )

    for _ in range(40):
        rgb = linear(chroma)
        if all(-_GAMUT_SLACK <= value <= 1 + _GAMUT_SLACK for value in rgb):
            break
        chroma *= 0.93
    return _to_hex(rgb)


def _darken(colour: str, *backgrounds: str) -> str:
    """The lightest shade of `colour` that reads on every background."""
    lightness, chroma, hue = to_oklch(colour)
    while min(contrast(colour, background) for background in backgrounds) < _AIM and lightness > 0.02:
        lightness -= 0.005
        colour = from_oklch(lightness, chroma, hue)
    return colour


def make_theme(accent: str) -> Theme:
    """Accessible tokens for any accent. Raises ValueError if `accent` is not a hex colour."""
    accent = parse(accent)
    lightness, chroma, hue = to_oklch(accent)
    tint = from_oklch(0.955, min(chroma, 0.028), hue)
    text = _darken(accent, WHITE, tint)
    fill = accent
    on_fill = WHITE if contrast(fill, WHITE) >= TEXT_RATIO else INK
    if contrast(fill, on_fill) < TEXT_RATIO:  # mid tones read with neither white nor ink: go darker
        fill, on_fill = _darken(fill, WHITE), WHITE
    edge = fill if contrast(fill, WHITE) >= EDGE_RATIO else text
    lightness, chroma, hue = to_oklch(fill)
    hover = from_oklch(
        lightness - 0.07 if on_fill == WHITE else min(0.97, lightness + 0.05),
        chroma,
        hue,
    )
    if contrast(hover, on_fill) < TEXT_RATIO:
        hover = fill
    return Theme(fill, on_fill, edge, hover, text, tint)


def kept_as_given(accent: str) -> bool:
    """True when the accent itself works everywhere; otherwise tell the admin what was changed."""
    theme = make_theme(accent)
    return theme.accent == theme.accent_edge == theme.accent_text == parse(accent)
