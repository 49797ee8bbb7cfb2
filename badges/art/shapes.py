"""Outlines, icons and background patterns of badges, as SVG elements on a 600 by 600 canvas."""

import math
from collections.abc import Iterator

CENTRE = 300.0


def hexagon(radius: float) -> str:
    """The shape of a micro-credential."""
    return _polygon(_ring_points(6, [radius]))


def shield(radius: float) -> str:
    """The shape of a stack."""
    wide, narrow = 0.86 * radius, 0.38 * radius
    shoulder, hip, waist, foot = (CENTRE + factor * radius for factor in (-0.68, 0.12, 0.62, 0.9))
    top, bottom = CENTRE - radius, CENTRE + radius
    return (
        f'<path d="M300 {top:.0f} L{CENTRE + wide:.0f} {shoulder:.0f} V{hip:.0f} '
        f"C{CENTRE + wide:.0f} {waist:.0f} {CENTRE + narrow:.0f} {foot:.0f} 300 {bottom:.0f} "
        f"C{CENTRE - narrow:.0f} {foot:.0f} {CENTRE - wide:.0f} {waist:.0f} {CENTRE - wide:.0f} {hip:.0f} "
        f'V{shoulder:.0f} Z" stroke-linejoin="round"/>'
    )


def sunburst(radius: float) -> str:
    """The shape of a badge for young learners."""
    return _polygon(_ring_points(24, [radius, 0.9 * radius]))


SHAPES = {"micro": hexagon, "stack": shield, "junior": sunburst}

# Line icons on a 24 by 24 grid, drawn for this file.
ICONS = {
    "spark": "M12 3v4M12 17v4M3 12h4M17 12h4M6 6l2.5 2.5M15.5 15.5 18 18M18 6l-2.5 2.5M8.5 15.5 6 18",
    "book": "M12 6c-2-1.6-5-2-8-2v14c3 0 6 .4 8 2 2-1.6 5-2 8-2V4c-3 0-6 .4-8 2zM12 6v14",
    "chat": "M4 5h16v11H10l-4 4v-4H4z",
    "code": "M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16",
    "chart": "M4 20V4M4 20h16M8 16v-5M12 16V7M16 16v-8",
    "people": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6"
    "M16 4.5a3.3 3.3 0 0 1 0 6.3M18 14.5c2.2.8 3.5 2.7 3.5 5.5",
    "star": "M12 3l2.7 5.8 6.3.8-4.6 4.4 1.2 6.3L12 17.2l-5.6 3.1 1.2-6.3L3 9.6l6.3-.8z",
    "heart": "M12 20C7 16 3.5 13 3.5 9a4.3 4.3 0 0 1 8.5-1.2A4.3 4.3 0 0 1 20.5 9c0 4-3.5 7-8.5 11z",
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18",
    "pencil": "M4 20l1-5L16 4l4 4L9 19zM13.5 6.5l4 4",
    "leaf": "M5 19C4 10 9 4 20 4c0 11-6 16-13 14M5 21c1-5 4-8 8-10",
    "flask": "M9 3h6M10 3v6l-5.5 10a1.4 1.4 0 0 0 1.2 2h12.6a1.4 1.4 0 0 0 1.2-2L14 9V3M7.5 15h9",
}

PATTERNS = 4


def pattern(kind: int, digest: bytes, fill: str) -> str:
    """One of the four background patterns; `digest` are 32 bytes that place its parts."""
    parts = (_dots, _stripes, _rings, _triangles)[kind % PATTERNS](digest)
    paint = f'fill="none" stroke="{fill}" stroke-width="20"' if kind % PATTERNS == 2 else f'fill="{fill}"'
    return f"<g {paint}>{''.join(parts)}</g>"


def _spread(byte: int, start: float = 60, length: float = 480) -> float:
    return start + byte * length / 255


def _dots(digest: bytes) -> Iterator[str]:
    for i in range(9):
        x, y, radius = _spread(digest[i]), _spread(digest[i + 9]), 18 + digest[i + 18] % 46
        yield f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius}"/>'


def _stripes(digest: bytes) -> Iterator[str]:
    for i in range(-6, 7):
        turn = f'transform="rotate({digest[0] % 180} 300 300)"'
        yield f'<rect x="{CENTRE + i * 52 - 9:.0f}" y="-100" width="18" height="800" {turn}/>'


def _rings(digest: bytes) -> Iterator[str]:
    x, y = _spread(digest[1], 120, 360), _spread(digest[2], 110, 160)
    for i in range(5):
        yield f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{60 + i * 72}"/>'


def _triangles(digest: bytes) -> Iterator[str]:
    for i in range(8):
        x, y = _spread(digest[i + 16]), _spread(digest[(i + 23) % 32])
        yield _polygon(_ring_points(3, [30 + digest[i] % 70], digest[i + 8] / 40, x, y))


def _ring_points(
    count: int, radii: list[float], turn: float = 0, x: float = CENTRE, y: float = CENTRE
) -> Iterator[str]:
    for i in range(count):
        radius, angle = radii[i % len(radii)], turn + 2 * math.pi * i / count
        yield f"{x + radius * math.sin(angle):.1f},{y - radius * math.cos(angle):.1f}"


def _polygon(points: Iterator[str]) -> str:
    return f'<polygon points="{" ".join(points)}" stroke-linejoin="round"/>'
