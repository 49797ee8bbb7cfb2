"""Files: what comes in, what is turned away and how that is said, and who gets it out again."""

import hashlib
import html
import struct
import zlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lib import clock
from submissions import files
from submissions.actions.evidence import add_file
from submissions.filetypes import clean_name
from submissions.models import Artifact, Rendering, Response, StoredFile, WorkCard
from submissions.tasks import sweep
from tenants.models import AuditEntry
from tests.submissions import stage
from tests.submissions.uploading import addresses, begin, send


def upload_url(draft, key="plan"):
    return reverse("artifact_upload", args=["lakeside", draft.work_id, key])


def stored(cast):
    with cast.inside():
        return list(Artifact.objects.filter(kind="file").exclude(state="removed").select_related("file"))


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


GOOD = [
    ("plan.pdf", stage.pdf(), "application/pdf"),
    ("photo.jpg", stage.picture("JPEG"), "image/jpeg"),
    ("photo.JPEG", stage.picture("JPEG"), "image/jpeg"),
    ("shot.png", stage.picture("PNG"), "image/png"),
    ("shot.webp", stage.picture("WEBP"), "image/webp"),
    ("moving.gif", stage.picture("GIF"), "image/gif"),
    ("IMG_1.HEIC", stage.heic(), "image/heic"),
    ("lesson.mp4", stage.video(), "video/mp4"),
    ("lesson.mov", stage.video(b"qt  "), "video/quicktime"),
    ("talk.m4a", stage.video(b"M4A "), "audio/mp4"),
    ("lesson.webm", stage.webm(), "video/webm"),
    ("talk.mp3", stage.mp3(), "audio/mpeg"),
    ("talk.wav", stage.wav(), "audio/wav"),
    ("plan.odt", stage.odt(), "application/vnd.oasis.opendocument.text"),
    ("notes.txt", "Schülerinnen und Schüler\n".encode(), "text/plain"),
    ("scores.csv", b"\xef\xbb\xbfa,b\n1,2\n", "text/csv"),
    ("blob", stage.picture("PNG"), "image/png"),
]


@pytest.mark.parametrize(("name", "content", "content_type"), GOOD, ids=[each[0] for each in GOOD])
def test_what_educators_have_is_taken_and_known_by_its_content(cast, draft, ada, name, content, content_type):
    sent = send(cast, ada, draft, name, content)
    (artifact,) = stored(cast)
    assert (artifact.state, artifact.content_type, artifact.size) == ("ready", content_type, len(content))
    assert artifact.sha256 == hashlib.sha256(content).hexdigest()
    assert name in sent.html


@pytest.mark.parametrize("kind", ["word/document.xml", "ppt/presentation.xml", "xl/workbook.xml"])
def test_office_files_are_taken(cast, draft, ada, kind):
    extension = {"word": "docx", "ppt": "pptx", "xl": "xlsx"}[kind.split("/")[0]]
    content = stage.archive(**{"[Content_Types].xml": b"<Types/>", kind: b"<x/>"})
    assert send(cast, ada, draft, f"file.{extension}", content).artifact.state == "ready"
    assert "officedocument" in stored(cast)[0].content_type


MACROS = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ" + b"\x90\x00" * 200
HEADER = b"IHDR" + struct.pack(">II", 60000, 60000) + b"\x08\x02\0\0\0"
WIDE_PNG = stage.picture("PNG")[:12] + HEADER + struct.pack(">I", zlib.crc32(HEADER)) + stage.picture("PNG")[33:]
ELF = b"\x7fELF" + b"\0" * 100
BAD = [
    ("empty.pdf", b"", "empty"),
    ("cut.pdf", stage.pdf()[:-20], "not whole"),
    ("cut.jpg", stage.picture("JPEG", (300, 300))[:-2000], "not whole"),
    ("cut.png", stage.picture("PNG", (300, 300))[:-2000], "not whole"),
    ("cut.gif", stage.picture("GIF", (300, 300))[:-2000], "not whole"),
    ("cut.webp", stage.picture("WEBP", (300, 300))[:-2000], "not whole"),
    ("cut.mp4", stage.video()[:-500], "not whole"),
    ("noindex.mp4", stage.box(b"ftyp", b"isom\0\0\0\0") + stage.box(b"mdat", b"x" * 100), "not whole"),
    ("cut.wav", stage.wav()[:-50], "not whole"),
    ("cut.mp3", stage.mp3()[:300], "not whole"),
    ("cut.webm", stage.webm()[:-5], "not whole"),
    ("cut.docx", stage.docx()[:-30], "not whole"),
    ("cut.heic", stage.heic()[:-100], "not whole"),
    ("page.html", b"<!DOCTYPE html><script>alert(1)</script>", "web page or a script"),
    ("page.txt", b"  \n<html><body>hi</body></html>", "web page or a script"),
    ("art.svg", SVG, "web page or a script"),
    ("art.png", SVG, "web page or a script"),
    ("run.sh", b"#!/bin/sh\nrm -rf /", "web page or a script"),
    ("tool.exe", EXE, "program"),
    ("lesson.pdf.exe", EXE, "program"),
    ("plan.pdf", EXE, "program"),
    ("tool.bin", ELF, "program"),
    ("photo.pdf", stage.picture("JPEG"), "looks like a photo (JPEG)"),
    ("plan.jpg", stage.pdf(), "looks like a PDF"),
    ("lesson.pdf.exe", stage.pdf(), "looks like a PDF"),
    ("script.js", b"alert(1)", "do not take files of this kind (.js)"),
    ("script.py", b"import os", "do not take files of this kind (.py)"),
    ("things.zip", stage.archive(**{"a.txt": b"hello"}), "do not take files of this kind (.zip)"),
    ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "do not take files of this kind"),
    ("macros.docx", stage.archive(**MACROS), "macros"),
    ("bomb.docx", stage.bomb(), "unpacks to more"),
    ("wide.png", WIDE_PNG, "too many pixels"),
    ("utf16.txt", "hello".encode("utf-16"), "UTF-8"),
    ("latin.txt", "Schüler".encode("latin-1"), "cannot be read"),
    ("plan.pdf", b"just words", "looks like plain text"),
    ("random.mp4", bytes(range(256)) * 4, "cannot be read"),
    ("tiny.mp4", b"\0\0\0\x01ftyp", "cannot be read"),
    ("loop.mp4", stage.box(b"ftyp", b"isom\0\0\0\0") + b"\0\0\0\x01mdat" + b"\0" * 20, "cannot be read"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), BAD, ids=[f"{n}-{each[0]}" for n, each in enumerate(BAD)])
def test_what_is_broken_or_hostile_is_turned_away_with_a_sentence(cast, draft, ada, name, content, sentence):
    sent = send(cast, ada, draft, name, content)
    assert sentence in sent.detail
    assert sent.artifact is None or (sent.artifact.state, sent.artifact.file) == ("refused", None)
    assert not _files_in_storage()


@pytest.mark.parametrize(("name", "content", "sentence"), BAD, ids=[f"{n}-{each[0]}" for n, each in enumerate(BAD)])
def test_a_plain_form_turns_it_away_too(cast, draft, ada, name, content, sentence):
    answer = ada.post(upload_url(draft), {"file": SimpleUploadedFile(name, content), "rev": "0"})
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.content.decode())
    assert stored(cast) == []
    assert not _files_in_storage()


def _files_in_storage():
    from pathlib import Path

    return [each for each in Path(default_storage.location).rglob("*") if each.is_file()]


NAMES = [
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("C:\\Users\\Ada\\plan.pdf", "plan.pdf"),
    ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ("plan\u202efdp.exe.pdf", "planfdp.exe.pdf"),
    ("pl\x00an\x1b[31m\n.pdf", "plan[31m.pdf"),
    ("  .. .pdf", "file.pdf"),
    (".....", "file"),
    ("", "file"),
    ("خطة الدرس.pdf", "خطة الدرس.pdf"),
    ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
    ("{{ 7|add:7 }}\"'.pdf", "{{ 7|add:7 }}\"'.pdf"),
    ("CON.pdf", "CON.pdf"),
]


@pytest.mark.parametrize(("raw", "clean"), NAMES)
def test_names_are_cleaned_for_show(raw, clean):
    assert clean_name(raw) == clean


@pytest.mark.parametrize("raw", [each[0] for each in NAMES if each[0]])
def test_a_hostile_name_never_reaches_storage_or_the_page_unescaped(cast, draft, ada, raw):
    with cast.inside():
        made = add_file(
            by=cast.by(cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, "plan"),
            upload=ContentFile(stage.pdf(), name=raw),
        )
    assert made.file.key == f"evidence/{cast.lakeside.id}/{draft.work_id}/{made.file.key.rsplit('/', 1)[1]}"
    assert len(made.name) <= 120
    page = ada.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])).content.decode()
    assert "<img src=x" not in page
    assert "{{ 14" not in page
    assert "&amp;lt;" not in page  # escaped once, not twice


def test_the_same_file_again_is_kept_once(cast, draft, ada):
    first = send(cast, ada, draft, "plan.pdf", stage.pdf())
    again = send(cast, ada, draft, "copy of plan.pdf", stage.pdf())
    assert "We kept one copy" in again.html
    assert [each.id for each in stored(cast)] == [first.artifact.id]
    plain = ada.post(upload_url(draft), {"file": SimpleUploadedFile("third.pdf", stage.pdf()), "rev": "0"})
    assert plain.status_code == 302
    assert [each.id for each in stored(cast)] == [first.artifact.id]


def test_more_than_the_part_takes_is_refused(cast, draft, ada):
    for n in range(3):
        assert send(cast, ada, draft, f"{n}.pdf", stage.pdf(str(n))).status == 200
    refused = send(cast, ada, draft, "4.pdf", stage.pdf("4"))
    assert refused.status == 409
    assert "takes at most 3" in refused.detail
    assert len(stored(cast)) == 3


def test_parts_without_files_take_none(cast, draft, ada):
    assert send(cast, ada, draft, "plan.pdf", stage.pdf(), key="class").status == 409


def test_too_large_is_said_before_anything_is_stored(cast, draft, ada, settings):
    settings.UPLOAD_LIMIT = 100
    refused = send(cast, ada, draft, "plan.pdf", stage.pdf("x" * 200))
    assert refused.status == 413
    assert "too big" in refused.detail
    plain = ada.post(upload_url(draft), {"file": SimpleUploadedFile("p.pdf", stage.pdf("x" * 200)), "rev": "0"})
    assert plain.status_code == 422
    assert "too big" in plain.content.decode()
    assert stored(cast) == []


def test_a_plain_form_uploads_several_files_and_saves_the_words_in_it(cast, draft, ada):
    data = {
        "file": [SimpleUploadedFile("a.pdf", stage.pdf("a")), SimpleUploadedFile("b.pdf", stage.pdf("b"))],
        "rev": "0",
        "answer-look": "Look at page two",
        "upload": "1",
    }
    answer = ada.post(upload_url(draft), data)
    assert answer.status_code == 302
    assert len(stored(cast)) == 2
    with cast.inside():
        assert Response.objects.get().text == "Look at page two"
        assert AuditEntry.objects.filter(verb="artifact.added").count() == 2


def test_a_plain_form_with_a_bad_file_keeps_the_words_and_says_what_is_wrong(cast, draft, ada):
    data = {"file": SimpleUploadedFile("a.pdf", b""), "rev": "0", "answer-look": "Look at page two"}
    answer = ada.post(upload_url(draft), data)
    assert answer.status_code == 422
    assert "This file is empty" in answer.content.decode()
    assert "Look at page two" in answer.content.decode()
    assert ada.post(upload_url(draft), {"rev": "1"}).status_code == 422


@pytest.mark.parametrize("how", ["down", "loses"])
def test_a_store_that_fails_is_said_and_leaves_nothing(cast, draft, ada, monkeypatch, how):
    save = FileSystemStorage.save

    def fails(storage, name, content, *args, **kwargs):
        if how == "down":
            raise OSError("no route to store")
        return save(storage, name, ContentFile(b"half"))

    monkeypatch.setattr(FileSystemStorage, "save", fails)
    page = ada.post(
        upload_url(draft), {"file": SimpleUploadedFile("p.pdf", stage.pdf()), "rev": "0", "answer-look": "x"}
    )
    assert page.status_code == 503
    assert "We could not store this file" in page.content.decode()
    with cast.inside():
        assert Response.objects.get().text == "x"
        assert not Artifact.objects.exists()
    assert not _files_in_storage()


def test_an_upload_holds_no_transaction_and_needs_a_token_against_forgery(cast, draft):
    from django.test import Client

    from submissions.views.uploads import artifact_upload

    assert "default" in artifact_upload._non_atomic_requests
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.ada)
    assert strict.post(upload_url(draft), {"file": SimpleUploadedFile("p.pdf", stage.pdf())}).status_code == 403
    assert begin(strict, draft, "plan.pdf", 400).status_code == 403
    assert stored(cast) == []


@pytest.mark.parametrize("who", ["egon", "bela", "mallory", "stranger"])
def test_nobody_else_can_add_or_remove_evidence(cast, draft, ada, client, who):
    from tenants.models import User

    artifact = send(cast, ada, draft, "plan.pdf", stage.pdf()).artifact.id
    begun = begin(ada, draft, "more.pdf", 500).json()
    stage.other_earner(cast)
    client.force_login(User.objects.get(email=f"{who}@example.org"))
    assert begin(client, draft, "other.pdf", 500).status_code == 404
    assert addresses(client, begun, {1: b"x"}).status_code == 404
    assert client.post(begun["finish"]).status_code == 404
    assert client.get(begun["row"]).status_code == 404
    assert client.post(reverse("artifact_remove", args=["lakeside", draft.work_id, artifact])).status_code == 404
    assert client.get(reverse("artifact_file", args=["lakeside", artifact])).status_code == 404
    assert len(stored(cast)) == 2


def test_removing_keeps_the_file_for_its_earner_and_removing_twice_is_fine(cast, draft, ada):
    artifact = send(cast, ada, draft, "plan.pdf", stage.pdf()).artifact
    url = reverse("artifact_remove", args=["lakeside", draft.work_id, artifact.id])
    assert "Removed: plan.pdf" in ada.post(url, HTTP_HX_REQUEST="true").content.decode()
    assert stored(cast) == []
    assert default_storage.exists(artifact.file.key)
    assert ada.post(url, HTTP_HX_REQUEST="true").status_code == 200
    with cast.inside():
        assert AuditEntry.objects.filter(verb="artifact.removed").count() == 1


def test_removing_without_script_saves_the_words_in_the_form(cast, draft, ada):
    artifact = send(cast, ada, draft, "plan.pdf", stage.pdf()).artifact.id
    url = reverse("artifact_remove", args=["lakeside", draft.work_id, artifact])
    assert ada.post(url, {"rev": "0", "answer-look": "Not lost"}).status_code == 302
    with cast.inside():
        assert Response.objects.get().text == "Not lost"


# --- Links and texts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [("https://example.org/a", "https://example.org/a"), ("  docs.example.org/d/1 ", "https://docs.example.org/d/1")],
)
def test_a_link_is_added_once(cast, draft, ada, given, kept):
    url = reverse("artifact_add", args=["lakeside", draft.work_id, "plan"])
    for _n in range(2):
        assert ada.post(url, {"url": given, "rev": "0", "answer-look": "Minute two"}).status_code == 302
    with cast.inside():
        assert Artifact.objects.get().url == kept
        assert Response.objects.get().text == "Minute two"
        stage.attest_ready(cast.by(cast.ada), draft)
    assert WorkCard.objects.get().parts_done == 1


@pytest.mark.parametrize(
    "given",
    [
        "javascript:alert(1)",
        "not a link",
        "ftp://example.org/x",
        "https://",
        "http://[::1",
        "https://a:b@example.org/",
        "https://example.org/\x00",
    ],
)
def test_what_is_no_link_stays_in_the_box_with_a_sentence(cast, draft, ada, given):
    url = reverse("artifact_add", args=["lakeside", draft.work_id, "plan"])
    answer = ada.post(url, {"url": given})
    assert answer.status_code == 422
    assert "link" in answer.content.decode()
    assert f'value="{given}"' in answer.content.decode()
    with cast.inside():
        assert not Artifact.objects.exists()


def test_a_text_can_be_evidence(cast, draft, ada):
    url = reverse("artifact_add", args=["lakeside", draft.work_id, "plan"])
    assert ada.post(url, {"text": "What Sam said: <b>I see</b>"}).status_code == 302
    with cast.inside():
        assert Artifact.objects.get().text == "What Sam said: <b>I see</b>"
    assert ada.post(url, {"text": "  "}).status_code == 422


# --- Getting it out ---------------------------------------------------------------------------------------------------


@pytest.fixture
def film(cast, draft, ada):
    return send(cast, ada, draft, "Ada's lesson.mp4", stage.video()).artifact


def test_the_earner_gets_the_file_back_whole_and_harmless(cast, film, ada):
    answer = ada.get(reverse("artifact_file", args=["lakeside", film.id]))
    assert b"".join(answer.streaming_content) == stage.video()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox allow-popups; default-src 'none'")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "lesson.mp4" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None)]
)
def test_video_can_be_read_in_ranges(film, ada, asked, first, last):
    answer = ada.get(reverse("artifact_file", args=["lakeside", film.id]), HTTP_RANGE=asked)
    content = stage.video()
    wanted = content[first:] if last is None else content[first : last + 1]
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == wanted
    assert answer["Content-Length"] == str(len(wanted))
    start = first if first >= 0 else len(content) + first
    assert answer["Content-Range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(content)}"


@pytest.mark.parametrize(("asked", "status"), [("bytes=999999-", 416), ("bytes=9-3", 416), ("lines=1-2", 200)])
def test_senseless_ranges_are_answered_sensibly(film, ada, asked, status):
    assert ada.get(reverse("artifact_file", args=["lakeside", film.id]), HTTP_RANGE=asked).status_code == status


def test_an_address_opens_for_the_person_it_was_made_for_under_a_neutral_name(cast, film, client):
    with cast.inside():
        address = files.address_of(film, cast.bela)
    client.force_login(cast.bela)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Add your lesson plan 1.mp4" in answer["Content-Disposition"]
    assert "Ada" not in answer["Content-Disposition"]
    client.force_login(cast.cleo)
    assert client.get(address).status_code == 404


def test_an_address_is_good_for_five_minutes(cast, film, client):
    with cast.inside(), clock.at(clock.now() - timedelta(minutes=6)):
        old = files.address_of(film, cast.bela)
    client.force_login(cast.bela)
    answer = client.get(old)
    assert answer.status_code == 403
    assert "only good for a short time" in answer.content.decode()


def test_an_address_cannot_be_bent_to_another_file(cast, draft, film, ada, client):
    other = send(cast, ada, draft, "other.pdf", stage.pdf()).artifact
    with cast.inside():
        key = files.address_of(film, cast.bela).split("?")[1]
    client.force_login(cast.bela)
    assert client.get(reverse("artifact_file", args=["lakeside", other.id]) + "?" + key).status_code == 404


# --- The sweeper ------------------------------------------------------------------------------------------------------


def _left_checking(cast, draft, content, *, minutes):
    with cast.inside():
        made = add_file(
            by=cast.by(cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, "plan"),
            upload=ContentFile(content, name="plan.pdf"),
        )
        Artifact.objects.filter(id=made.id).update(
            state="checking", created_at=clock.now() - timedelta(minutes=minutes)
        )
        StoredFile.objects.filter(id=made.file_id).update(state="arriving")
        Rendering.objects.all().delete()
    return made


@pytest.mark.parametrize(("minutes", "state"), [(5, "checking"), (11, "ready")])
def test_a_file_whose_request_died_is_read_again_after_ten_minutes(cast, draft, minutes, state):
    made = _left_checking(cast, draft, stage.pdf(), minutes=minutes)
    sweep()
    with cast.inside():
        assert Artifact.objects.get(id=made.id).state == state


def test_a_file_that_never_arrived_is_refused_and_can_be_removed(cast, draft, ada):
    made = _left_checking(cast, draft, stage.pdf(), minutes=11)
    default_storage.delete(made.file.key)
    sweep()
    with cast.inside():
        made.refresh_from_db()
        assert made.state == "refused"
        assert AuditEntry.objects.get(verb="artifact.refused").actor is None
    page = ada.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])).content.decode()
    assert "The upload did not finish" in page
    ada.post(reverse("artifact_remove", args=["lakeside", draft.work_id, made.id]))
    assert stored(cast) == []
