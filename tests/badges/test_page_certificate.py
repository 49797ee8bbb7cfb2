"""The certificate as a PDF: one page that says what the badge says, for everyone's reader."""

import io

import pikepdf
import pytest
from django.urls import reverse

from badges.actions import revoke, share
from badges.models import Badge
from badges.print import compile_pdf, printable
from tests.badges.made import minted
from tests.credentials.sample import published


@pytest.fixture
def badge(cast):
    return minted(cast, published(cast))


def certificate(client, badge):
    return client.get(reverse("badge_pdf", args=[badge.id]))


def read(content: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    assert len(document) == 1
    return " ".join(document[0].get_textpage().get_text_bounded().split())


def test_the_certificate_says_who_earned_what_and_where_to_check_it(client, badge, settings):
    answer = certificate(client, badge)
    text = read(answer.content)
    for expected in ("Ada Alvarez", badge.edition.title, "Lakeside Schools"):
        assert expected in text
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert str(pdf.pages[0].Annots[0].A.URI) == f"{settings.BASE_URL}/b/{badge.id}"
    assert answer["Content-Disposition"].startswith("inline")
    assert certificate(client, badge).content == answer.content


def test_the_certificate_is_tagged_and_has_title_and_language(client, badge):
    with pikepdf.open(io.BytesIO(certificate(client, badge).content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("en")
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == badge.edition.title
            assert metadata["pdfuaid:part"] == "1"
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/FontFile" in str(list(each.DescendantFonts[0].FontDescriptor.keys())) for each in fonts)


def test_the_name_is_printed_only_as_its_earner_allows(client, cast, badge):
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="unlisted", show_name=False)
    assert "Ada" not in read(certificate(client, badge).content)


def test_a_badge_that_was_taken_back_has_no_certificate(client, cast, badge):
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
    answer = certificate(client, badge)
    assert answer.status_code == 410
    assert "not in good standing" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswesseneschafe Senior",
        '#import "x" *bold* _it_ $math$ [a](b) \\ "quoted" <tag> @ref',
        "Łódź Šimůnek Ærø Ωραία Привет שלום مرحبا",
        "山田 太郎",
        "\u202e\u0000 \ud800 🎉",
        "",
    ],
)
def test_any_name_fits_and_none_is_taken_for_markup(client, badge, name):
    name = name.replace("\u0000", "").encode("utf-8", "ignore").decode()
    Badge.objects.filter(id=badge.id).update(recipient_name=name)
    text = read(certificate(client, badge).content)
    if name.startswith("#import"):
        assert '#import "x" *bold*' in text
    if name.startswith("山"):
        assert "the person named at the address below" in text


def test_long_titles_and_many_lines_stay_on_the_page():
    words = {
        "title": "Supporting multilingual learners’ academic discourse " * 3,
        "language": "en-US",
        "kicker": "Micro-credential",
        "earned_by": "Earned by",
        "name": "Ada " * 30,
        "issued": "on March 3, 2026. Issued by Lakeside.",
        "facts": [["Hours of work", "12"]] * 4,
        "results_title": "Result by criterion",
        "results_head": ["Criterion", "Result"],
        "results": [[f"A rubric line with a long name that goes on, number {n}", "Meets it"] for n in range(16)],
        "about": "",
        "check": "Check it at",
        "url": "https://laurel.example.org/b/1",
        "printed": "Printed.",
        "art_alt": "Badge",
        "qr_alt": "QR code",
    }
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    text = read(compile_pdf("certificate", words, pictures={"art.svg": svg, "qr.svg": svg}))
    assert "number 15" in text
    assert "https://laurel.example.org/b/1" in text


def test_what_our_fonts_cannot_draw_is_left_out_or_not_printed_at_all():
    assert printable("Zoë Łukasz") == "Zoë Łukasz"
    assert printable("Ada 山") == "Ada"
    assert printable("山田 太郎") == ""


def test_an_unknown_layout_is_said_to_be_unknown():
    with pytest.raises(FileNotFoundError, match="no layout"):
        compile_pdf("nothing", {"title": "", "language": "en"})
