"""Badge artwork: deterministic, readable, self-contained, and safe with any title."""

import io
import itertools
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from badges.art import ICONS, SHAPES, BadgeArt, draw_svg, render_png
from badges.art.lettering import SIZES, drawable, shorten, width, wrap
from badges.art.palette import make_palette
from lib.colour import INK, WHITE, contrast

SVG = "{http://www.w3.org/2000/svg}"


def art(**changes):
    facts = {
        "title": "Checking for Understanding",
        "issuer": "Lakeside Schools",
        "accent": "#1d5bb5",
        "description": "Badge issued by Lakeside Schools",
    }
    return BadgeArt(**{**facts, **changes})


@pytest.mark.parametrize(("kind", "icon"), list(itertools.product(SHAPES, ICONS)))
def test_every_shape_and_icon_renders(kind, icon):
    svg = draw_svg(art(kind=kind, icon=icon, ribbon="LEVEL 2"))
    root = ElementTree.fromstring(svg)
    assert root.find(f"{SVG}title").text == "Checking for Understanding"
    assert root.find(f"{SVG}desc").text == "Badge issued by Lakeside Schools"
    assert not root.findall(f".//{SVG}text")
    picture = Image.open(io.BytesIO(render_png(svg, 120)))
    assert picture.size == (120, 120)
    assert picture.convert("RGBA").getpixel((1, 1))[3] == 0


def test_same_words_same_picture_other_seed_other_picture():
    assert draw_svg(art()) == draw_svg(art())
    assert render_png(draw_svg(art())) == render_png(draw_svg(art()))
    assert draw_svg(art()) != draw_svg(art(seed="7"))
    assert len({draw_svg(art(seed=str(seed))) for seed in range(20)}) == 20


def test_nothing_is_loaded_or_run_from_elsewhere():
    svg = draw_svg(art(title="<script>alert(1)</script> & more", issuer='"><image href="http://x"/>'))
    root = ElementTree.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "defs", "clipPath", "g", "path", "polygon", "circle", "rect"
    }  # fmt: skip
    assert not any(name in ("style", "href") or name.startswith("on") for e in root.iter() for name in e.attrib)
    assert root.find(f"{SVG}title").text == "<script>alert(1)</script> & more"


@pytest.mark.parametrize("variation", [0, 0.37, 1])
def test_contrast_for_a_grid_of_accents(variation):
    for r, g, b in itertools.product(range(0, 256, 51), repeat=3):
        palette = make_palette(f"#{r:02x}{g:02x}{b:02x}", variation)
        assert contrast(WHITE, palette.deep) >= 8
        assert contrast(palette.light, palette.deep) >= 4.5
        assert contrast(INK, palette.pop) >= 4.5
        assert contrast(palette.ring, palette.deep) >= 3


def test_what_is_no_colour_shape_or_icon():
    with pytest.raises(ValueError, match="colour"):
        draw_svg(art(accent="blue"))
    for wrong in ({"kind": "round"}, {"icon": "dragon"}):
        with pytest.raises(KeyError):
            draw_svg(art(**wrong))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plan  \n it", "Plan it"),
        ("Año nuevo", "Año nuevo"),
        ("Żółć Ňandú", "Zólc Nandú"),
        ("Smile \U0001f389 now", "Smile now"),
        ("تعليم الأطفال", ""),
        ("学习", ""),
        ("עברית A", ""),
        ("Level 2 数学", "Level 2"),
        ("\u202eabc\u0000", "abc"),
        ("", ""),
    ],
)
def test_letters_that_the_font_has_not(text, expected):
    assert drawable(text) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=300), st.text(max_size=300), st.text(max_size=40))
def test_any_words_make_a_picture(title, issuer, ribbon):
    ElementTree.fromstring(draw_svg(art(title=title, issuer=issuer, ribbon=ribbon)))


def test_right_to_left_and_very_long_names():
    for title in ("مدرسة البحيرة", "Responding to differences " * 12, "x" * 300):
        svg = draw_svg(art(title=title, issuer=title))
        assert ElementTree.fromstring(svg).find(f"{SVG}title").text == title
        assert len(render_png(svg)) > 1000


@given(st.text("abc WM-é", min_size=1, max_size=300))
def test_wrapped_titles_fit(title):
    size, lines = wrap(title, 372)
    assert size in SIZES
    assert len(lines) <= 3
    assert all(width(line, size) <= 372 for line in lines)


def test_short_titles_are_set_large_and_whole():
    assert wrap("Family Reading Night", 372) == (50, ["Family Reading", "Night"])
    assert shorten("Lakeside", 23, 250) == "Lakeside"
    short = shorten("Lakeside " * 20, 23, 250)
    assert short.endswith("…")
    assert 200 < width(short, 23) <= 250
