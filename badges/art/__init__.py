"""Deterministic badge artwork: the same words and colours give the same picture."""

from badges.art.badge import BadgeArt, draw_svg, render_png
from badges.art.card import CARD_SIZE, draw_card, render_card
from badges.art.shapes import ICONS, SHAPES

__all__ = ["CARD_SIZE", "ICONS", "SHAPES", "BadgeArt", "draw_card", "draw_svg", "render_card", "render_png"]
