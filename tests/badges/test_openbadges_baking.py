"""Badges in pictures: what goes in comes out, and nothing else is opened."""

import io
import json
import struct
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from badges.openbadges.baking import MAX_BADGE, MAX_PICTURE, bake_png, bake_svg, unbake_png, unbake_svg
from badges.openbadges.errors import FileInvalid

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
SVG = b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg" width="1">\n<g/></svg>'
json_values = st.recursive(st.text(st.characters(codec="utf-8"), max_size=20) | st.integers(), st.lists, max_leaves=5)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(out, "PNG")
    return out.getvalue()


def with_chunk(picture: bytes, kind: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return picture[:33] + chunk + picture[33:]


@given(json_values)
def test_png_round_trip(value):
    badge = json.dumps(value, ensure_ascii=False)
    baked = bake_png(png(), badge)
    assert unbake_png(baked) == badge


def test_png_is_read_by_pillow_too():
    picture = Image.open(io.BytesIO(bake_png(png(), '{"name": "é"}')))
    picture.load()  # Pillow checks the checksums
    assert picture.text == {"openbadgecredential": '{"name": "é"}'}
    assert picture.getpixel((0, 0)) == (255, 0, 0)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), json_values, max_size=3))
def test_svg_round_trip(value):
    baked = bake_svg(SVG, json.dumps(value))
    assert json.loads(unbake_svg(baked)) == value
    element = ElementTree.fromstring(baked)[0]
    assert element.tag == f"{{{NAMESPACE}}}credential"
    assert json.loads(element.text) == value


def test_svg_survives_the_end_of_cdata_inside_a_text():
    value = {"name": "a]]>b"}
    baked = bake_svg(SVG, json.dumps(value))
    assert baked.count(b"]]>") == 1
    assert json.loads(unbake_svg(baked)) == value


@pytest.mark.parametrize(
    "picture",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg">text</svg>',
        b'\xef\xbb\xbf<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>',
        b'<svg\nxmlns="http://www.w3.org/2000/svg" title="a>b"><!-- c --><g/></svg>',
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><g/></svg>',
    ],
)
def test_svg_of_many_forms(picture):
    baked = bake_svg(picture, '{"a": 1}')
    assert unbake_svg(baked) == '{"a": 1}'
    assert ElementTree.fromstring(baked)[0].tag == f"{{{NAMESPACE}}}credential"


def test_zero_and_two_badges():
    for picture, unbake in ((png(), unbake_png), (SVG, unbake_svg)):
        with pytest.raises(FileInvalid) as caught:
            unbake(picture)
        assert caught.value.code == "no-badge"
    with pytest.raises(FileInvalid) as caught:
        unbake_png(with_chunk(bake_png(png(), "{}"), b"iTXt", b"openbadgecredential\0\0\0\0\0{}"))
    assert caught.value.code == "two-badges"
    with pytest.raises(FileInvalid) as caught:
        unbake_svg(bake_svg(SVG, "{}").replace(b"<g/>", b"<openbadges:credential>{}</openbadges:credential>"))
    assert caught.value.code == "two-badges"


def test_baking_twice_is_refused():
    for bake, picture in ((bake_png, png()), (bake_svg, SVG)):
        with pytest.raises(FileInvalid) as caught:
            bake(bake(picture, "{}"), "{}")
        assert caught.value.code == "already-baked"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"tEXt", b"openbadgecredential\0{}"),
        (b"zTXt", b"openbadgecredential\0\0" + zlib.compress(b"{}")),
        (b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{}")),
    ],
)
def test_png_badge_must_be_uncompressed_international_text(kind, data):
    with pytest.raises(FileInvalid) as caught:
        unbake_png(with_chunk(png(), kind, data))
    assert caught.value.code == "compressed"


BAKED = bake_png(png(), '{"name": 1}')
BAD_PNG = [
    b"", b"\x89PNG\r\n\x1a\n", BAKED[:40], BAKED[:-4], BAKED.replace(b'{"name"', b'{"fame"'),
    b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, with_chunk(png(), b"iTXt", b"openbadgecredential\0\0\0"),
    with_chunk(png(), b"iTXt", b"openbadgecredential\0\0\0\0\0\xff"),
]  # fmt: skip


@pytest.mark.parametrize("picture", BAD_PNG)
def test_damaged_png(picture):
    with pytest.raises(FileInvalid):
        unbake_png(picture)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_sentence(data):
    for unbake in (unbake_png, unbake_svg):
        with pytest.raises(FileInvalid):
            unbake(data)
        with pytest.raises(FileInvalid):
            unbake(BAKED[:60] + data)


BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
FILE = b'<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&f;</svg>'
ROOT = b'<svg xmlns="http://www.w3.org/2000/svg">'
BAD_SVG = [
    BOMB, FILE, b"", b"<svg>", b"<svg/>", b'<html xmlns="http://www.w3.org/1999/xhtml"></html>', SVG[:-3],
    b'<svg xmlns="http://www.w3.org/2000/svg"/>', SVG.decode().encode("utf-16"), b"\xff" + SVG,
    ROOT + b"<g>" * 300 + b"</g>" * 300 + b"</svg>",
]  # fmt: skip


@pytest.mark.parametrize("picture", BAD_SVG)
def test_svg_that_we_do_not_open(picture):
    for attempt in (unbake_svg, lambda data: bake_svg(data, "{}")):
        with pytest.raises(FileInvalid) as caught:
            attempt(picture)
        assert caught.value.code == "svg"


def test_prefix_used_for_something_else():
    taken = SVG.replace(b"<svg ", b'<svg xmlns:openbadges="https://example.org/" ')
    with pytest.raises(FileInvalid) as caught:
        bake_svg(taken, "{}")
    assert caught.value.code == "prefix-taken"


def test_size_limits():
    for bake, picture in ((bake_png, png()), (bake_svg, SVG)):
        with pytest.raises(FileInvalid) as caught:
            bake(picture, "x" * (MAX_BADGE + 1))
        assert caught.value.code == "badge-size"
        with pytest.raises(FileInvalid) as caught:
            bake(picture + b" " * MAX_PICTURE, "{}")
        assert caught.value.code == "picture-size"
