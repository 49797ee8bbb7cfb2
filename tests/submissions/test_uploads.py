"""Uploads by parts: cut and taken up again, checked before they count, and never lost when something dies."""

import hashlib
import random
import socket
import struct
import threading
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib import clock
from submissions.actions import uploads
from submissions.checking import check_upload as check
from submissions.models import Artifact, Rendering, StoredFile, Upload, UploadPart
from submissions.quarantine import quarantine
from submissions.tasks import check_upload, drop_parts, sweep
from tenants.models import AuditEntry
from tests.submissions import stage
from tests.submissions.uploading import addresses, arrive, begin, pieces, put, send, send_parts

MEGABYTE = 1_000_000


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


def film(megabytes: int = 20) -> bytes:
    """A video in which every part differs."""
    return stage.video() + stage.box(b"mdat", random.Random(7).randbytes(megabytes * MEGABYTE))  # noqa: S311


def the_artifact(cast) -> Artifact:
    with cast.inside():
        return Artifact.objects.select_related("file").get(kind="file")


def content_of(artifact: Artifact) -> bytes:
    with default_storage.open(artifact.file.key) as stored:
        return stored.read()


def checked(cast) -> Artifact:
    with cast.inside():
        upload = Upload.objects.get()
    check_upload(str(cast.lakeside.id), str(upload.id))
    return the_artifact(cast)


# --- Cut, and taken up again ----------------------------------------------------------------------------------------


def test_choosing_the_same_file_again_goes_on_with_what_is_missing(cast, draft, ada, where):
    content = film()
    begun = begin(ada, draft, "lesson.mp4", len(content)).json()
    parts = pieces(content, begun["part_size"])
    assert begun["have"] == {}
    assert len(parts) == 3
    for number in (1, 3):
        [address] = addresses(ada, begun, {number: parts[number]}).json().values()
        assert put(ada, address, parts[number]) in (200, 204)
    again = begin(ada, draft, "lesson.mp4", len(content)).json()
    assert again["artifact"] == begun["artifact"]
    assert again["have"] == {str(n): hashlib.sha256(parts[n]).hexdigest() for n in (1, 3)}
    refused = ada.post(again["finish"])
    assert refused.status_code == 409
    assert refused.json()["missing"] == [2]
    send_parts(ada, again, content)
    assert ada.post(again["finish"]).status_code == 202
    artifact = checked(cast)
    assert artifact.state == "ready"
    assert artifact.sha256 == hashlib.sha256(content).hexdigest()
    assert content_of(artifact) == content


def test_another_file_of_the_same_name_is_another_upload(cast, draft, ada):
    first = begin(ada, draft, "lesson.mp4", 1000).json()
    second = begin(ada, draft, "lesson.mp4", 1001).json()
    assert first["artifact"] != second["artifact"]


def test_two_tabs_that_send_the_same_file_end_with_one_file(cast, draft, ada, where):
    content = film()
    one, two = (begin(ada, draft, "lesson.mp4", len(content)).json() for _tab in range(2))
    assert one["artifact"] == two["artifact"]
    parts = pieces(content, one["part_size"])
    for number, part in parts.items():
        for begun in (one, two):
            [address] = addresses(ada, begun, {number: part}).json().values()
            assert put(ada, address, part) in (200, 204)
    assert [ada.post(each["finish"]).status_code for each in (one, two)] == [202, 202]
    assert content_of(checked(cast)) == content
    assert ada.post(one["finish"]).status_code == 202


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_cuts_and_repeats_ends_byte_identical(cast, draft, client, settings, data):
    """Parts go out in any order, some twice, some damaged on the way; what is stored is what was chosen."""
    client.force_login(cast.ada)
    with cast.inside():
        Artifact.objects.update(state="removed")  # of the example before
    content = stage.pdf(data.draw(st.text(min_size=1, max_size=400)))
    settings.UPLOAD_PART_SIZE = data.draw(st.integers(7, 400))
    name = f"{data.draw(st.integers(0, 10**9))}.pdf"
    answer = begin(client, draft, name, len(content))
    assert answer.status_code == 200, answer.content
    begun = answer.json()
    parts = pieces(content, begun["part_size"])
    for number in data.draw(st.lists(st.sampled_from(sorted(parts)), max_size=2 * len(parts))):
        [address] = addresses(client, begun, {number: parts[number]}).json().values()
        sent = data.draw(st.sampled_from([parts[number], parts[number][:-1], bytes(len(parts[number]))]))
        assert put(client, address, sent) == (204 if sent == parts[number] else 400)
    begun = begin(client, draft, name, len(content)).json()
    send_parts(client, begun, content)
    assert client.post(begun["finish"]).status_code == 202
    with cast.inside():
        upload = Upload.objects.get(artifact=begun["artifact"])
    check_upload(str(cast.lakeside.id), str(upload.id))
    with cast.inside():
        artifact = Artifact.objects.select_related("file").get(id=begun["artifact"])
        assert artifact.file.sha256 == hashlib.sha256(content).hexdigest()
        assert content_of(artifact) == content


# --- What is not right is not taken -----------------------------------------------------------------------------------


def test_a_part_with_other_bytes_is_refused_and_nothing_of_it_kept(cast, draft, ada):
    begun = begin(ada, draft, "plan.pdf", 400).json()
    [address] = addresses(ada, begun, {1: b"a" * 400}).json().values()
    for wrong in (b"b" * 400, b"a" * 399, b"a" * 401, b""):
        answer = ada.put(address["url"], wrong, content_type="application/octet-stream")
        assert answer.status_code == 400
    assert begin(ada, draft, "plan.pdf", 400).json()["have"] == {}


def test_the_address_of_a_part_is_for_that_part_and_for_five_minutes(cast, draft, ada, monkeypatch):
    begun = begin(ada, draft, "plan.pdf", 400).json()
    [address] = addresses(ada, begun, {1: b"a" * 400}).json().values()
    bent = address["url"].replace("/1/", "/2/")
    assert ada.put(bent, b"a" * 400).status_code == 403
    assert ada.put(address["url"].split("?")[0], b"a" * 400).status_code == 403
    other = begin(ada, draft, "other.pdf", 400).json()
    [elsewhere] = addresses(ada, other, {1: b"a" * 400}).json().values()
    mixed = address["url"].split("?")[0] + "?" + elsewhere["url"].split("?")[1]
    assert ada.put(mixed, b"a" * 400).status_code == 403
    monkeypatch.setattr("django.core.signing.time.time", lambda: clock.now().timestamp() + 301)
    assert ada.put(address["url"], b"a" * 400).status_code == 403


@pytest.mark.parametrize("part", ["2:" + "a" * 64, "0:" + "a" * 64, "1:zz", "x", "", "1:" + "A" * 64, "9" * 30 + ":x"])
def test_a_part_that_cannot_be_is_refused_in_words(draft, ada, part):
    begun = begin(ada, draft, "plan.pdf", 400).json()
    answer = ada.post(begun["addresses"], {"part": part}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 400
    assert "choose the file again" in answer.json()["detail"] or "try again" in answer.json()["detail"]


@pytest.mark.parametrize(("size", "status"), [("0", 400), ("-1", 400), ("x", 400), ("", 400), ("9" * 14, 413)])
def test_a_size_that_cannot_be_is_refused_in_words(cast, draft, ada, size, status):
    answer = begin(ada, draft, "plan.pdf", size)
    assert answer.status_code == status
    assert answer.json()["detail"]
    with cast.inside():
        assert not Upload.objects.exists()


def test_a_stopped_upload_takes_no_more_parts(cast, draft, ada):
    begun = begin(ada, draft, "plan.pdf", 400).json()
    [address] = addresses(ada, begun, {1: b"a" * 400}).json().values()
    ada.post(begun["remove"], HTTP_HX_REQUEST="true")
    with cast.inside():
        upload = Upload.objects.get()
    assert upload.state == "stopped"
    drop_parts(str(cast.lakeside.id), str(upload.id))
    assert ada.put(address["url"], b"a" * 400).status_code == 409
    assert addresses(ada, begun, {1: b"a" * 400}).status_code == 409
    assert ada.post(begun["finish"], HTTP_ACCEPT="application/json").status_code == 409


def test_a_part_damaged_in_quarantine_is_asked_for_again_and_only_that_one(cast, draft, ada, settings):
    settings.UPLOAD_PART_SIZE = 200
    content = stage.pdf("x" * 500)
    _answer, begun = arrive(ada, draft, "plan.pdf", content)
    with cast.inside():
        upload = Upload.objects.get()
    damaged = settings.FILE_UPLOAD_TEMP_DIR / "parts" / str(upload.id) / "2"
    damaged.write_bytes(b"y" * 200)
    artifact = checked(cast)
    assert (artifact.state, artifact.file) == ("uploading", None)
    again = begin(ada, draft, "plan.pdf", len(content)).json()
    assert set(map(int, again["have"])) == set(pieces(content, 200)) - {2}
    send_parts(ada, again, content)
    ada.post(begun["finish"])
    assert content_of(checked(cast)) == content


def test_an_unfinished_file_keeps_the_work_from_being_sent_and_is_named(cast, draft, ada):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    begun = begin(ada, draft, "lesson.mp4", 400).json()
    page = reverse("work_check", args=["lakeside", draft.work_id])
    answer = ada.post(page)
    assert answer.status_code == 409
    assert "“lesson.mp4” is not uploaded yet" in answer.content.decode()
    part = reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])
    assert "The upload is not finished" in ada.get(part).content.decode()
    ada.post(begun["remove"])
    assert ada.post(page).status_code == 302


# --- Checked by a worker, whatever happens to it ------------------------------------------------------------------


def test_until_it_is_checked_a_file_is_never_served(cast, draft, ada):
    _answer, begun = arrive(ada, draft, "plan.pdf", stage.pdf())
    artifact = the_artifact(cast)
    assert artifact.state == "checking"
    assert ada.get(reverse("artifact_file", args=["lakeside", artifact.id])).status_code == 404
    row = ada.get(begun["row"]).content.decode()
    assert "Being checked" in row
    assert "hx-trigger" in row
    assert "hx-trigger" not in send(cast, ada, draft, "notes.odt", stage.odt()).html


def test_a_lost_nudge_is_made_good_by_the_sweep(cast, draft, ada):
    arrive(ada, draft, "plan.pdf", stage.pdf())
    sweep()
    assert the_artifact(cast).state == "ready"


def test_a_worker_that_dies_is_followed_by_another_when_its_lease_ends(cast, draft, ada):
    arrive(ada, draft, "plan.pdf", stage.pdf())
    with cast.inside():
        upload = Upload.objects.get()
        assert uploads.take_to_check(upload=upload) is not None  # and now it is gone
    sweep()
    assert the_artifact(cast).state == "checking"
    with clock.at(clock.now() + timedelta(minutes=21)):
        sweep()
    assert the_artifact(cast).state == "ready"


@pytest.mark.parametrize("after", ["publish", "settle"])
def test_dying_between_storage_and_database_leaves_one_whole_file(cast, draft, ada, where, after, monkeypatch):
    content = film(6)
    arrive(ada, draft, "lesson.mp4", content)
    with cast.inside():
        upload = Upload.objects.get()
        place = quarantine()
        if after == "publish":
            monkeypatch.setattr(uploads, "settle", _dies)
            with pytest.raises(_Killed):
                check(cast.lakeside, upload)
            monkeypatch.undo()
            with clock.at(clock.now() + timedelta(minutes=21)):
                check(cast.lakeside, upload)
        else:
            check(cast.lakeside, upload)
            check(cast.lakeside, upload)
        place.drop(upload)
        assert StoredFile.objects.count() == 1
    assert content_of(the_artifact(cast)) == content


class _Killed(BaseException):
    """The end of a process, as far as code can feel it."""


def _dies(**_: object) -> None:
    raise _Killed


def test_a_store_that_is_down_while_checking_is_waited_for(cast, draft, ada, monkeypatch):
    arrive(ada, draft, "plan.pdf", stage.pdf())

    def down(*_: object, **__: object) -> None:
        raise OSError("no route to store")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "save", down)
        assert checked(cast).state == "checking"
    sweep()
    assert the_artifact(cast).state == "ready"


def test_what_a_refused_upload_sent_is_dropped(cast, draft, ada, where, request):
    sent = send(cast, ada, draft, "tool.exe", b"MZ" + b"\x90\x00" * 200)
    assert sent.artifact.state == "refused"
    assert "program" in sent.html
    with cast.inside():
        upload = Upload.objects.get()
        drop_parts(str(cast.lakeside.id), str(upload.id))
        assert not StoredFile.objects.exists()
        if where == "s3":
            assert request.getfixturevalue("store").keys() == []
        else:
            with pytest.raises(FileNotFoundError):
                quarantine().stored(upload)
        assert AuditEntry.objects.get(verb="artifact.refused").actor is None


def test_an_upload_nobody_goes_on_with_is_let_go_after_a_week(cast, draft, ada, where):
    content = film(6)
    begun = begin(ada, draft, "lesson.mp4", len(content)).json()
    with clock.at(clock.now() + timedelta(days=6)):
        sweep()
    assert the_artifact(cast).state == "uploading"
    with clock.at(clock.now() + timedelta(days=8)):
        sweep()
        sweep()
    artifact = the_artifact(cast)
    assert artifact.state == "refused"
    assert "within 7 days" in artifact.refusal
    with cast.inside():
        assert Upload.objects.get().dropped_at is not None
    assert ada.post(begun["finish"], HTTP_ACCEPT="application/json").status_code == 409


def test_a_checked_file_asks_for_previews(cast, draft, ada):
    send(cast, ada, draft, "plan.pdf", stage.pdf())
    with cast.inside():
        assert Rendering.objects.get().state == "waiting"


def test_finishing_and_beginning_are_on_record(cast, draft, ada):
    send(cast, ada, draft, "plan.pdf", stage.pdf())
    with cast.inside():
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
        assert {"upload.begun", "artifact.added"} <= verbs
        assert UploadPart.objects.count() == 1


def test_beginning_needs_a_token_against_forgery(cast, draft):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.ada)
    assert begin(strict, draft, "plan.pdf", 400).status_code == 403


# --- The virus scanner ------------------------------------------------------------------------------------------------


class Clamd:
    """A scanner that speaks the protocol of clamd: what has “EICAR” in it is bad."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _from = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack(">I", stream.read(4))[0]:
                    content += stream.read(length)
                connection.sendall(b"stream: Eicar-Test FOUND\0" if b"EICAR" in content else b"stream: OK\0")


@pytest.fixture
def clamd(settings):
    scanner = Clamd()
    settings.CLAMD_ADDRESS = scanner.address
    yield scanner
    scanner.socket.close()


@pytest.mark.parametrize("how", ["by parts", "plain form"])
def test_what_the_scanner_finds_is_refused(cast, draft, ada, clamd, how):
    bad = stage.pdf("EICAR")
    if how == "by parts":
        sentence = send(cast, ada, draft, "plan.pdf", bad).detail
    else:
        url = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
        answer = ada.post(url, {"file": stage.upload("plan.pdf", bad), "rev": "0"})
        assert answer.status_code == 422
        sentence = answer.content.decode()
    assert "virus scanner found something" in sentence
    with cast.inside():
        assert not StoredFile.objects.exists()
    assert send(cast, ada, draft, "clean.pdf", stage.pdf()).artifact.state == "ready"


@pytest.mark.parametrize("how", ["by parts", "plain form"])
def test_while_the_scanner_is_down_a_file_waits_and_is_not_served(cast, draft, ada, settings, how):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    if how == "by parts":
        send(cast, ada, draft, "plan.pdf", stage.pdf())
    else:
        url = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
        assert ada.post(url, {"file": stage.upload("plan.pdf", stage.pdf()), "rev": "0"}).status_code == 302
    artifact = the_artifact(cast)
    assert artifact.state == "checking"
    assert ada.get(reverse("artifact_file", args=["lakeside", artifact.id])).status_code == 404
    later = clock.now() + timedelta(minutes=21)
    with clock.at(later):
        sweep()
    assert the_artifact(cast).state == "checking"
    scanner = Clamd()
    settings.CLAMD_ADDRESS = scanner.address
    with clock.at(later):
        sweep()
    assert the_artifact(cast).state == "ready"
    scanner.socket.close()
