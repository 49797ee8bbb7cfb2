"""All badges of a person as a zip, packed at once or by a worker."""

import io
import json
import re
import zipfile

import pytest
from django.urls import reverse

from badges import archive
from badges.checking import check
from badges.models import Badge
from badges.views import archive as views
from config.site import export as making
from config.site.tasks import make_export
from submissions.models import DataExport
from tenants.models import OutgoingMail
from tests.badges.made import awarded, minted
from tests.badges.test_passport import NEW, given
from tests.credentials.sample import published

ZIP = reverse("passport_zip", args=["lakeside"])


@pytest.fixture
def two(cast):
    made = [minted(cast, published(cast, title=title)) for title in ("First", "Second & last")]
    awarded(cast, published(cast, title="Being made"))
    return made


def test_the_zip_holds_every_signed_badge_with_its_pictures_and_an_index(client, cast, two):
    client.force_login(cast.ada)
    answer = client.post(ZIP)
    assert answer["Content-Type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.testzip() is None
    names = packed.namelist()
    assert {"index.html", "style.css", "passport.pdf", "passport.csv", "record-1.clr.json"} <= set(names)
    files = sorted(name for name in names if name.startswith("badges/"))
    assert len(files) == 8
    assert all(packed.read(name).startswith(b"%PDF-") for name in files if name.endswith(".pdf"))
    for name in (name for name in files if not name.endswith(".pdf")):
        assert check(packed.read(name)).in_force, name
    documents = [packed.read(name) for name in files if name.endswith(".json")]
    assert set(documents) == {bytes(badge.document) for badge in two}
    record = json.loads(packed.read("record-1.clr.json"))
    assert len(record["credentialSubject"]["verifiableCredential"]) == 2


def test_the_index_opens_from_disk_and_asks_no_server(client, cast, two):
    client.force_login(cast.ada)
    packed = zipfile.ZipFile(io.BytesIO(client.post(ZIP).content))
    page = packed.read("index.html").decode()
    addresses = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert addresses
    assert set(addresses) <= set(packed.namelist())
    assert not re.search(r"url\(|@import|<script", page + packed.read("style.css").decode())
    assert "Second &amp; last" in page
    assert '<html lang="en">' in page


def test_many_badges_are_packed_by_a_worker_who_sends_word(client, cast, two, monkeypatch):
    monkeypatch.setattr(views, "FEW", 1)
    client.force_login(cast.ada)
    for _click in range(2):
        assert client.post(ZIP).status_code == 302
    export = DataExport.objects.get(person=cast.ada)
    assert (export.kind, export.tenant) == ("badges", cast.lakeside)
    make_export(str(export.id))
    answer = client.get(reverse("export_file", args=[export.id]))
    packed = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert len([name for name in packed.namelist() if name.endswith(".svg")]) == 2
    assert OutgoingMail.objects.filter(to=cast.ada.email, subject="The copy of your badges is ready").count() == 1
    assert "All your badges" in client.get(reverse("own_data")).content.decode()
    client.force_login(cast.bela)
    assert client.get(reverse("export_file", args=[export.id])).status_code == 404


def test_a_person_without_badges_gets_a_zip_all_the_same(client, cast):
    client.force_login(cast.bela)
    packed = zipfile.ZipFile(io.BytesIO(client.post(ZIP).content))
    assert "no signed badges yet" in packed.read("index.html").decode()
    assert client.get(ZIP).status_code == 405
    assert archive.FEW > 0


def test_the_copy_of_ones_data_says_how_the_passport_is_arranged(client, cast, two):
    client.force_login(cast.ada)
    client.post(reverse("passport_arrange", args=["lakeside"]), {"do": "hide", "entry": two[0].id})
    client.post(NEW, given(which="chosen", chosen=[two[1].id]))
    data, _files = making.collect(cast.ada)
    assert data["passport"]["hidden"] == [str(two[0].id)]
    [link] = data["passport_links"]
    assert (link["for"], link["badges"]) == ("HR at Lakeside", [str(two[1].id)])
    assert Badge.objects.filter(earner=cast.ada).count() == len(data["badges"])
