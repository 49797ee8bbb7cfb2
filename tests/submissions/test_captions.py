"""Captions come in from everywhere and go out as times and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webvtt import WebVTT

from lib.errors import Invalid
from submissions.captions import MOST_BYTES, Cue, cues_of, decoded, editable, written

SRT = "1\r\n00:00:01,000 --> 00:00:04,000\r\nShow me.\r\n\r\n2\r\n00:00:05,500 --> 00:00:06,000\r\n<i>Good.</i>\r\n"
STYLED = """WEBVTT - a title

STYLE
::cue { background: url(https://example.org/spy) }

REGION
id:left

NOTE for nobody

intro
00:01.000 --> 00:04.000 line:10% align:start
<v Roger><b>Hi</b> &amp; welcome <script>alert(1)</script>
"""


def words(text: str) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in cues_of(text)]


def test_subrip_is_taken_as_well():
    assert words(SRT) == [(1000, 4000, "Show me."), (5500, 6000, "Good.")]


def test_typed_lines_need_no_header_and_no_thousandths():
    assert words("0:02 --> 0:05\nOne\nTwo\n\n1:02:03.5 --> 1:02:04")[:1] == [(2000, 5000, "One\nTwo")]


def test_styles_regions_notes_and_markup_are_left_out():
    plain = written(cues_of(STYLED))
    assert plain == "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nHi &amp; welcome alert(1)\n"


def test_markup_that_was_hidden_as_text_stays_text():
    assert "&lt;img&gt;" in written(cues_of("0:01 --> 0:02\n&lt;img&gt; 3 < 4"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0:02 --> 0:01\nx", "Line 1: the second time has to be later"),
        ("0:02 --> 0:05\nx\n\n0:70 --> 0:80\ny", "Line 4: minutes and seconds go up to 59"),
        ("WEBVTT\n\nsoon --> later\nx", "Line 3: write times like"),
        ("0:02 --> 0:05\nx\n\nwords alone", "Line 4: these words have no times"),
        ("0:02 --> 0:05\nx\n0:06 --> 0:07\ny", "Line 3: leave an empty line"),
        ("", "no captions in this"),
        ("0:02 --> 0:05\n\n", "no captions in this"),
        ("WEBVTT", "no captions in this"),
        ("0:01 --> 0:02\n" + "x" * MOST_BYTES, "too long"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        cues_of(text)


def test_files_are_read_in_the_encodings_that_programs_write():
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decoded("0:01 --> 0:02\nMañana".encode(encoding)).endswith("Mañana")
    with pytest.raises(Invalid, match="UTF-8"):
        decoded("Mañana".encode("latin-1"))
    with pytest.raises(Invalid, match="500 kB"):
        decoded(b"x" * (MOST_BYTES + 1))


LINES = st.text("ab <>&;-ñ\"'/→1:.", min_size=1, max_size=30)


@given(st.lists(st.tuples(st.integers(0, 9_999_999), st.integers(1, 9_999_999), LINES), min_size=1, max_size=8))
def test_what_is_written_is_read_again_the_same(rows: list[tuple[int, int, str]]):
    plain = written([Cue(start, start + length, text) for start, length, text in rows if text.strip()])
    if plain.count("-->") == 0:
        return
    again = cues_of(plain)
    assert written(again) == plain
    assert len(list(WebVTT.from_string(plain, strict=True))) == len(again)
    assert written(cues_of(editable(plain))) == plain


@given(st.text())
def test_no_text_breaks_the_reader(text: str):
    try:
        plain = written(cues_of(text))
    except Invalid:
        return
    assert plain.startswith("WEBVTT\n\n")
    assert "<" not in plain.replace("&lt;", "")
