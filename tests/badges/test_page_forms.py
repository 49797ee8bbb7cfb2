"""The forms of one badge: what each is, who may keep it, when it is sent again; the card, the QR code, the picture."""

import io
from uuid import uuid4

import pytest
from django.urls import reverse
from PIL import Image

from badges.actions import revoke, share
from badges.models import Artwork
from tests.badges.made import minted
from tests.credentials.sample import published

FORMS = {
    "badge_json": "application/vc+ld+json",
    "badge_png": "image/png",
    "badge_svg": "image/svg+xml",
    "badge_pdf": "application/pdf",
    "badge_qr": "image/svg+xml",
}


@pytest.fixture
def badge(cast):
    return minted(cast, published(cast))


def get(client, name, badge, **headers):
    return client.get(reverse(name, args=[badge.id]), headers=headers)


def set_visibility(cast, badge, visibility):
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility=visibility, show_name=True)


@pytest.mark.parametrize("name", FORMS)
def test_each_form_has_a_tag_and_is_not_sent_twice(client, badge, name):
    first = get(client, name, badge)
    assert first.status_code == 200
    assert first["Content-Type"] == FORMS[name]
    assert "no-cache" in first["Cache-Control"]
    tag = first["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(client, name, badge, **{"if-none-match": known})
        assert again.status_code == 304, known
        assert again["ETag"] == tag
        assert not again.content
        assert "Content-Type" not in again
    for other in ('"other"', tag.strip('"'), f'"{tag}"', ""):
        assert get(client, name, badge, **{"if-none-match": other}).status_code == 200, other


@pytest.mark.parametrize("name", ["badge", *FORMS])
def test_head_has_the_headers_and_no_body(client, badge, name):
    address = reverse(name, args=[badge.id])
    whole, head = client.get(address), client.head(address)
    assert head.status_code == 200
    assert not head.content
    for header in ("Content-Type", "ETag", "Cache-Control", "Content-Length"):
        assert head[header] == whole[header], header
    assert client.post(address).status_code in (403, 405)


@pytest.mark.parametrize("name", FORMS)
def test_who_may_keep_a_form_follows_who_may_see_it(client, cast, badge, name):
    set_visibility(cast, badge, "public")
    assert get(client, name, badge)["Cache-Control"].startswith("public, max-age=60")
    set_visibility(cast, badge, "private")
    assert get(client, name, badge).status_code == 404
    client.force_login(cast.ada)
    assert get(client, name, badge)["Cache-Control"] == "private, no-store"


def test_the_tag_of_the_page_changes_with_every_word_of_it(client, cast, badge):
    first = get(client, "badge", badge)
    assert get(client, "badge", badge, **{"if-none-match": first["ETag"]}).status_code == 304
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
    again = get(client, "badge", badge, **{"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("application/ld+json;q=0.9, text/html;q=0.1", "application/vc+ld+json"),
        ("application/vc", "application/vc+ld+json"),
        ("image/png", "image/png"),
        ("nonsense", "text/html; charset=utf-8"),
    ],
)
def test_the_address_of_a_badge_answers_in_the_form_that_is_asked_for(client, badge, accept, kind):
    answer = get(client, "badge", badge, accept=accept)
    assert answer["Content-Type"] == kind
    assert "Accept" in answer["Vary"]


def test_any_site_may_frame_the_card_and_nothing_else(client, badge):
    answer = get(client, "badge_embed", badge)
    text = answer.content.decode()
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert "<script" not in text
    for expected in (badge.edition.title, "Ada Alvarez", "In good standing", f"/b/{badge.id}"):
        assert expected in text
    assert "frame-ancestors 'none'" in get(client, "badge", badge)["Content-Security-Policy"]


def test_the_card_tells_when_a_badge_is_not_in_force_and_nothing_of_a_private_one(client, cast, badge):
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
    assert "No longer valid" in get(client, "badge_embed", badge).content.decode()
    set_visibility(cast, badge, "private")
    client.force_login(cast.ada)
    answer = get(client, "badge_embed", badge)
    assert answer.status_code == 404
    assert badge.edition.title not in answer.content.decode()


def test_sites_find_the_card_by_the_address_of_the_badge(client, cast, badge, settings):
    url = f"{settings.BASE_URL}/b/{badge.id}"
    assert f"{reverse('oembed')}?url=" in get(client, "badge", badge).content.decode()
    told = client.get(reverse("oembed"), {"url": url, "maxwidth": "300"})
    assert told["Access-Control-Allow-Origin"] == "*"
    told = told.json()
    assert (told["type"], told["version"], told["width"]) == ("rich", "1.0", 300)
    assert f'src="{url}/embed"' in told["html"]
    for wrong in (
        "",
        "nonsense",
        "http://[",
        f"{settings.BASE_URL}/b/{uuid4()}",
        f"https://elsewhere.example/b/{badge.id}",
    ):
        assert client.get(reverse("oembed"), {"url": wrong}).status_code == 404, wrong
    assert client.get(reverse("oembed"), {"url": url, "format": "xml"}).status_code == 501
    set_visibility(cast, badge, "private")
    assert client.get(reverse("oembed"), {"url": url}).status_code == 404


def test_links_elsewhere_get_a_picture_of_the_right_size_that_is_drawn_once(client, badge):
    text = get(client, "badge", badge).content.decode()
    address = reverse("og_card", args=["e", badge.edition_id])
    assert '<meta property="og:image" content="http://127.0.0.1' in text
    assert address in text
    answer = client.get(address)
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert "immutable" in answer["Cache-Control"]
    assert bytes(Artwork.objects.get(edition=badge.edition_id).card) == answer.content
    assert client.get(address).content == answer.content
    assert client.get(reverse("og_card", args=["e", uuid4()])).status_code == 404


def test_the_qr_code_leads_to_the_page(client, badge, settings):
    import resvg_py
    import zxingcpp

    svg = get(client, "badge_qr", badge).content.decode()
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=400, height=400)))).convert("L")
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == f"{settings.BASE_URL}/b/{badge.id}"
