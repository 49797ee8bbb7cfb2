"""Erasing one's evidence: asked for, refused, taken back, done, and proved by listing all that storage has."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import models, transaction
from django.urls import reverse

from assessment.models import Decision, DecisionLine
from badges.models import Badge
from config.site import export as making
from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions import erasure as erasing
from submissions.actions import uploads
from submissions.actions.erasing import ask_erasure, cancel_erasure
from submissions.actions.evidence import add_text
from submissions.actions.exporting import ask_export
from submissions.actions.keeping import hold_what
from submissions.models import (
    AiUse,
    Artifact,
    Captions,
    Erasure,
    LogEntry,
    Pointer,
    Preview,
    QuizTry,
    Rendering,
    Response,
    StoredFile,
    Submission,
    Upload,
    Work,
    WorkCard,
)
from submissions.quarantine import quarantine
from submissions.quarantine.local import LocalQuarantine, receive
from submissions.tasks import sweep_keeping
from tenants.models import AuditEntry, Membership, Role
from tests.assessment import stage as scoring
from tests.badges.made import work_off
from tests.submissions import keeping, stage
from tests.submissions.keeping import add, furnish

Keys = Callable[[], set[str]]
PAGE = reverse("own_data")

# What becomes of every table that says something of a try, a piece of evidence or a file.
ERASED = {
    "AiUse", "Artifact", "Captions", "CoachNote", "LogEntry", "Pointer", "Preview", "QuizTry", "Rendering", "Response",
    "StoredFile", "Submission", "Upload",
}  # fmt: skip
KEPT = {
    "UploadPart": "hashes of parts, and numbers",
    "SubmissionLine": "which lines were met",
    "Promise": "what was promised and when",
    "Review": "a reading of the reviewers",
    "Decision": "the ground of a badge",
    "Mark": "a note of a reviewer, as their comments",
    "Precheck": "that someone looked whether all was there",
    "Settling": "as a reading",
    "Conversation": "what was agreed before one more try",
    "Appeal": "the ground of a result that changed, or stayed",
    "Case": "what a panel was asked, and found",
    "Anchor": "is retired by the sweep, with all its copies",
    "AnchorReading": "a reading of the reviewers",
}


@pytest.fixture(params=["on local disk", "in an S3 store"])
def keys(request) -> Keys:
    """All keys that storage and quarantine have, in both kinds of store."""
    if request.param == "on local disk":
        return keeping.local_keys
    found = request.getfixturevalue("store")

    def all_keys() -> set[str]:
        begun = found.client.list_multipart_uploads(Bucket=found.bucket).get("Uploads", [])
        return {*found.keys(), *(each["Key"] for each in begun)}

    return all_keys


@dataclass
class Lives:
    """What two people have here. `egons`: the keys of the one who stays."""

    passed: Submission
    draft: Submission
    egons: set[str]


def live(cast, edition, keys: Keys) -> Lives:
    """Egon has a draft; Ada has a badge, a draft of everything, a preview, an upload under way, a copy of her data."""
    egon = stage.other_earner(cast)
    furnish(cast, add(cast, scoring.write(cast, edition, egon), "egon.pdf").file)
    begin_upload(cast, egon, edition)
    egons = keys()
    assert len(egons) >= 4
    passed = scoring.write(cast, edition, cast.ada)
    furnish(cast, add(cast, passed, "film.mp4", stage.video()).file)
    scoring.send(cast, passed)
    scoring.score(cast, scoring.take(cast))
    work_off()
    other = stage.publish_edition(cast, "Asking good questions")
    draft = scoring.write(cast, other, cast.ada)
    furnish(cast, add(cast, draft, "draft.pdf").file)
    with scoring.inside(cast):
        plan = stage.criterion_of(other, "plan")
        add_text(by=cast.by(cast.ada), submission=draft, criterion=plan, text="My own words", name="Notes")
        AiUse.objects.create(submission=draft, tool="A robot", what_changed="I asked a robot")
        Pointer.objects.create(artifact=Artifact.objects.filter(submission=draft).first(), note="Look at Sam")
        LogEntry.objects.create(
            submission=draft, criterion=plan, on=cast.lakeside.local_date(), minutes=30, what="I watched Sam"
        )
        QuizTry.objects.create(submission=draft, criterion=plan, number=1, drawn=[], answers={"1": [0]})
    begin_upload(cast, cast.ada, other)
    return Lives(passed, draft, egons)


def begin_upload(cast, person, edition) -> None:
    """A file of 2 MB, all of which is here, and which nobody finishes."""
    with scoring.inside(cast):
        draft = Submission.objects.get(earner=person, edition=edition, state="draft")
        extra = stage.criterion_of(edition, "extra")
        facts = {"submission": draft, "criterion": extra, "name": "b.mp4", "size": 2_000_000}
        upload = uploads.begin_upload(by=cast.by(person), **facts).upload
    body = bytes(upload.size)
    address = quarantine().address(upload, 1, sha256(body).hexdigest())
    if isinstance(quarantine(), LocalQuarantine):
        [key] = parse_qs(urlsplit(address.url).query)["key"]
        receive(upload.id, 1, key, io.BytesIO(body), len(body))
    else:
        headers = {"Content-Type": "application/octet-stream", **address.headers}
        urlopen(Request(address.url, body, headers, method="PUT")).close()


def carry_out(days: float = 14.01) -> None:
    """The sweep, so many days from now."""
    with clock.at(clock.now() + timedelta(days=days)):
        sweep_keeping()


def ask(cast, **more) -> list[Erasure]:
    return ask_erasure(user=cast.ada, typed=cast.ada.email, **more)


def erasure(cast) -> Erasure:
    with cast.inside():
        return Erasure.objects.get()


# --- The proof --------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_after_it_storage_has_nothing_of_that_person_and_all_of_the_others(cast, edition, keys):
    lives = live(cast, edition, keys)
    assert len(keys() - lives.egons) >= 7
    ask(cast)
    carry_out()
    assert keys() == lives.egons
    done = erasure(cast)
    assert (done.state, done.note) == (Erasure.State.DONE, "")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_copies_of_ones_data_and_strays_without_rows_go_as_well(cast, edition, keys):
    lives = live(cast, edition, keys)
    assert making.make(ask_export(user=cast.ada))
    stray = f"evidence/{cast.lakeside.id}/{lives.draft.work_id}/stray"
    default_storage.save(stray, ContentFile(b"left by a worker that was killed"))
    ask(cast)
    carry_out()
    assert keys() == lives.egons


def test_no_row_has_anything_of_it_any_more_and_what_others_rely_on_stays(cast, edition):
    lives = live(cast, edition, keeping.local_keys)
    badges = list(Badge.objects.values("id", "state", "document", "status_index"))
    ask(cast)
    carry_out()
    with cast.inside():
        mine = Artifact.objects.filter(earner=cast.ada)
        assert set(mine.values_list("name", "url", "text", "link_title")) == {("", "", "", "")}
        assert not mine.filter(erased_at=None).exists()
        assert not Response.objects.filter(submission__earner=cast.ada).exclude(text="").exists()
        for model in (AiUse, LogEntry):
            assert not model.objects.filter(submission__earner=cast.ada).exists()
        assert not Pointer.objects.filter(artifact__earner=cast.ada).exists()
        assert not QuizTry.objects.filter(submission__earner=cast.ada).exclude(answers={}).exists()
        assert set(StoredFile.objects.filter(earner=cast.ada).values_list("state", flat=True)) == {"gone"}
        for model in (Captions, Preview):
            assert not model.objects.filter(file__earner=cast.ada).exists()
        assert {tuple(each.texts) for each in Rendering.objects.filter(file__earner=cast.ada)} == {()}
        assert Work.objects.get(id=lives.draft.work_id).state == Work.State.WITHDRAWN
        assert Work.objects.get(id=lives.passed.work_id).state == Work.State.PASSED
        assert Decision.objects.filter(submission=lives.passed).exists()
        assert DecisionLine.objects.filter(decision__submission=lives.passed, met=True).count() == 4
        egons = Response.objects.exclude(submission__earner=cast.ada)
        assert all(each.text for each in egons)
        assert Artifact.objects.exclude(earner=cast.ada).filter(name="egon.pdf").exists()
    assert list(Badge.objects.values("id", "state", "document", "status_index")) == badges
    assert WorkCard.objects.get(work_id=lives.draft.work_id).state == Work.State.WITHDRAWN


def test_every_table_about_evidence_is_erased_or_kept_for_a_reason():
    about = (Submission, Artifact, StoredFile, Upload)
    tables = {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model in about
    }
    assert tables | {"Submission", "StoredFile"} == ERASED | set(KEPT), (
        "say in submissions.actions.erasing what becomes of it"
    )


def test_the_certificate_names_what_was_erased_by_hash_and_nothing_by_its_words(cast, edition, client):
    live(cast, edition, keeping.local_keys)
    with cast.inside():
        hashes = sorted(StoredFile.objects.filter(earner=cast.ada).values_list("sha256", flat=True))
    ask(cast)
    carry_out()
    done = erasure(cast)
    assert sorted(each["sha256"] for each in done.certificate["files"]) == hashes
    counts = {name: n for name, n in done.certificate.items() if isinstance(n, int)}
    assert counts == {
        "previews": 2, "captions": 2, "links": 2, "texts": 1, "answers": 8, "unfinished_uploads": 1, "drafts": 1,
        "log_entries": 1, "ai_uses": 1, "pointers": 1, "quizzes": 1, "coach_notes": 0,
    }  # fmt: skip
    assert done.certificate["storage_listed"]["left"] == 0
    assert "film" not in str(done.certificate).replace("video/", "")
    client.force_login(cast.ada)
    page = client.get(reverse("certificate", args=[done.id])).content.decode()
    assert hashes[0] in page
    assert "Badges and their place in the status list" in page
    as_json = client.get(reverse("certificate_json", args=[done.id])).json()
    assert as_json["erased"] == done.certificate
    assert reverse("certificate", args=[done.id]) in client.get(PAGE).content.decode()
    with cast.inside():
        verbs = AuditEntry.objects.filter(verb__startswith="erasure.").order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["erasure.asked", "erasure.begun", "erasure.done"]
    client.force_login(cast.cleo)
    for name in ("certificate", "certificate_json"):
        assert client.get(reverse(name, args=[done.id])).status_code == 404


def test_pages_about_erased_work_still_open(cast, edition, client):
    lives = live(cast, edition, keeping.local_keys)
    ask(cast)
    carry_out()
    client.force_login(cast.ada)
    for work in (lives.passed.work_id, lives.draft.work_id):
        assert client.get(reverse("work", args=["lakeside", work])).status_code == 200
        page = client.get(reverse("work_criterion", args=["lakeside", work, "plan"]))
        assert page.status_code == 200
        assert "film.mp4" not in page.content.decode()
    assert client.get(reverse("my_work", args=["lakeside"])).status_code == 200


def test_a_page_that_was_open_does_not_save_the_old_words_again(cast, edition, client):
    draft = scoring.write(cast, edition, cast.ada)
    with cast.inside():
        rev = Response.objects.filter(submission=draft).first().rev
    ask(cast)
    carry_out()
    with cast.inside():
        assert Response.objects.filter(submission=draft).first().rev == rev + 1


# --- Grace ------------------------------------------------------------------------------------------------------------


def test_nothing_happens_within_the_days_of_grace_and_one_can_change_ones_mind(cast, edition, client):
    lives = live(cast, edition, keeping.local_keys)
    before = keeping.local_keys()
    client.force_login(cast.ada)
    answer = client.post(reverse("erasure_ask"), {"where": "lakeside", "typed": " Ada@Example.org "})
    assert answer.status_code == 302
    carry_out(13.9)
    assert keeping.local_keys() == before
    assert "will be erased on" in client.get(PAGE).content.decode()
    cancel = reverse("erasure_cancel", args=[erasure(cast).id])
    for _click in range(2):
        assert client.post(cancel).status_code == 302
    carry_out(20)
    assert keeping.local_keys() == before
    assert erasure(cast).state == Erasure.State.CANCELLED
    assert lives.draft.work_id in {each.work_id for each in WorkCard.objects.filter(state="active")}


def test_what_was_erased_is_not_brought_back(cast, edition, client):
    live(cast, edition, keeping.local_keys)
    [asked] = ask(cast)
    carry_out()
    client.force_login(cast.ada)
    answer = client.post(reverse("erasure_cancel", args=[asked.id]))
    assert answer.status_code == 409
    with pytest.raises(RuleBroken, match="cannot be brought back"):
        cancel_erasure(user=cast.ada, tenant=cast.lakeside, erasure=asked)


def test_only_the_person_can_cancel(cast, edition, client):
    live(cast, edition, keeping.local_keys)
    [asked] = ask(cast)
    client.force_login(cast.cleo)
    assert client.post(reverse("erasure_cancel", args=[asked.id])).status_code == 404
    assert erasure(cast).state == Erasure.State.WAITING


def test_asking_twice_is_asking_once(cast, edition):
    live(cast, edition, keeping.local_keys)
    assert ask(cast) == ask(cast)


@pytest.mark.parametrize("typed", ["", "bela@example.org", "erase"])
def test_it_has_to_be_confirmed_by_typing_ones_address(cast, edition, client, typed):
    live(cast, edition, keeping.local_keys)
    client.force_login(cast.ada)
    page = client.post(reverse("erasure_ask"), {"where": "lakeside", "typed": typed})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["typed"]
    with cast.inside():
        assert not Erasure.objects.exists()


# --- What stands in the way -------------------------------------------------------------------------------------------


def test_it_is_refused_while_work_is_with_reviewers_and_says_which(cast, edition, client):
    scoring.hand_in(cast, edition)
    client.force_login(cast.ada)
    page = client.post(reverse("erasure_ask"), {"where": "lakeside", "typed": cast.ada.email})
    assert page.status_code == 422
    assert f"“{edition.title}” is with the reviewers of Lakeside Schools." in page.content.decode()
    with cast.inside():
        assert not Erasure.objects.exists()


@pytest.mark.parametrize("what", ["person", "work"])
def test_it_is_refused_under_a_hold_and_says_so(cast, edition, what):
    draft = scoring.write(cast, edition, cast.ada)
    with scoring.inside(cast):
        hold_what(by=cast.by(cast.cleo), what=cast.ada.email if what == "person" else draft.code, reason="Case 9")
    with pytest.raises(RuleBroken) as refusal:
        ask(cast)
    assert "has to keep" in refusal.value.message
    assert "Case 9" not in refusal.value.message, "the reason is for admins"


def test_everywhere_is_all_or_nothing(cast, edition):
    live(cast, edition, keeping.local_keys)
    in_harbor(cast)
    with cast.inside(cast.harbor), transaction.atomic():
        hold_what(by=cast.by(cast.mallory, cast.harbor), what=cast.ada.email, reason="Case 9")
    with pytest.raises(RuleBroken, match="Harbor District has to keep"):
        ask(cast)
    with cast.inside():
        assert not Erasure.objects.exists()
    assert len(ask(cast, tenant=cast.lakeside)) == 1


def test_everywhere_asks_in_each_group_also_in_those_one_has_left(cast, edition):
    live(cast, edition, keeping.local_keys)
    in_harbor(cast)
    Membership.objects.filter(user=cast.ada, tenant=cast.harbor).update(active=False)
    assert len(ask(cast)) == 2


def in_harbor(cast) -> None:
    """Ada has work in Harbor too."""
    Membership.objects.create(user=cast.ada, tenant=cast.harbor, roles=[Role.EARNER])
    WorkCard.objects.create(
        work_id=cast.harbor.id,
        tenant=cast.harbor,
        earner=cast.ada,
        edition_id=WorkCard.objects.first().edition_id,
        state="active",
    )


def test_a_stranger_to_a_group_has_nothing_to_erase_there(cast):
    with pytest.raises(Invalid, match="no evidence there"):
        ask(cast, tenant=cast.harbor)


def test_it_waits_for_what_was_sent_in_meanwhile_and_says_so(cast, edition, client):
    draft = scoring.write(cast, edition, cast.ada)
    ask(cast)
    scoring.send(cast, draft)
    carry_out()
    waiting = erasure(cast)
    assert waiting.state == Erasure.State.WAITING
    assert waiting.note.startswith(f"“{edition.title}” is with the reviewers")
    client.force_login(cast.ada)
    assert "It waits:" in client.get(PAGE).content.decode()
    scoring.score(cast, scoring.take(cast))
    carry_out()
    assert erasure(cast).state == Erasure.State.DONE


# --- Crashes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", [1, 2, 4])
def test_a_worker_killed_while_it_deletes_leaves_what_the_sweep_finishes(cast, edition, monkeypatch, nth):
    lives = live(cast, edition, keeping.local_keys)
    [asked] = ask(cast)
    delete, count = FileSystemStorage.delete, []

    def killed(self, name):
        count.append(name)
        if len(count) == nth:
            raise KeyboardInterrupt
        delete(self, name)

    with monkeypatch.context() as patch, clock.at(clock.now() + timedelta(days=15)), cast.inside():
        patch.setattr(FileSystemStorage, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            erasing.erase(cast.lakeside, asked)
    assert erasure(cast).state == Erasure.State.RUNNING
    with cast.inside():
        assert not StoredFile.objects.filter(earner=cast.ada, state=StoredFile.State.KEPT).exists()
    carry_out(15.1)
    assert erasure(cast).state == Erasure.State.DONE
    assert keeping.local_keys() == lives.egons


def test_no_certificate_is_given_while_storage_is_down(cast, edition, monkeypatch):
    lives = live(cast, edition, keeping.local_keys)
    ask(cast)

    def down(self, name):
        raise OSError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", down)
        carry_out()
    assert erasure(cast).state == Erasure.State.RUNNING
    carry_out(14.1)
    assert erasure(cast).state == Erasure.State.DONE
    assert keeping.local_keys() == lives.egons


def test_a_file_that_is_just_being_checked_is_waited_for(cast, edition):
    live(cast, edition, keeping.local_keys)
    ask(cast)
    with scoring.inside(cast):
        upload = Upload.objects.get(artifact__earner=cast.ada)
        later = clock.now() + timedelta(days=14, hours=1)
        Upload.objects.filter(id=upload.id).update(lease_until=later)
    carry_out()
    assert erasure(cast).note == "A file is still being checked."
    carry_out(14.1)
    assert erasure(cast).state == Erasure.State.DONE
