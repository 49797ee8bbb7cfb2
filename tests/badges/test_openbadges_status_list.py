"""Bitstring status lists."""

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.openbadges.errors import StatusListInvalid
from badges.openbadges.status_list import MAX_ENTRIES, MIN_ENTRIES, decode, encode, is_set


def packed(bits: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).rstrip(b"=").decode()


@given(st.sets(st.integers(0, MIN_ENTRIES - 1), max_size=40))
def test_round_trip(indexes):
    bits = decode(encode(indexes))
    assert {i for i in range(MIN_ENTRIES) if bits[i >> 3] and is_set(bits, i)} == indexes


def test_first_index_is_the_left_most_bit():
    bits = decode(encode([0, 10]))
    assert bits[:2] == bytes([0b10000000, 0b00100000])
    assert len(bits) * 8 == MIN_ENTRIES


def test_same_indexes_give_the_same_text_without_padding():
    assert encode([1, 2, 3]) == encode({3, 2, 1})
    assert encode([5]).startswith("u")
    assert "=" not in encode([5])


@pytest.mark.parametrize("entries", [8, MIN_ENTRIES - 8, MIN_ENTRIES + 1, MAX_ENTRIES + 8])
def test_wrong_sizes(entries):
    with pytest.raises(StatusListInvalid):
        encode([], entries=entries)


@pytest.mark.parametrize("index", [-1, MIN_ENTRIES])
def test_index_off_the_list(index):
    with pytest.raises(StatusListInvalid):
        encode([index])
    with pytest.raises(StatusListInvalid):
        is_set(decode(encode([])), index)


HOSTILE = [None, 7, "", "z", "u", "u!!!!", "uAAAA", packed(b"short"), encode([])[:-8], "u" + "é" * 10]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_lists(value):
    with pytest.raises(StatusListInvalid):
        decode(value)


def test_zip_bomb_is_not_unpacked():
    with pytest.raises(StatusListInvalid) as caught:
        decode(packed(bytes(MAX_ENTRIES // 8 + 1)))
    assert caught.value.code == "status-long"
