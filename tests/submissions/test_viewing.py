"""The page of one piece of evidence: every kind is shown, or said why not."""

import re

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from lib import clock
from lib.transitions import move
from submissions.actions.evidence import add_link, add_text
from submissions.actions.pointers import add_pointer
from submissions.exhibits import OwnAddresses
from submissions.models import Artifact, Rendering, StoredFile
from submissions.places import Place
from submissions.viewing import exhibits_of
from tests.assessment.stage import inside
from tests.submissions import stage
from tests.submissions.props import CAPTIONS, add, document, film, paper, photo, render

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


def view(client: Client, artifact: Artifact, query: str = "", **headers: str):
    return client.get(address("artifact_view", artifact) + query, **headers)


def address(name: str, artifact: Artifact, *more: object) -> str:
    return reverse(name, args=["lakeside", artifact.submission.work_id, artifact.id, *more])


def open_all(client: Client, page: str) -> None:
    """Whatever the page shows or offers can be had by its reader."""
    found = re.findall(r'(?:src|poster)="(/t/[^"#]+)', page) + re.findall(r'href="(/t/[^"]+)" download', page)
    assert found
    for each in found:
        assert client.get(each.replace("&amp;", "&")).status_code == 200, each


def test_a_film_has_its_still_its_captions_and_the_time_it_was_asked_for(cast, draft, ada):
    lesson = film(cast, draft)
    page = view(ada, lesson, "?t=151").content.decode()
    assert re.search(r'<video controls preload="metadata" playsinline src="[^"]+/video/0/#t=151" poster="[^"]+"', page)
    assert '<track kind="captions"' in page
    assert "English" in page
    open_all(ada, page)
    assert "#t=" not in view(ada, lesson, "?t=soon").content.decode()


def test_captions_are_served_as_captions_and_nothing_else(cast, draft, ada):
    lesson = film(cast, draft)
    answer = ada.get(address("captions_file", lesson, "en"))
    assert answer.content.decode() == CAPTIONS
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ada.get(address("captions_file", lesson, "fr")).status_code == 404
    stranger = Client()
    stranger.force_login(cast.bela)
    assert stranger.get(address("captions_file", lesson, "en")).status_code == 404


def test_every_page_of_a_pdf_has_its_place_and_its_size(cast, draft, ada):
    plan = paper(cast, draft, pages=12)
    page = view(ada, plan).content.decode()
    assert page.count('width="850" height="1100"') == 12
    assert page.count('loading="lazy"') >= 12
    assert 'id="page-3" data-page="3"><figcaption>Page 3 of 12</figcaption>' in page
    assert "Words on page 3." in page
    open_all(ada, page)


def test_a_link_to_a_page_number_leads_to_the_page(cast, draft, ada):
    plan = paper(cast, draft)
    assert view(ada, plan, "?page=3").headers["Location"] == address("artifact_view", plan) + "#page-3"


def test_a_link_with_a_box_draws_it_and_a_broken_one_does_not(cast, draft, ada):
    plan = paper(cast, draft)
    assert '<rect x="10.00%"' in view(ada, plan, "?box=2,0.1,0.1,0.2,0.2").content.decode()
    for broken in ("2", "2,0.1", "x,0.1,0.1,0.2,0.2", "2,<script>,0,0,0", "99,0.1,0.1,0.2,0.2"):
        answer = view(ada, plan, f"?box={broken}")
        assert answer.status_code == 200
        assert "<rect" not in answer.content.decode()


def test_a_picture_can_be_seen_large_without_a_script(cast, draft, ada):
    board = photo(cast, draft)
    page = view(ada, board).content.decode()
    assert 'width="400" height="300"' in page
    assert re.search(r'<p class="no-js"><a href="[^"]+/image/0/" target="_blank"', page)
    open_all(ada, page)


def test_a_document_is_shown_in_a_frame_that_can_do_nothing(cast, draft, ada):
    plan = document(cast, draft)
    page = view(ada, plan).content.decode()
    frame = re.search(r'<iframe class="preview" sandbox src="([^"]+)"', page)
    served = ada.get(frame[1])
    assert served.headers["Content-Security-Policy"].startswith("sandbox")
    assert "script-src" not in served.headers["Content-Security-Policy"]
    assert "Content-Disposition" in served.headers


def test_texts_and_links_are_shown_as_they_are(cast, draft, ada):
    by, plan = cast.by(cast.ada), stage.criterion_of(draft.edition, "plan")
    with inside(cast):
        text = add_text(by=by, submission=draft, criterion=plan, text="A <b>transcript</b>.\nLine two.")
        link = add_link(by=by, submission=draft, criterion=plan, url="https://example.org/a?b=1&c=2")
        Artifact.objects.filter(id=link.id).update(
            link_state="closed",
            link_reason="It asks people to sign in.",
            link_title="My <i>plan</i>",
            link_checked_at=clock.now(),
        )
    assert "A &lt;b&gt;transcript&lt;/b&gt;.<br>Line two." in view(ada, text).content.decode()
    page = view(ada, link).content.decode()
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow"' in page
    assert "Reviewers cannot open it. It asks people to sign in." in page
    assert "My &lt;i&gt;plan&lt;/i&gt;" in page


def test_a_preview_that_is_being_made_asks_again_by_itself(cast, draft, ada):
    plan = add(cast, draft, "plan.pdf", stage.pdf())
    page = view(ada, plan).content.decode()
    assert "The preview is being made" in page
    assert f'hx-get="{address("artifact_view", plan)}"' in page
    render(cast, plan, ("page", b"x", "image/webp"), pages=1)
    piece = view(ada, plan, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in piece
    assert "Page 1 of 1" in piece
    assert "hx-get" not in piece


def test_a_preview_that_failed_says_so_and_leaves_the_download(cast, draft, ada):
    plan = add(cast, draft, "plan.pdf", stage.pdf())
    render(cast, plan, state="failed", note="This PDF is locked with a password, so we cannot show it.")
    page = view(ada, plan).content.decode()
    assert "locked with a password" in page
    assert "Reviewers can still download the file." in page
    open_all(ada, page)


def test_a_file_that_was_deleted_says_so_and_offers_nothing(cast, draft, ada):
    plan = paper(cast, draft)
    with inside(cast):
        kept = plan.file
        move(kept, StoredFile.State.GONE)
        kept.gone_at = clock.now()
        kept.save()
        default_storage.delete(kept.key)
    page = view(ada, plan).content.decode()
    assert "This file was deleted, as the rules on keeping evidence say." in page
    assert "/page/0/" not in page
    assert "download" not in page.split("<main")[1]


def test_a_kind_without_preview_is_a_download(cast, draft, ada):
    plan = add(cast, draft, "sheet.odt", stage.odt())
    with inside(cast):
        Rendering.objects.filter(file=plan.file).delete()
    assert "There is no preview of this kind of file" in view(ada, plan).content.decode()


def test_what_was_sent_is_shown_without_forms(cast, draft, ada):
    lesson = film(cast, draft)
    assert "data-place-form" in view(ada, lesson).content.decode()
    stage.send(cast, draft)
    page = view(ada, lesson).content.decode()
    assert "data-place-form" not in page
    assert "data-here" not in page
    assert "You have sent this in." in page
    assert ada.get(address("captions_edit", lesson, "en")).status_code == 200
    assert "<textarea" not in ada.get(address("captions_edit", lesson, "en")).content.decode()


def test_names_with_quotes_and_of_any_length_do_not_break_the_page(cast, draft, ada):
    plan = add(cast, draft, '"Ada\'s" <plan> & ' + "long" * 40 + ".pdf", stage.pdf())
    page = view(ada, plan).content.decode()
    assert "<plan>" not in page
    assert "&amp;lt;" not in page
    assert "&amp;#x27;" not in page


def test_many_pieces_take_as_many_queries_as_one(cast, draft, django_assert_num_queries):
    addresses = OwnAddresses("lakeside", draft.work_id)

    def looked_at(expected: int) -> None:
        with inside(cast), django_assert_num_queries(expected):
            pieces = exhibits_of(draft, addresses, blind=False)
        assert [each.shape for each in pieces][: len(shapes)] == shapes

    by = cast.by(cast.ada)
    shapes = ["film"]
    lesson = film(cast, draft)
    looked_at(8)
    paper(cast, draft, pages=40)
    photo(cast, draft)
    paper(cast, draft, "More.pdf", key="extra")
    with inside(cast):
        for second in range(5):
            add_pointer(by=by, artifact=lesson, place=Place(seconds=second), note=f"At {second}")
    shapes = ["film", "pages", "picture", "pages"]
    looked_at(8)


def test_the_page_itself_takes_a_fixed_number_of_queries(cast, draft, ada, django_assert_max_num_queries):
    lesson = film(cast, draft)
    for n in range(2):
        paper(cast, draft, f"{n}.pdf", pages=30)
    with django_assert_max_num_queries(16):
        assert view(ada, lesson).status_code == 200
