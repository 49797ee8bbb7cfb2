"""The nightly purge: what goes when, what stays, what it reports, and what a crash or a dead store leaves behind."""

from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection, transaction

from lib import clock
from lib.errors import RuleBroken
from submissions.actions import purging
from submissions.actions.evidence import remove_artifact
from submissions.actions.handing_in import submit
from submissions.actions.keeping import hold_what, lift_hold, save_rules
from submissions.actions.works import newest_try
from submissions.models import Artifact, Captions, Preview, PurgeReport, Rendering, StoredFile, Submission
from submissions.tasks import purge_evidence, sweep_keeping
from tenants.models import AuditEntry
from tests.assessment import stage as scoring
from tests.submissions import keeping, stage
from tests.submissions.keeping import START, add, day, decide, furnish, purge_on, states

GONE, KEPT = StoredFile.State.GONE, StoredFile.State.KEPT


@pytest.fixture
def begun(cast, edition) -> Submission:
    """Ada began on day 0."""
    with day(0):
        return scoring.write(cast, edition, cast.ada)


def set_days(cast, **days):
    with scoring.inside(cast):
        save_rules(by=cast.by(cast.cleo), days=days, confirmed=True)


def is_stored(artifact: Artifact) -> bool:
    return default_storage.exists(artifact.file.key)


# --- The clocks -------------------------------------------------------------------------------------------------------


def test_a_film_goes_a_year_after_the_decision_and_other_files_after_three(cast, begun):
    with day(0):
        film, plan = add(cast, begun, "film.mp4", stage.video()), add(cast, begun)
    with day(10):
        decide(cast, begun)
    purge_on(cast, 374)
    assert states(cast) == {"film.mp4": KEPT, "plan.pdf": KEPT}
    report = purge_on(cast, 375)
    assert states(cast) == {"film.mp4": GONE, "plan.pdf": KEPT}
    assert report.deleted == {"film": {"count": 1, "bytes": film.size}}
    assert (is_stored(film), is_stored(plan)) == (False, True)
    report = purge_on(cast, 10 + 3 * 365)
    assert report.deleted == {"evidence": {"count": 1, "bytes": plan.size}}
    with cast.inside():
        gone = StoredFile.objects.get(id=plan.file_id)
        assert gone.gone_at == gone.dropped_at == START + timedelta(days=10 + 3 * 365)
        assert (gone.size, gone.sha256) == (plan.size, plan.sha256)
        assert Artifact.objects.get(id=plan.id).state == Artifact.State.READY
    assert keeping.local_keys() == set()


def test_what_was_taken_out_goes_half_a_year_later_but_not_while_the_try_is_open(cast, begun):
    with day(0):
        old = add(cast, begun, "old.pdf")
        add(cast, begun, "new.pdf")
    with day(5), scoring.inside(cast):
        remove_artifact(by=cast.by(cast.ada), artifact=old)
    with day(170):
        decide(cast, begun)
    purge_on(cast, 184)
    assert states(cast)["old.pdf"] == KEPT
    report = purge_on(cast, 185)
    assert states(cast) == {"old.pdf": GONE, "new.pdf": KEPT}
    assert report.deleted == {"removed": {"count": 1, "bytes": old.size}}


def test_a_file_taken_out_of_a_draft_stays_as_long_as_someone_works_on_the_draft(cast, begun):
    with day(0):
        old = add(cast, begun, "old.pdf")
    with day(1), scoring.inside(cast):
        remove_artifact(by=cast.by(cast.ada), artifact=old)
    with day(150):
        stage.make_promise(cast, begun)
    purge_on(cast, 329)
    assert states(cast) == {"old.pdf": KEPT}
    purge_on(cast, 330)
    assert states(cast) == {"old.pdf": GONE}


def test_files_of_a_draft_that_nobody_touched_go_and_the_words_stay(cast, begun):
    with day(0):
        add(cast, begun)
    purge_on(cast, 179)
    assert states(cast) == {"plan.pdf": KEPT}
    report = purge_on(cast, 180)
    assert list(report.deleted) == ["drafts"]
    with scoring.inside(cast):
        artifact = Artifact.objects.get(kind="file")
        assert artifact.state == Artifact.State.REFUSED
        assert artifact.refusal.startswith("Deleted, because nobody worked on this")
        assert all(each.text for each in begun.responses.all())


def test_a_draft_cannot_be_sent_with_a_file_that_was_deleted(cast, begun, client):
    with day(0):
        add(cast, begun)
    purge_on(cast, 200)
    with day(201), scoring.inside(cast):
        stage.make_promise(cast, begun)
        with pytest.raises(RuleBroken, match="not sent yet"):
            submit(by=cast.by(cast.ada), submission=begun)
    client.force_login(cast.ada)
    page = client.get(f"/t/lakeside/my/work/{begun.work_id}/c/plan/").content.decode()
    assert "Deleted, because nobody worked on this for a long time." in page


def test_what_is_with_the_reviewers_is_never_due(cast, begun):
    with day(0):
        old = add(cast, begun, "old.pdf")
        add(cast, begun)
        with scoring.inside(cast):
            remove_artifact(by=cast.by(cast.ada), artifact=old)
        scoring.send(cast, begun)
    purge_on(cast, 9_000)
    assert set(states(cast).values()) == {KEPT}


def test_a_file_of_two_tries_goes_when_the_later_clock_is_over(cast, begun):
    with day(0):
        add(cast, begun, "film.mp4", stage.video())
    with day(10):
        decide(cast, begun, passed=False)
    with cast.inside():
        again = newest_try(begun.work)
    with day(150):
        decide(cast, again)
    purge_on(cast, 514)
    assert states(cast) == {"film.mp4": KEPT}
    purge_on(cast, 515)
    assert states(cast) == {"film.mp4": GONE}


def test_a_tenant_keeps_its_own_days(cast, begun):
    with day(0):
        add(cast, begun, "film.mp4", stage.video())
        decide(cast, begun)
    set_days(cast, film=30)
    assert list(purge_on(cast, 29).deleted) == []
    assert list(purge_on(cast, 30).deleted) == ["film"]


# --- Holds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["person", "work"])
def test_nothing_under_a_hold_goes_until_it_is_lifted(cast, begun, what):
    with day(0):
        add(cast, begun, "film.mp4", stage.video())
        decide(cast, begun)
    with scoring.inside(cast):
        on = cast.ada.email if what == "person" else begun.code.lower()
        hold = hold_what(by=cast.by(cast.cleo), what=on, reason="Case 12")
    report = purge_on(cast, 400)
    assert (report.deleted, report.held) == ({}, 1)
    with scoring.inside(cast):
        lift_hold(by=cast.by(cast.cleo), hold=hold, reason="The case is closed")
    report = purge_on(cast, 401)
    assert (list(report.deleted), report.held) == (["film"], 0)


def test_a_hold_in_one_tenant_holds_nothing_in_another(cast, begun):
    with day(0):
        add(cast, begun, "film.mp4", stage.video())
        decide(cast, begun)
    with cast.inside(cast.harbor), transaction.atomic():
        hold_what(by=cast.by(cast.mallory, cast.harbor), what=cast.mallory.email, reason="Ours")
    assert purge_on(cast, 400).held == 0
    assert states(cast) == {"film.mp4": GONE}


# --- Reports ----------------------------------------------------------------------------------------------------------


def test_one_night_is_reported_once_and_put_on_record(cast, begun):
    with day(0):
        add(cast, begun, "film.mp4", stage.video())
        decide(cast, begun)
    with day(366):
        purge_evidence()
        purge_evidence()
    with cast.inside():
        report = PurgeReport.objects.get()
        assert report.ended_at is not None
        entry = AuditEntry.objects.get(verb="retention.purged")
    assert entry.facts == {"film": 1, "held": 0, "waiting": 0}


def test_a_purge_that_was_killed_goes_on_where_it_stopped(cast, begun, monkeypatch):
    with day(0):
        add(cast, begun, "film.mp4", stage.video())
        add(cast, begun)
    monkeypatch.setattr(purging, "BATCH", 1)
    mark, marked = purging.mark_gone, []

    def killed_at_the_second(file):
        if len(marked) == 1:
            raise KeyboardInterrupt
        marked.append(file)
        mark(file)

    monkeypatch.setattr(purging, "mark_gone", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        purge_on(cast, 180)
    with cast.inside():
        assert PurgeReport.objects.get().deleted["drafts"]["count"] == 1
    monkeypatch.setattr(purging, "mark_gone", mark)
    assert purge_on(cast, 180).deleted["drafts"]["count"] == 2
    assert keeping.local_keys() == set()


# --- Rows and objects -------------------------------------------------------------------------------------------------


def test_previews_words_and_captions_go_with_the_file_also_those_without_a_row(cast, begun):
    with day(0):
        artifact = add(cast, begun)
    furnish(cast, artifact.file)
    assert len(keeping.local_keys()) == 3
    purge_on(cast, 180)
    assert keeping.local_keys() == set()
    with cast.inside():
        assert not Preview.objects.exists()
        assert not Captions.objects.exists()
        assert Rendering.objects.get().texts == []


@pytest.mark.parametrize("moment", ["before the object is deleted", "after it"])
def test_a_worker_killed_between_row_and_object_leaves_what_the_sweep_finishes(cast, begun, monkeypatch, moment):
    with day(0):
        artifact = add(cast, begun)
    delete = FileSystemStorage.delete

    def killed(self, name):
        if moment == "after it":
            delete(self, name)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            purge_on(cast, 180)
    with cast.inside():
        file = StoredFile.objects.get(id=artifact.file_id)
        assert (file.state, file.dropped_at) == (GONE, None), "no row claims to be kept without its object"
    with day(180.1):
        sweep_keeping()
    assert keeping.local_keys() == set()
    with cast.inside():
        assert StoredFile.objects.get(id=artifact.file_id).dropped_at is not None


def test_a_store_that_is_down_is_reported_and_tried_again(cast, begun, monkeypatch):
    with day(0):
        for name in ("1.pdf", "2.pdf"):
            add(cast, begun, name)

    def down(self, name):
        raise OSError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", down)
        report = purge_on(cast, 180)
    assert (report.deleted["drafts"]["count"], report.waiting) == (2, 2)
    with day(181):
        sweep_keeping()
    assert keeping.local_keys() == set()
    assert purge_on(cast, 181).waiting == 0


def test_an_object_is_not_dropped_while_a_worker_makes_previews_of_it(cast, begun):
    with day(0):
        artifact = add(cast, begun)
    furnish(cast, artifact.file)
    with day(180) as now, scoring.inside(cast):
        Rendering.objects.update(lease_until=now + timedelta(minutes=2))
    assert purge_on(cast, 180).waiting == 1
    assert keeping.local_keys() != set()
    with day(180.01):
        sweep_keeping()
    assert keeping.local_keys() == set()


# --- The record -------------------------------------------------------------------------------------------------------


def old_entry(cast, days: int, tenant=None) -> AuditEntry:
    with cast.inside(tenant), transaction.atomic():
        at = clock.now() - timedelta(days=days)
        return AuditEntry.objects.create(at=at, verb="x.y", object_type="tenants.tenant", object_id=cast.lakeside.id)


def test_the_record_is_kept_for_seven_years_and_no_longer(cast):
    old_entry(cast, 7 * 365 + 1)
    young, foreign = old_entry(cast, 7 * 365 - 1), old_entry(cast, 9_000, cast.harbor)
    with cast.inside():
        report = keeping.purge(cast.lakeside)
        assert report.deleted == {"audit": {"count": 1, "bytes": 0}}
        assert list(AuditEntry.objects.filter(verb="x.y")) == [young]
    with cast.inside(cast.harbor):
        assert list(AuditEntry.objects.filter(verb="x.y")) == [foreign]


def test_the_record_is_kept_as_long_as_the_tenant_says(cast):
    old_entry(cast, 40)
    set_days(cast, audit=41)
    with cast.inside():
        assert keeping.purge(cast.lakeside).deleted == {}
        set_days(cast, audit=39)
        assert purging.forget_audit(report=PurgeReport.objects.get())
        assert not AuditEntry.objects.filter(verb="x.y").exists()


def test_nothing_else_deletes_from_the_record(cast):
    entry = old_entry(cast, 9_000)
    with cast.inside(), pytest.raises(DatabaseError, match="only deleted by forget_old_audit"), transaction.atomic():
        entry.delete()
    with cast.inside(), connection.cursor() as cursor:
        cursor.execute("SELECT proconfig, prosecdef FROM pg_proc WHERE proname = 'forget_old_audit'")
        assert cursor.fetchall() == [(["search_path=public, pg_temp"], True)]
