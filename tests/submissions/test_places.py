"""Times and pages as people type them, and as they are said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import Invalid
from submissions.places import (
    LONGEST,
    Extent,
    Place,
    clock_time,
    read_box,
    read_page,
    read_place,
    read_spot,
    read_time,
)

FILM = Extent(has_time=True, seconds=300.5)
PAPER = Extent(has_pages=True, pages=12)
PHOTO = Extent(has_pages=True, pages=1)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("2:31", 151),
        ("02:31", 151),
        (" 2:31 ", 151),
        ("2:31.5", 151),
        ("1:02:03", 3723),
        ("90:00", 5400),
        ("151", 151),
        ("0", 0),
        ("151 s", 151),
        ("2 min 31 s", 151),
        ("2min31", 151),
        ("2 minutes", 120),
        ("1 h 2 min 3 sec", 3723),
        ("1h", 3600),
        ("2' 31\"", 151),
        ("31 Seconds", 31),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, seconds: int):
    assert read_time(typed) == seconds


@pytest.mark.parametrize("typed", ["", "soon", "2:75", "1:75:00", "-3", "2::31", "half past two", "1 h 2 h", "9" * 30])
def test_what_is_no_time_is_refused_with_how_to_write_it(typed: str):
    with pytest.raises(Invalid, match="like 2:31") as refusal:
        read_time(typed)
    assert refusal.value.field == "place"


@given(st.integers(0, LONGEST))
def test_every_time_is_read_as_it_is_said(seconds: int):
    assert read_time(clock_time(seconds)) == seconds


@pytest.mark.parametrize("typed", ["3", " 3 ", "p3", "p. 3", "page 3", "Page 3", "slide 3"])
def test_a_page_is_read_as_people_write_it(typed: str):
    assert read_page(typed) == 3


@pytest.mark.parametrize("typed", ["", "three", "3-4", "-3", "3.5"])
def test_what_is_no_page_is_refused(typed: str):
    with pytest.raises(Invalid, match="like 3"):
        read_page(typed)


@given(st.lists(st.floats(), min_size=4, max_size=4))
def test_a_spot_is_always_on_its_page(numbers: list[float]):
    spot = read_spot(",".join(str(each) for each in numbers))
    if spot is not None:
        x, y, w, h = spot
        assert 0 <= x < x + w <= 1
        assert 0 <= y < y + h <= 1


@given(st.text(max_size=40))
def test_nothing_that_an_address_says_breaks_reading_a_spot(text: str):
    read_spot(text)
    read_box(text)


def test_a_spot_survives_its_address():
    place = Place(page=3, spot=(Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal("0.0001")))
    assert read_box(f"3,{place.box}") == place
    assert place.link("/view/") == "/view/?box=3,0.1,0.25,0.5,0.0001#page-3"


def test_places_are_said_and_linked():
    assert Place(seconds=3723).words == "1:02:03"
    assert Place(page=3).words == "page 3"
    assert Place().words == "the whole piece"
    assert Place(seconds=151).link("/view/") == "/view/?t=151"
    assert Place(page=3).link("/view/") == "/view/#page-3"
    assert Place().link("/view/") == "/view/"


def test_nothing_typed_is_the_whole_piece():
    for extent in (FILM, PAPER, PHOTO, Extent()):
        assert read_place("", "", extent) == Place()


@pytest.mark.parametrize(
    ("typed", "extent", "sentence"),
    [
        ("5:01", FILM, "ends at 5:00"),
        ("13", PAPER, "pages 1 to 12"),
        ("0", PAPER, "pages 1 to 12"),
        ("2", PHOTO, "pages 1 to 1"),
        ("2:31", Extent(), "no times or pages"),
    ],
)
def test_a_place_has_to_be_in_the_piece(typed: str, extent: Extent, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        read_place(typed, "", extent)


def test_a_film_that_is_not_measured_yet_takes_any_time_of_a_day():
    assert read_place("5:01", "", Extent(has_time=True)) == Place(seconds=301)
    with pytest.raises(Invalid):
        read_place("1500 min", "", Extent(has_time=True))


def test_a_box_needs_a_page_and_a_picture_is_one():
    box = "0.1,0.1,0.2,0.2"
    assert read_place("3", box, PAPER).box == box
    assert read_place("", box, PAPER) == Place()
    assert read_place("", box, PHOTO).page == 1
    assert read_place("2:31", box, FILM).box == ""
