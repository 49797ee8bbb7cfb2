"""What changed, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from lib.diffs import MOST_WORDS, word_diff


@given(st.text(), st.text())
def test_both_texts_can_be_read_from_the_changes(old: str, new: str):
    changes = word_diff(old, new)
    assert "".join(text for mark, text in changes if mark != "+") == old
    assert "".join(text for mark, text in changes if mark != "-") == new


def test_a_changed_word_is_one_taken_out_and_one_added():
    assert word_diff("I saw two checks.", "I saw three checks.") == [
        ("", "I saw "),
        ("-", "two "),
        ("+", "three "),
        ("", "checks."),
    ]


def test_texts_too_long_to_compare_are_left_alone():
    assert word_diff("word " * MOST_WORDS, "other " * MOST_WORDS) is None
