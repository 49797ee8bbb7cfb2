"""Deterministic badge artwork: the same words and colours give the same picture."""

from badges.art.badge import BadgeArt, draw_svg, render_png
from badges.art.shapes import ICONS, SHAPES

__all__ = ["ICONS", "SHAPES", "BadgeArt", "draw_svg", "render_png"]
