"""Anchors: made from real work with its earner's yes, or written; complete, frozen, and retired when taken back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from assessment.actions.anchors import LinesMissing, bring_to_new_editions, make_anchor, publish_anchor, retire_anchor
from assessment.actions.practice import start_practice
from assessment.models import Anchor, AnchorLine, AnchorReading, Review
from assessment.tasks import sweep
from credentials.actions.editions import new_edition, publish, send_to_vetting
from credentials.models import Edition
from lib import clock
from lib.errors import NotAllowed, RuleBroken
from submissions.actions.erasing import ask_erasure, begin
from submissions.actions.evidence import add_file
from submissions.actions.handing_in import promise, submit
from submissions.models import Artifact, Promise, StoredFile, Submission, Work
from submissions.retention import days_here, due_files
from tenants.models import AuditEntry
from tenants.roles import system
from tests.assessment import stage
from tests.assessment.anchors import anchor, anchors, calibrate, is_calibrated, signed_in
from tests.submissions.stage import attest_ready, criterion_of, pdf

pytestmark = pytest.mark.django_db


def decided(cast, edition, *, training=True):
    """Ada's work with a file, sent with or without her yes to training, and scored."""
    draft = stage.write(cast, edition, cast.ada)
    ada = cast.by(cast.ada)
    with stage.inside(cast):
        plan = criterion_of(edition, "plan")
        upload = SimpleUploadedFile("Ada Alvarez plan.pdf", pdf("A plan"))
        add_file(by=ada, submission=draft, criterion=plan, upload=upload)
        attest_ready(ada, draft)
        promise(by=ada, submission=draft, own_work=True, protected=True, used_ai=False, training=training)
        sent = submit(by=ada, submission=draft)
    stage.score(cast, stage.take(cast), below=("plans",))
    with cast.inside():
        sent.refresh_from_db()
    return sent


def url(name, *more):
    return reverse(name, args=["lakeside", *more])


def test_real_work_becomes_a_copy_without_names(cast, edition):
    sent = decided(cast, edition)
    cleo = signed_in(cast.cleo)
    made = cleo.post(url("anchor_new"), {"code": sent.code.lower(), "use": "practice"})
    page = cleo.get(made.url)
    assert page.status_code == 200
    assert "Ada" not in page.text
    assert "These are my words about who." in page.text
    with cast.inside():
        found = Anchor.objects.get()
        assert (found.source, found.made_by, found.state) == (sent, cast.cleo, Anchor.State.DRAFT)
        assert AnchorLine.objects.filter(anchor=found).count() == 4
        copies = Artifact.objects.filter(submission=found.submission)
        assert {each.name for each in copies} == {""}
        assert copies.get(kind="file").file == Artifact.objects.get(submission=sent, kind="file").file
        assert AuditEntry.objects.get(verb="anchor.made").actor == cast.cleo
        paper = copies.get(kind="file")
    file = cleo.get(url("anchor_evidence", found.id, paper.id))
    assert cleo.get(file.url).status_code == 200
    assert "Ada" not in cleo.get(file.url).headers["Content-Disposition"]


def test_work_without_the_earners_yes_is_refused(cast, edition):
    sent = decided(cast, edition, training=False)
    refused = signed_in(cast.cleo).post(url("anchor_new"), {"code": sent.code, "use": "practice"})
    assert refused.status_code == 409
    assert "did not allow reviewers to train" in refused.text


def test_work_without_a_result_or_a_code_nobody_has_is_refused(cast, sent):
    cleo = signed_in(cast.cleo)
    waiting = cleo.post(url("anchor_new"), {"code": sent.code, "use": "practice"})
    assert (waiting.status_code, "no result yet" in waiting.text) == (409, True)
    unknown = cleo.post(url("anchor_new"), {"code": "XXXXXX", "use": "practice"})
    assert (unknown.status_code, "No submission here has this code" in unknown.text) == (422, True)


def test_an_anchor_with_missing_lines_names_them_and_stays_a_draft(cast, edition):
    draft = anchor(cast, edition, publish=False)
    with cast.inside():
        AnchorLine.objects.filter(anchor=draft, line__key__in=["plans", "reach"]).update(rationale="")
    with stage.inside(cast), pytest.raises(LinesMissing) as missing:
        publish_anchor(by=cast.by(cast.dora), anchor=draft)
    assert "“Plans three checks”, “Checks reach every student”" in missing.value.message
    with cast.inside(), pytest.raises(DatabaseError, match="lacks a line"), transaction.atomic():
        Anchor.objects.filter(id=draft.id).update(state="published", published_at=clock.now())


def test_the_form_writes_texts_levels_and_evidence_and_publishes(cast, edition):
    dora = signed_in(cast.dora)
    made = dora.post(url("anchor_new"), {"edition": str(edition.id), "use": "hidden"})
    with cast.inside():
        draft = Anchor.objects.get()
        lines = list(edition.rubric.prefetch_related("levels"))
        plan = criterion_of(edition, "plan")
    data = {"use": "hidden", "names_checked": "on", f"new-text-{plan.id}": "Three checks.", f"new-link-{plan.id}": ""}
    for line in lines:
        data |= {f"level-{line.id}": str(line.levels.all()[1].id), f"why-{line.id}": "Two of three are there."}
    assert "Save and put into use" in dora.get(made.url).text
    lacking = dora.post(url("anchor_publish", draft.id), data | {f"why-{lines[0].id}": ""})
    assert lacking.status_code == 422
    assert "Still missing: “Knows the class”." in lacking.text
    unread = dora.post(url("anchor_publish", draft.id), {**data, "names_checked": ""})
    assert "Read every piece first" in unread.text
    with cast.inside():
        piece = Artifact.objects.filter(submission=draft.submission_id, state="ready").first()
    assert dora.post(url("anchor", draft.id), data | {"without": [str(piece.id)]}).status_code == 302
    assert dora.post(url("anchor_publish", draft.id), data).status_code == 302
    with cast.inside():
        draft.refresh_from_db()
        assert (draft.state, draft.use) == (Anchor.State.PUBLISHED, "hidden")
        piece.refresh_from_db()
        assert piece.state == Artifact.State.REMOVED
    assert dora.post(url("anchor", draft.id), data).status_code == 409


def test_a_published_anchor_is_frozen_in_the_database(cast, edition):
    made = anchor(cast, edition)
    with cast.inside():
        line = AnchorLine.objects.filter(anchor=made).first()
        other = line.line.levels.last()
        for change in (
            lambda: AnchorLine.objects.filter(id=line.id).update(level=other),
            lambda: AnchorLine.objects.filter(id=line.id).delete(),
            lambda: Anchor.objects.filter(id=made.id).update(use="hidden"),
            lambda: Anchor.objects.filter(id=made.id).update(state="draft"),
        ):
            with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
                change()


def test_levels_belong_to_their_line_and_lines_to_their_edition(cast, edition):
    made = anchor(cast, edition, publish=False)
    with cast.inside():
        one, two = AnchorLine.objects.filter(anchor=made)[:2]
        with pytest.raises(DatabaseError, match="level is of another line"), transaction.atomic():
            AnchorLine.objects.filter(id=one.id).update(level=two.level)


def test_only_authors_and_admins_make_them(cast, sent):
    for user in (cast.bela, cast.ada, cast.vito):
        assert signed_in(user).get(url("anchors")).status_code == 403
    with stage.inside(cast), pytest.raises(NotAllowed):
        make_anchor(by=cast.by(cast.bela), code=sent.code)


def test_retiring_takes_every_copy_out_of_use(cast, edition):
    made = anchors(cast, edition)[0]
    with stage.inside(cast):
        held = start_practice(by=cast.by(cast.bela), edition=edition)
    refused = signed_in(cast.dora).post(url("anchor_retire", made.id), {"why": ""})
    assert refused.status_code == 422
    assert signed_in(cast.dora).post(url("anchor_retire", made.id), {"why": "Too easy"}).status_code == 302
    with stage.inside(cast):
        held.refresh_from_db()
        assert held.state == Review.State.EXPIRED
        assert AnchorReading.objects.get().dropped_at is not None
        assert start_practice(by=cast.by(cast.bela), edition=edition).submission_id != held.submission_id
        retire_anchor(by=cast.by(cast.dora), anchor=made, why="Again")
        assert Anchor.objects.get(id=made.id).retired_why == "Too easy"


def from_ada(cast, edition):
    sent = decided(cast, edition)
    with stage.inside(cast):
        made = make_anchor(by=cast.by(cast.cleo), code=sent.code)
        AnchorLine.objects.filter(anchor=made).update(rationale="It is there.")
        Anchor.objects.filter(id=made.id).update(names_checked=True)
        return publish_anchor(by=cast.by(cast.cleo), anchor=Anchor.objects.get(id=made.id))


def test_erasing_ones_evidence_retires_the_anchor_made_of_it(cast, edition):
    made = from_ada(cast, edition)
    with clock.at(clock.now() - timedelta(days=20)):
        [asked] = ask_erasure(user=cast.ada, typed=cast.ada.email, tenant=cast.lakeside)
    # the anchor is younger than the wish, but not than its execution
    with stage.inside(cast):
        assert begin(by=system(cast.lakeside), erasure=asked)
        assert StoredFile.objects.get().state == StoredFile.State.GONE
        with pytest.raises(RuleBroken, match="no sample here"):
            start_practice(by=cast.by(cast.bela), edition=edition)
    sweep()
    with cast.inside():
        made.refresh_from_db()
        assert made.state == Anchor.State.RETIRED
        assert "took it back" in made.retired_why
        assert not Artifact.objects.filter(submission=made.submission_id, state="ready").exists()


def test_taking_the_permission_back_retires_it_too(cast, edition):
    made = from_ada(cast, edition)
    ada = signed_in(cast.ada)
    with cast.inside():
        work = Work.objects.get(earner=cast.ada)
    feedback = ada.get(reverse("feedback", args=["lakeside", work.id, 1]))
    assert "Reviewers may train with this work" in feedback.text
    taken = ada.post(reverse("training_take_back", args=["lakeside", work.id]), follow=True)
    assert "Reviewers no longer train with this work." in taken.text
    with cast.inside():
        assert AuditEntry.objects.get(verb="training.taken_back").actor == cast.ada
        assert not Promise.objects.filter(submission=made.source_id, kind=Promise.Kind.TRAINING).exists()
    sweep()
    with cast.inside():
        made.refresh_from_db()
        assert made.state == Anchor.State.RETIRED


def test_files_of_an_anchor_are_kept_until_it_is_retired(cast, edition):
    made = from_ada(cast, edition)
    with stage.inside(cast):
        later = clock.now() + timedelta(days=5 * 365)
        assert not due_files(days_here(), later).exists()
        retire_anchor(by=cast.by(cast.cleo), anchor=made, why="Old")
        assert due_files(days_here(), later).count() == 1


def test_the_earner_can_still_earn_the_edition_and_sees_no_sample(cast, edition):
    from_ada(cast, edition)
    with stage.inside(cast):
        assert Work.objects.filter(earner=cast.ada).count() == 1
        assert Submission.samples.filter(earner=cast.ada).count() == 1
        assert stage.newest_try(Work.objects.get(earner=cast.ada)).number == 2
    assert signed_in(cast.ada).get(reverse("my_work", args=["lakeside"])).status_code == 200


def renewed(cast, edition, **changes):
    by = cast.by(cast.dora)
    with cast.inside():
        again = new_edition(by=by, micro_credential=edition.micro_credential)
        for line in again.rubric.all():
            for level in line.levels.all():
                level.description = changes.get("description", level.description)
                level.save()
        send_to_vetting(by=by, edition=again)
        publish(by=cast.by(cast.vito), edition=again)
    return Edition.objects.get(id=again.id)


def test_a_new_edition_with_the_same_guide_takes_anchors_and_calibrations_along(cast, edition):
    anchors(cast, edition)
    calibrate(cast, edition)
    again = renewed(cast, edition)
    sweep()
    with stage.inside(cast):
        assert Anchor.objects.filter(edition=again, state="published").count() == 3
        assert is_calibrated(cast.bela, again)
        assert bring_to_new_editions(by=system(cast.lakeside)) == 0


def test_a_changed_guide_takes_nothing_along(cast, edition):
    anchors(cast, edition)
    calibrate(cast, edition)
    again = renewed(cast, edition, description="Something else.")
    sweep()
    with stage.inside(cast):
        assert not Anchor.objects.filter(edition=again).exists()
        assert not is_calibrated(cast.bela, again)
