"""Files that mean harm get a sentence, soon; nothing of them runs, and nothing they point to is read."""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pptx
import pytest
from PIL import Image

from submissions.filetypes import FAMILIES
from submissions.media import can_preview
from tests.submissions.media.samples import DOCX, PPTX, archive, docx, ffmpeg, film, paragraph, pdf, photo

NOT_READ = "this file could not be read."
CUT_OFF = "the end of this file is missing."
UNSAFE = "this file has parts that Office programs never write."
UNPACKED = "this file unpacks to more than we can open."
LAUGHS = (
    '<!DOCTYPE w:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
PASSWD = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and has a few bytes of it."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(99)))]
    content = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        content += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return content


def test_a_picture_that_claims_a_giant_size_is_not_unpacked(refusal):
    said = "this picture has too many pixels. Save it smaller."

    assert refusal(png_of(60_000, 60_000), "image/png") == said
    assert refusal(photo(size=(400, 300)), "image/jpeg", pixels=100_000) == said


def test_a_giant_page_and_a_thin_page_are_drawn_at_the_usual_size(preview):
    for box, size in (("0 0 9000000 9000000", (1600, 1600)), ("0 0 1 14000", (1, 1600))):
        page = preview(pdf("x", box=box), "application/pdf").previews[0]

        assert (page.width, page.height) == pytest.approx(size, abs=1)


def test_a_file_that_is_a_picture_and_a_web_page_at_once_becomes_a_picture_only(preview):
    script = b"<script>alert(1)</script>"
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "JPEG", comment=script)

    made = preview(written.getvalue() + b"<html>" + script, "image/jpeg")

    assert all(b"script" not in each.path.read_bytes() for each in made.previews)


@pytest.mark.parametrize(
    ("content", "content_type", "said"),
    [
        (docx("", before=LAUGHS), DOCX, UNSAFE),
        (docx(paragraph("&x;"), before=PASSWD), DOCX, UNSAFE),
        (docx("", more={"word/styles.dat": (LAUGHS + "<w/>").encode("utf-16")}), DOCX, UNSAFE),
        (docx(" " * 41_000_000), DOCX, UNPACKED),
        (docx("", more={"word/media/a.jpg": bytes(301_000_000)}), DOCX, UNPACKED),
        (archive({f"word/{at}.xml": b"" for at in range(10_001)}), DOCX, UNPACKED),
        (archive({"[Content_Types].xml": b"<x/>"}), DOCX, NOT_READ),
        (archive({"[Content_Types].xml": b"<x/>"}), PPTX, NOT_READ),
    ],
    ids=["laughs", "outside-entity", "other-name", "long-part", "large-picture", "many", "no-document", "no-deck"],
)
def test_an_office_file_that_is_a_bomb_or_a_trap_is_not_opened(refusal, content, content_type, said):
    assert refusal(content, content_type) == said


def test_an_archive_that_lies_about_sizes_is_not_believed(refusal):
    honest = docx(paragraph("word " * 1000))
    with_lie = bytearray(honest)
    at = with_lie.rindex(b"word/document.xml") - 46  # its entry in the directory, APPNOTE 4.3.12
    with_lie[at + 24 : at + 28] = struct.pack("<I", 64)

    assert refusal(bytes(with_lie), DOCX) == NOT_READ


def test_slides_with_entities_are_not_opened(refusal):
    written = io.BytesIO()
    pptx.Presentation().save(written)
    with zipfile.ZipFile(written) as deck:
        parts = {name: deck.read(name) for name in deck.namelist()}
    head, root = parts["ppt/presentation.xml"].split(b"?>", 1)
    parts["ppt/presentation.xml"] = head + b"?>" + LAUGHS.replace("w:document", "p:presentation").encode() + root

    assert refusal(archive(parts), PPTX) == UNSAFE


@pytest.mark.parametrize("content_type", ["video/mp4", "video/webm", "audio/mpeg"])
@pytest.mark.parametrize("form", ["playlist", "script"])
def test_a_list_of_other_files_is_no_film(refusal, secret, content_type, form):
    lists = {
        "playlist": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n",
        "script": f"ffconcat version 1.0\nfile '{secret}'\n",
    }

    assert refusal(lists[form].encode(), content_type) == NOT_READ


@pytest.fixture(scope="module")
def secret(tmp_path_factory) -> Path:
    """A film beside the one that was sent in."""
    return film(tmp_path_factory.mktemp("others") / "secret.mp4", seconds=0.5)


def test_a_film_that_points_to_another_file_does_not_show_it(refusal, tmp_path):
    film(tmp_path / "another.mov", sound=False, seconds=0.5)
    whole = film(tmp_path / "own.mov", sound=False, seconds=0.5).read_bytes()
    data = whole.index(b"mdat") - 4
    length = int.from_bytes(whole[data : data + 4], "big")
    empty = whole[: data + 8] + bytes(length - 8) + whole[data + length :]

    source = tmp_path / "pointing.mov"
    source.write_bytes(_pointing_to(empty, "another.mov"))
    ffmpeg("-enable_drefs", "1", "-i", str(source), "-f", "null", "-")  # it would work

    assert refusal(source, "video/quicktime") == NOT_READ


def _pointing_to(whole: bytes, name: str) -> bytes:
    """The film with an alias to a file beside it (QuickTime File Format, "data reference atoms") in place of itself."""
    path = name.encode()
    alias = bytes(10) + b"\x01d".ljust(28, b"\0") + bytes(12) + bytes([len(path)]) + path.ljust(63, b"\0") + bytes(16)
    alias += struct.pack(">HH", 1, 1) + bytes(16) + struct.pack(">HH", 2, len(path) + 1) + b"/" + path + b"\xff\xff\0\0"
    entry = struct.pack(">I", 12 + len(alias)) + b"alis" + bytes(4) + alias
    at = whole.index(b"dref") + 12  # past type, version, count
    old = int.from_bytes(whole[at : at + 4], "big")
    grown = len(entry) - old
    changed = bytearray(whole[:at] + entry + whole[at + old :])
    for parent in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        where = whole.rindex(parent, 0, at) - 4
        changed[where : where + 4] = struct.pack(">I", int.from_bytes(whole[where : where + 4], "big") + grown)
    return bytes(changed)


GARBAGE = random.Random(7).randbytes(20_000)


@pytest.mark.parametrize(
    ("content", "content_type", "said"),
    [
        (photo()[:200] + GARBAGE, "image/jpeg", {NOT_READ, CUT_OFF}),
        (b"\x89PNG\r\n\x1a\n" + GARBAGE, "image/png", {NOT_READ}),
        (b"RIFF\x00\x20\x00\x00WEBPVP8 " + GARBAGE, "image/webp", {NOT_READ}),
        (b"GIF89a" + GARBAGE, "image/gif", {NOT_READ, CUT_OFF}),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + GARBAGE, "image/heic", {NOT_READ}),
        (b"%PDF-1.7\n" + GARBAGE + b"startxref\n9\n%%EOF", "application/pdf", {NOT_READ}),
        (b"PK\x03\x04" + GARBAGE, DOCX, {NOT_READ}),
        (b"PK\x03\x04" + GARBAGE, PPTX, {NOT_READ}),
        (b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom" + GARBAGE, "video/mp4", {NOT_READ, CUT_OFF}),
        (b"\x1a\x45\xdf\xa3\x9f" + GARBAGE, "video/webm", {NOT_READ}),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(9_000), "audio/mpeg", {NOT_READ}),
        (b"RIFF\x00\x20\x00\x00WAVEfmt " + GARBAGE, "audio/wav", {NOT_READ}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_garbage_behind_a_good_start_is_said_to_be_unreadable(refusal, content, content_type, said):
    assert refusal(content, content_type) in said


def test_an_empty_file_and_one_of_a_kind_without_preview_start_no_process(refusal, monkeypatch):
    monkeypatch.setattr("submissions.media.making.run_limited", None)

    assert refusal(b"", "image/png") == "This file is empty, so there is nothing to show."
    for family in ("odt", "xlsx"):
        kind = FAMILIES[family].content_type
        assert refusal(b"PK", kind) == "There is no preview for files of this kind."


def test_every_kind_of_file_that_we_take_has_a_preview_but_two():
    assert {family for family, kind in FAMILIES.items() if not can_preview(kind.content_type)} == {"odt", "xlsx"}
