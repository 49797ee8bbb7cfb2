"""A copy of one's own data: what is in it, who can have it, and for how long."""

import io
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse

from assessment.actions.appealing import file_appeal
from assessment.actions.casework import name_panel, open_case
from assessment.actions.reacting import react
from config.site import export as making
from config.site.tasks import make_export, sweep_exports
from lib import clock
from submissions.actions.conversing import record_conversation
from submissions.actions.paying import invoice
from submissions.actions.works import start_work
from submissions.models import DataExport, StoredFile, Submission
from tenants.models import Membership, OutgoingMail, Role
from tests.assessment import stage as scoring
from tests.badges.made import work_off
from tests.cast import make_user
from tests.submissions import keeping, stage
from tests.submissions.fee_stage import paid_edition
from tests.submissions.keeping import add

PAGE = reverse("own_data")


@pytest.fixture
def returned(cast, edition):
    """Ada's work was returned once, and waits for her next try."""
    draft = scoring.write(cast, edition, cast.ada)
    add(cast, draft, "plan of “Ada”.pdf", b"%PDF-1.4 one" + stage.pdf())
    scoring.send(cast, draft)
    scoring.score(cast, scoring.take(cast), below=("plans",))
    return draft


def ask(client, cast, user=None) -> DataExport:
    client.force_login(user or cast.ada)
    assert client.post(reverse("export_ask")).status_code == 302
    return DataExport.objects.get(person=user or cast.ada, state=DataExport.State.WAITING)


def made(client, cast, user=None) -> DataExport:
    export = ask(client, cast, user)
    make_export(str(export.id))
    export.refresh_from_db()
    return export


def opened(client, export) -> zipfile.ZipFile:
    answer = client.get(reverse("export_file", args=[export.id]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="laurel-')
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


def test_the_copy_holds_everything_and_the_originals_byte_for_byte(cast, edition, returned, client):
    work_off()
    archive = opened(client, made(client, cast))
    assert archive.testzip() is None
    data = json.loads(archive.read("data.json"))
    assert data["profile"]["email"] == cast.ada.email
    assert [each["tenant"] for each in data["memberships"]] == ["lakeside"]
    [tenant] = data["tenants"]
    [work] = tenant["works"]
    assert work["micro_credential"] == edition.title
    assert [each["state"] for each in work["tries"]] == ["not_yet", "draft"]
    first, second = work["tries"]
    assert {each["text"] for each in first["answers"]} >= {"These are my words about who."}
    assert {each["kind"] for each in first["promises"]} == {"own_work", "students"}
    assert {each["kind"] for each in first["evidence"]} == {"link", "file"}
    [decision] = work["decisions"]
    assert decision["outcome"] == "not_yet"
    assert scoring.COMMENT in {each["comment"] for each in decision["lines"]}
    [file] = [each["file"] for each in first["evidence"] if each["file"]]
    assert archive.read(file["path"]) == b"%PDF-1.4 one" + stage.pdf()
    [same] = [each["file"] for each in second["evidence"] if each["file"]]
    assert same["path"] == file["path"], "a file of two tries is there once"
    assert sorted(archive.namelist()) == sorted([file["path"], "README.txt", "data.json"])
    assert "bela" not in archive.read("data.json").decode().lower(), "reviewers stay unnamed"


def test_a_badge_is_in_the_copy_as_it_was_signed(cast, edition, client):
    scoring.hand_in(cast, edition)
    scoring.score(cast, scoring.take(cast))
    work_off()
    archive = opened(client, made(client, cast))
    [badge] = json.loads(archive.read("data.json"))["badges"]
    assert json.loads(archive.read(badge["document"]))["id"].endswith(badge["id"])


def test_the_copy_reaches_over_all_groups_also_those_one_has_left(cast, edition, client):
    keeping.add(cast, scoring.write(cast, edition, cast.ada))
    Membership.objects.create(tenant=cast.harbor, user=cast.ada, roles=[Role.EARNER])
    Membership.objects.filter(tenant=cast.lakeside, user=cast.ada).update(active=False)
    data = json.loads(opened(client, made(client, cast)).read("data.json"))
    assert {each["tenant"]: len(each["works"]) for each in data["tenants"]} == {"lakeside": 1, "harbor": 0}


def test_nothing_of_anyone_else_is_in_the_copy(cast, edition, returned, client):
    other = stage.other_earner(cast)
    archive = opened(client, made(client, cast, other))
    data = json.loads(archive.read("data.json"))
    assert data["tenants"][0]["works"] == []
    assert "ada" not in archive.read("data.json").decode().lower()
    assert sorted(archive.namelist()) == ["README.txt", "data.json"]


def test_one_mail_says_that_it_is_ready(cast, client):
    export = made(client, cast)
    [mail] = OutgoingMail.objects.filter(kind="export_ready")
    assert mail.to == cast.ada.email
    assert PAGE in mail.text
    make_export(str(export.id))
    assert OutgoingMail.objects.filter(kind="export_ready").count() == 1
    page = client.get(PAGE).content.decode()
    assert reverse("export_file", args=[export.id]) in page


def test_only_the_person_can_download_it(cast, client):
    url = reverse("export_file", args=[made(client, cast).id])
    for other in (cast.cleo, cast.stranger):
        client.force_login(other)
        assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url)["Location"].startswith(reverse("account_login"))


def test_after_a_week_it_is_gone_from_storage_too(cast, client):
    export = made(client, cast)
    assert default_storage.exists(export.key)
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert client.get(reverse("export_file", args=[export.id])).status_code == 404
        sweep_exports()
    export.refresh_from_db()
    assert (export.state, export.dropped_at is not None) == (DataExport.State.GONE, True)
    assert keeping.local_keys() == set()


def test_asking_twice_makes_one(cast, client):
    first = ask(client, cast)
    assert ask(client, cast) == first
    assert "Make a copy" not in client.get(PAGE).content.decode()


def test_a_store_that_is_down_only_delays_it(cast, edition, client, monkeypatch):
    add(cast, scoring.write(cast, edition, cast.ada))
    export = ask(client, cast)

    def down(self, name, mode="rb"):
        raise OSError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "open", down)
        for _try in range(7):
            assert not making.make(export)
    assert making.make(export)


def test_a_worker_that_is_killed_again_and_again_is_not_tried_for_ever(cast, client, monkeypatch):
    export = ask(client, cast)

    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "write", killed)
    for number in range(5):
        with clock.at(clock.now() + timedelta(hours=2 * number)), pytest.raises(KeyboardInterrupt):
            making.make(export)
    with clock.at(clock.now() + timedelta(hours=12)):
        assert not making.make(export)
    export.refresh_from_db()
    assert export.state == DataExport.State.FAILED
    assert "Could not be made" in client.get(PAGE).content.decode()


def test_a_file_that_is_missing_in_storage_is_named_and_the_rest_is_there(cast, edition, client):
    artifact = add(cast, scoring.write(cast, edition, cast.ada))
    default_storage.delete(artifact.file.key)
    data = json.loads(opened(client, made(client, cast)).read("data.json"))
    assert len(data["missing"]) == 1


def test_a_deleted_file_is_in_the_copy_by_its_hash_only(cast, edition, client):
    with keeping.day(0):
        artifact = add(cast, scoring.write(cast, edition, cast.ada))
    keeping.purge_on(cast, 180)
    data = json.loads(opened(client, made(client, cast)).read("data.json"))
    [file] = [each["file"] for each in data["tenants"][0]["works"][0]["tries"][0]["evidence"] if each["file"]]
    assert (file["sha256"], file["state"]) == (artifact.sha256, StoredFile.State.GONE)
    assert "path" not in file


def test_a_large_film_is_copied_without_holding_it_in_memory(cast, edition, tmp_path):
    film = stage.video() + stage.box(b"mdat", bytes(range(256)) * 160_000)  # 41 MB
    add(cast, scoring.write(cast, edition, cast.ada), "film.mp4", film)
    tracemalloc.start()
    making.write(cast.ada, tmp_path / "copy.zip")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        [name] = [each for each in archive.namelist() if each.endswith(".mp4")]
        assert archive.read(name) == film


def test_talks_appeals_comments_fees_and_cases_are_in_the_copy_without_names(cast, client):
    sent = scoring.hand_in(cast, stage.publish_edition(cast, tries=1))
    told = scoring.score(cast, scoring.take(cast), below=("plans", "thinks"))
    pool = [make_user(f"Pool{n} Person", cast.lakeside, Role.VETTER) for n in range(3)]
    with scoring.inside(cast):
        by, today = cast.by(cast.ada), cast.lakeside.local_date()
        draft = Submission.objects.get(work=sent.work_id, number=2)
        record_conversation(by=cast.by(cast.cleo), submission=draft, held_on=today, agreed="More checks.")
        line = told.lines.select_related("decision__submission").get(line__key="plans")
        react(by=by, line=line, kind="flag", text="Another lesson.")
        file_appeal(by=by, decision=told, reasons={line.id: "Page 3."})
        invoice(by=by, work=start_work(by=by, edition=paid_edition(cast)))
        case = open_case(by=cast.by(cast.bela), submission=sent, concern="Page 2.")
        name_panel(by=cast.by(cast.cleo), case=case, users=[user.id for user in pool])
    text = opened(client, made(client, cast)).read("data.json").decode()
    [tenant] = json.loads(text)["tenants"]
    assert [each["agreed"] for each in tenant["talks"]] == ["More checks."]
    assert [each["reasons"] for each in tenant["appeals"]] == [{"Plans three checks": "Page 3."}]
    assert [each["text"] for each in tenant["said_of_comments"]] == ["Another lesson."]
    assert [each["invoice_number"] for each in tenant["fees"]] == [1]
    assert [each["concern"] for each in tenant["cases"]] == ["Page 2."]
    for name in ("bela", "cleo", "pool0"):
        assert name not in text.lower()
