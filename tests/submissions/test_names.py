"""A name is found in any dress, and only where it is a word."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.names import names_someone, parts_of, words_of

LETTERS = st.text("abcdefghijklmnopqrstuvwxyzéüñåøłœ", min_size=3, max_size=12)
BETWEEN = st.text(string.punctuation + string.whitespace + string.digits, min_size=1, max_size=5)
DRESSES = [
    str,
    str.upper,
    str.title,
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each)),
    lambda name: "\u00ad".join(name),  # with soft hyphens, as PDFs have them
]


@given(LETTERS, BETWEEN, BETWEEN, st.sampled_from(DRESSES))
def test_a_name_is_found_in_any_dress(name: str, before: str, after: str, dress):
    assert names_someone(f"xx{before}{dress(name)}{after}xx", parts_of(name))


@given(LETTERS, LETTERS)
def test_a_name_inside_another_word_is_none(name: str, more: str):
    assert not names_someone(f"{name}{more}", parts_of(name) - words_of(name + more))
    assert not names_someone(name + "q" + more, parts_of(name))


@given(st.text(), st.text())
def test_what_is_found_is_a_word_of_both(name: str, text: str):
    found = names_someone(text, parts_of(name))
    assert found == bool({word for word in words_of(name) if len(word) >= 3} & words_of(text))


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ada Alvarez", "By ada ALVÁREZ, room 4", True),
        ("Ada Alvarez", "ada.alvarez@example.org", True),
        ("Ada Alvarez", "Adage and Alvarezian", False),
        ("Bo Li", "Bo Li wrote this", False),  # too short to tell from other words
        ("Seán O'Neill", "Mrs. O’Neill’s class", True),
        ("Jürgen Groß", "JURGEN GROSS", True),
        ("Søren Łukasz", "Soren", True),
        ("", "Anything", False),
    ],
)
def test_names_as_people_have_them(name: str, text: str, found: bool):
    assert names_someone(text, parts_of(name)) is found
