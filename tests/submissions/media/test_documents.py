"""PDF, Word, PowerPoint and text."""

import base64
import io
import re

import pptx
from PIL import Image
from pptx.util import Inches

from tests.submissions.media.samples import DOCX, PPTX, docx, linked, paragraph, pdf, photo, pictured

FETCHES = re.compile(
    r"<(script|iframe|object|link|form|meta http)|\son\w+=|javascript:|(src|href)=\"(?!data:image/webp;base64,|https://school\.example)"
)


def html_of(made) -> str:
    """The one HTML preview, which runs nothing and fetches nothing."""
    (document,) = made.previews
    assert (document.kind, document.content_type) == ("html", "text/html")
    content = document.path.read_text()
    assert content.startswith("<!doctype html>\n<html lang=")
    assert not FETCHES.search(content)
    return content


def test_pages_of_a_pdf_become_pictures_and_text(preview):
    made = preview(pdf("Fractions are fair shares", "Second page"), "application/pdf")

    assert [(each.kind, each.position) for each in made.previews] == [("page", 0), ("thumb", 0), ("page", 1)]
    page = made.previews[0]
    assert (page.content_type, page.width, page.height) == ("image/webp", 1200, 1600)
    assert made.texts == ["Fractions are fair shares", "Second page"]
    assert (made.pages, made.note, made.seconds) == (2, "", None)
    with Image.open(page.path) as image:
        assert image.convert("L").getextrema() == (0, 255)
    assert not any(b"Ada" in each.path.read_bytes() for each in made.previews)


def test_of_a_long_pdf_the_first_pages_are_shown_and_that_is_said(preview):
    made = preview(pdf("one", "two", "three"), "application/pdf", pages=2)

    assert (made.pages, made.texts) == (3, ["one", "two"])
    assert made.note == "The first 2 of 3 pages are shown."


def test_when_time_runs_out_the_pages_of_a_pdf_that_are_done_are_kept(preview):
    made = preview(pdf(*["page"] * 200), "application/pdf", pdf_seconds=4)

    shown = sum(each.kind == "page" for each in made.previews)
    assert 0 < shown < 200
    assert made.note == f"The first {shown} of 200 pages are shown."


def test_a_pdf_with_a_password_asks_for_one_without(refusal):
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"11" * 32, b"22" * 32)
    locked = pdf("secret").replace(b"/Root 1 0 R", lock + b"/Root 1 0 R")

    assert refusal(locked, "application/pdf") == "this file needs a password. Save it without one."


def test_the_text_of_a_document_is_bounded_and_has_no_control_characters(preview):
    made = preview(pdf("a\\000b\\033c " * 3, "second"), "application/pdf", text_characters=8)

    assert sum(map(len, made.texts)) <= 8
    assert not re.search(r"[\x00-\x08\x0e-\x1f]", "".join(made.texts))


def test_a_word_file_keeps_its_structure_and_loses_what_could_do_harm(preview):
    body = (
        paragraph("Plan &amp; &lt;script&gt;alert(1)&lt;/script&gt;")
        + linked("evil", "click me")
        + linked("good", "our school")
        + linked("data", "a page")
        + pictured("embed", "photo")
        + pictured("link", "remote")
        + pictured("embed", "missing")
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    links = {
        "evil": "javascript:alert(1)",
        "good": "https://school.example/plan",
        "data": "data:text/html,x",
        "remote": "http://tracker.example/pixel.png",
        "missing": "file:///etc/passwd.png",
    }

    made = preview(docx(body, links=links, pictures={"photo": photo()}), DOCX)

    content = html_of(made)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "<td><p>cell</p></td>" in content
    link = re.search(r'<a href="https://school.example/plan"[^>]*>', content)[0]
    assert 'target="_blank"' in link
    assert 'rel="noopener noreferrer nofollow"' in link
    assert content.count("data:image/webp") == 1
    assert 'alt="A picture"' in content
    assert not any(secret in content for secret in ("Ada", "tracker", "passwd", "data:text"))
    assert "click me" in made.texts[0]
    assert made.note == "2 pictures are left out."


def test_pictures_in_a_word_file_are_made_anew_without_place_and_person(preview):
    made = preview(docx(pictured("embed", "photo"), pictures={"photo": photo(orientation=6)}), DOCX)

    written = base64.b64decode(re.search(r"base64,([^\"]+)", html_of(made))[1])
    assert b"Ada" not in written
    with Image.open(io.BytesIO(written)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (40, 80), {})


def test_slides_become_sections_with_words_tables_pictures_and_notes(preview):
    deck = pptx.Presentation()
    deck.core_properties.author = "Ada Teacher"
    first = deck.slides.add_slide(deck.slide_layouts[5])
    first.shapes.title.text = "Why <b>fractions</b>"
    first.notes_slide.notes_text_frame.text = "Say this slowly"
    first.shapes.add_picture(io.BytesIO(photo()), 0, 0)
    second = deck.slides.add_slide(deck.slide_layouts[6])
    cells = second.shapes.add_table(1, 2, 0, 0, Inches(4), Inches(1)).table
    cells.cell(0, 0).text, cells.cell(0, 1).text = "left", "right"
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "in a group"
    deck.slides.add_slide(deck.slide_layouts[6])
    written = io.BytesIO()
    deck.save(written)

    made = preview(written.getvalue(), PPTX, pages=2)

    content = html_of(made)
    assert '<section aria-label="Slide 1"><h2>Slide 1</h2>' in content
    assert "<p>Why &lt;b&gt;fractions&lt;/b&gt;</p>" in content
    assert "<h3>Notes</h3><p>Say this slowly</p>" in content
    assert "<td>left</td><td>right</td>" in content
    assert content.count("data:image/webp") == 1
    assert "Ada" not in content
    assert made.texts == ["Why <b>fractions</b>\nSay this slowly", "left\tright\nin a group"]
    assert made.note == "The first 2 of 3 slides are shown."


def test_plain_text_is_shown_as_typed(preview):
    made = preview("\ufeffDear <i>Ada</i>,\r\n  thank you".encode(), "text/plain")

    assert "<pre>Dear &lt;i&gt;Ada&lt;/i&gt;,\n  thank you</pre>" in html_of(made)
    assert made.texts == ["Dear <i>Ada</i>,\n  thank you"]


def test_of_a_long_text_the_beginning_is_shown_and_that_is_said(preview):
    made = preview(b"word " * 100, "text/plain", text_characters=20)

    assert (made.texts, made.note) == (["word word word word"], "The first 20 characters are shown.")


def test_a_table_is_cut_at_its_edges_and_that_is_said(preview):
    lines = ["name;hours;extra", '"Lee; Ada";12;x', "third;3;y"]

    made = preview("\n".join(lines).encode(), "text/csv", rows=2, columns=2)

    content = html_of(made)
    assert "<tr><td>name</td><td>hours</td></tr><tr><td>Lee; Ada</td><td>12</td></tr>" in content
    assert "third" not in content
    assert made.note == "The first 2 rows of the table are shown. The first 2 columns of the table are shown."
