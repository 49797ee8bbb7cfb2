"""The colours of a badge: near the tenant's accent, varied by topic, readable for sure."""

from dataclasses import dataclass

from lib.colour import INK, TEXT_RATIO, WHITE, contrast, from_oklch, parse, to_oklch

HUE_SPREAD = 0.7  # radians: topics differ, the tenant stays recognizable


@dataclass(frozen=True)
class Palette:
    """`deep` carries white text at 8:1 or more, `pop` carries ink, `ring` stands out from `deep` at 3:1."""

    deep: str
    mid: str
    light: str
    pop: str
    ring: str


def make_palette(accent: str, variation: float) -> Palette:
    """The palette for an accent colour; `variation` is 0 to 1. Raises ValueError for what is no colour."""
    accent = parse(accent)
    _, chroma, hue = to_oklch(accent)
    chroma = max(chroma, 0.09)
    hue += (variation - 0.5) * HUE_SPREAD
    deep = _darkened(0.33, min(chroma, 0.13), hue, ratio=8)
    mid = _darkened(0.44, min(chroma + 0.02, 0.15), hue, ratio=5.2)
    light = from_oklch(0.95, 0.03, hue)
    pop = from_oklch(0.84, 0.14, hue + 2.6)
    palette = Palette(deep, mid, light, pop, accent if contrast(accent, deep) >= 3 else light)
    if contrast(palette.ring, deep) < 3 or min(contrast(light, deep), contrast(INK, pop)) < TEXT_RATIO:
        raise RuntimeError(f"badge colours for {accent} cannot be read")
    return palette


def _darkened(lightness: float, chroma: float, hue: float, *, ratio: float) -> str:
    colour = from_oklch(lightness, chroma, hue)
    while contrast(WHITE, colour) < ratio:
        lightness -= 0.005
        colour = from_oklch(lightness, chroma, hue)
    return colour
