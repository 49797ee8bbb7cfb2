"""Any accent a school may choose gives colours people can read: a whole grid, and random ones."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.colour import (
    INK,
    contrast,
    from_oklch,
    kept_as_given,
    make_theme,
    parse,
    to_oklch,
)

GRID = [f"#{r:x}{r:x}{g:x}{g:x}{b:x}{b:x}" for r in range(16) for g in range(16) for b in range(16)]


def misses(accent: str) -> list[str]:
    theme = make_theme(accent)
    checks = {
        "button text": (contrast(theme.on_accent, theme.accent), 4.5),
        "button text on hover": (contrast(theme.on_accent, theme.accent_hover), 4.5),
        "link on white": (contrast(theme.accent_text, "#ffffff"), 4.5),
        "link on tint": (contrast(theme.accent_text, theme.accent_tint), 4.5),
        "ink on tint": (contrast(INK, theme.accent_tint), 4.5),
        "edge on white": (contrast(theme.accent_edge, "#ffffff"), 3.0),
    }
    return [f"{accent} {name} {ratio:.2f}" for name, (ratio, need) in checks.items() if ratio < need]


def test_no_colour_of_the_grid_fails() -> None:
    assert [miss for accent in GRID for miss in misses(accent)] == []


@given(st.integers(0, 0xFFFFFF))
def test_no_random_colour_fails(number: int) -> None:
    assert misses(f"#{number:06x}") == []


@given(st.integers(0, 0xFFFFFF))
def test_oklch_there_and_back_moves_no_channel_by_more_than_one(number: int) -> None:
    colour = f"#{number:06x}"
    back = from_oklch(*to_oklch(colour))
    for at in (1, 3, 5):
        assert abs(int(colour[at : at + 2], 16) - int(back[at : at + 2], 16)) <= 1


def test_contrast_is_the_wcag_ratio() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_a_good_accent_is_kept_and_gold_is_not() -> None:
    assert kept_as_given("#1D5BB5")
    assert make_theme("#1D5BB5").accent == "#1d5bb5"
    gold = make_theme("#FFC72C")
    assert not kept_as_given("#FFC72C")
    assert (gold.accent, gold.on_accent) == (
        "#ffc72c",
        INK,
    )  # the button stays gold, its text turns dark
    assert gold.accent_text != gold.accent


def test_css_sets_each_token_app_css_reads() -> None:
    css = make_theme("#800000").css()
    assert re.findall(r"--([\w-]+): #[0-9a-f]{6};", css) == [
        "accent",
        "on-accent",
        "accent-edge",
        "accent-hover",
        "accent-text",
        "accent-tint",
    ]


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345", "#gggggg", "#1d5bb5;}body{"])
def test_only_hex_colours_get_in(text: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        make_theme(text)


def test_short_and_bare_spellings() -> None:
    assert parse("abc") == parse("#AABBCC") == "#aabbcc"
