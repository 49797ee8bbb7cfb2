"""The passport on paper and as a signed record: for its owner, and for whoever was given a link."""

import io
import json
import re
from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse

from badges.actions import revoke
from badges.checking import check
from badges.issuers import active_key, issuer_of, public_half
from badges.models import Badge, PassportLink
from badges.openbadges import proof
from badges.openbadges.content import hash_identity
from badges.passport import entries_of
from badges.passport_files import Showing, clr_parts, pdf_of
from badges.views.files import who
from lib import clock
from tests.badges.independent import verify_with_pyoxigraph
from tests.badges.made import minted
from tests.badges.test_passport import make
from tests.credentials.sample import published

PDF = reverse("passport_pdf", args=["lakeside"])
CLR = reverse("passport_clr", args=["lakeside"])


@pytest.fixture
def two(cast):
    return [minted(cast, published(cast, title=title)) for title in ("First", "Second")]


def words(pdf: bytes) -> str:
    """The texts of a tagged PDF that stand in its structure, and its title."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return str(opened.docinfo.get("/Title", "")) + str(opened.open_metadata().get("dc:title", ""))


def test_the_transcript_is_a_tagged_pdf_with_a_title_and_a_language(client, cast, two):
    client.force_login(cast.ada)
    answer = client.get(PDF)
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("en")
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert pdf.Root.StructTreeRoot
    assert "Passport of Ada Alvarez" in words(answer.content)


def test_titles_that_look_like_markup_are_only_text(client, cast):
    minted(cast, published(cast, title='#panic("x") $1$ <a> *b* \\ "q" 👩‍🏫 中文'))
    client.force_login(cast.ada)
    assert client.get(PDF).content.startswith(b"%PDF")


def test_a_transcript_of_five_hundred_takes_many_pages(client, cast, two):
    entry = entries_of(cast.ada)[0]
    showing = Showing([entry] * 500, cast.lakeside, "Ada Alvarez", who(cast.ada, named=True))
    with pikepdf.open(io.BytesIO(pdf_of(showing))) as pdf:
        assert len(pdf.pages) > 10


def test_the_record_is_signed_by_the_tenant_and_holds_the_badges_as_they_were_signed(client, cast, two):
    client.force_login(cast.ada)
    answer = client.get(CLR)
    record = answer.json()
    key = public_half(active_key(issuer_of(cast.lakeside)))
    proof.verify(record, key)
    assert verify_with_pyoxigraph(record, key.public_bytes_raw())
    inside = record["credentialSubject"]["verifiableCredential"]
    assert inside == [json.loads(bytes(badge.document)) for badge in reversed(two)]
    assert all(check(json.dumps(each).encode()).in_force for each in inside)
    [hashed, named] = record["credentialSubject"]["identifier"]
    assert hashed["identityHash"] == hash_identity(cast.ada.email, hashed["salt"])
    assert named["identityHash"] == "Ada Alvarez"
    assert client.get(CLR).content == answer.content, "the same record is given again for a while"


def test_what_was_taken_back_is_on_paper_but_not_in_the_record(client, cast, two):
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=two[0], reason="error")
    client.force_login(cast.ada)
    assert len(client.get(CLR).json()["credentialSubject"]["verifiableCredential"]) == 1
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=two[1], reason="error")
    refused = client.get(CLR)
    assert refused.status_code == 409
    assert "no signed badge" in refused.content.decode()
    assert client.get(PDF).status_code == 200


def test_a_long_passport_is_several_records(client, cast, two):
    entry = entries_of(cast.ada)[0]
    assert list(clr_parts([entry] * 120)) == [1, 2, 3]
    assert list(clr_parts([])) == []
    client.force_login(cast.ada)
    for part in ("2", "999"):
        assert client.get(CLR, {"part": part}).status_code == 409
    assert client.get(CLR, {"part": "x"}).status_code == 200


def test_a_link_gives_the_same_files_and_none_when_it_has_ended(client, cast, two):
    address = make(client, cast, show_name="", which="chosen", chosen=[two[0].id])
    pdf, record = client.get(f"{address}.pdf"), client.get(f"{address}.json")
    assert "Ada" not in words(pdf.content)
    for answer in (pdf, record):
        assert answer.status_code == 200
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
    subject = record.json()["credentialSubject"]
    assert len(subject["verifiableCredential"]) == 1
    assert "identifier" not in subject, "neither the name nor the address may be told"
    assert address.removeprefix("/p/") not in record.content.decode(), "the record may be passed on, the link not"
    with clock.at(clock.now() + timedelta(days=60)):
        for kind in ("pdf", "json", "csv"):
            assert client.get(f"{address}.{kind}").status_code == 410
    assert client.get("/p/nothing.pdf").status_code == 404
    assert PassportLink.objects.count() == 1
    assert re.fullmatch(r"/p/[A-Za-z0-9_-]{43}", address)
    assert Badge.objects.count() == 2
