"""Promising, checking, sending, taking back, and what the reviewers' decision makes of it."""

import re
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.urls import reverse

from lib.errors import RuleBroken
from submissions.actions.evidence import add_file, remove_artifact
from submissions.actions.handing_in import submit
from submissions.actions.outcomes import mark_passed, return_for_changes, take_in
from submissions.actions.writing import save_response
from submissions.models import Artifact, Promise, Submission, WorkCard
from submissions.queries import evidence_of
from tenants.models import AuditEntry, OutgoingMail
from tests.submissions import stage


def page(name, draft, *more):
    return reverse(name, args=["lakeside", draft.work_id, *more])


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


PROMISE = {"own_work": "on", "protected": "on", "used_ai": "no"}


def test_nothing_is_ticked_beforehand(draft, ada):
    text = ada.get(page("work_promise", draft)).content.decode()
    boxes = re.findall(r'<input type="(?:checkbox|radio)"[^>]*>', text)
    assert len(boxes) == 5
    assert not any("checked" in box for box in boxes)


def test_no_way_of_protecting_students_is_chosen_beforehand(cast, draft, ada):
    stage.write_all(cast, draft)
    with cast.inside():
        Artifact.objects.update(students="", attested_at=None, attested_version="")
    for address in (page("work_promise", draft), page("work_criterion", draft, "plan")):
        text = ada.get(address).content.decode()
        (choice,) = re.findall(r'<select name="students-.*?</select>', text, re.DOTALL)
        assert "selected" not in choice.replace('<option value="" selected>', "")
        assert choice.count("<option") == 4


def test_a_promise_is_kept_with_its_version_and_words(cast, draft, ada):
    ada.post(page("work_promise", draft), PROMISE)
    with cast.inside():
        given = {each.kind: each for each in Promise.objects.all()}
        assert set(given) == {"own_work", "students"}
        assert given["own_work"].wording.startswith("This is my own work")
        assert given["students"].wording.startswith("I name no student in my answers")
        assert given["own_work"].version == "2026-12"
        assert Submission.objects.get().used_ai is False
        assert AuditEntry.objects.filter(verb="work.promised", object_id=draft.id).count() == 1
    assert WorkCard.objects.get().parts_done == 1


def test_consent_to_training_can_be_given_and_taken_away(cast, draft, ada):
    ada.post(page("work_promise", draft), {**PROMISE, "training": "on"})
    with cast.inside():
        assert Promise.objects.filter(kind="training").exists()
    ada.post(page("work_promise", draft), PROMISE)
    with cast.inside():
        assert not Promise.objects.filter(kind="training").exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"own_work": ""}, "Tick this to go on. Reviewers"),
        ({"protected": ""}, "Tick this to go on. Protect"),
        ({"used_ai": ""}, "Say if you used AI tools"),
        ({"used_ai": "perhaps"}, "not one of the available choices"),
    ],
)
def test_half_a_promise_is_refused_and_keeps_what_was_typed(cast, draft, ada, given, sentence):
    answer = ada.post(page("work_promise", draft), {**PROMISE, **given, "training": "on"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'name="training" id="training" checked' in answer.content.decode()
    with cast.inside():
        assert not Promise.objects.exists()


def test_the_check_page_names_every_problem_with_a_way_to_it(draft, ada):
    text = ada.get(page("work_check", draft)).content.decode()
    for key in ("class", "plan", "think"):
        assert page("work_criterion", draft, key) in text
    assert page("work_promise", draft) in text
    assert "4 things are missing" in text


@pytest.mark.parametrize(
    ("prompt", "words", "sentence"),
    [
        ("who", "Two words", "has 2 words. Aim for at least 3"),
        ("who", "word " * 12, "has 12 words. Cut 2 to fit 10"),
        ("saw", "", "It has no words yet"),
    ],
)
def test_word_limits_matter_when_it_is_sent(cast, draft, ada, prompt, words, sentence):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    with cast.inside():
        save_response(by=cast.by(cast.ada), submission=draft, prompt=stage.prompt_of(draft.edition, prompt), text=words)
    answer = ada.post(page("work_check", draft))
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    with cast.inside():
        assert Submission.objects.get().state == "draft"
    assert not OutgoingMail.objects.filter(kind="work_sent").exists()


@pytest.mark.parametrize(
    ("state", "refusal", "sentence"),
    [("checking", "", "still being checked"), ("refused", "It broke.", "cannot be used")],
)
def test_evidence_that_is_not_ready_keeps_it_from_being_sent(cast, draft, ada, state, refusal, sentence):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    with cast.inside():
        add_file(
            by=cast.by(cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, "plan"),
            upload=stage.upload("plan.pdf", stage.pdf()),
        )
        Artifact.objects.filter(kind="file").update(state=state, refusal=refusal)
    answer = ada.post(page("work_check", draft))
    assert answer.status_code == 409
    assert sentence in answer.content.decode()


def test_missing_evidence_and_a_missing_promise_are_named(cast, draft, ada):
    stage.write_all(cast, draft)
    with cast.inside():
        remove_artifact(by=cast.by(cast.ada), artifact=Artifact.objects.get())
    text = ada.post(page("work_check", draft)).content.decode()
    assert "Add 1 more piece of evidence" in text
    assert "Make your promise" in text


def test_sending_sets_the_due_date_mails_a_receipt_and_shows_what_is_next(cast, draft, ada):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    answer = ada.post(page("work_check", draft))
    assert answer.headers["Location"] == page("work_sent", draft)
    with cast.inside():
        sent = Submission.objects.get()
        assert (sent.state, sent.work.state) == ("submitted", "in_review")
        assert sent.due_on == cast.lakeside.due_date(10)
        assert AuditEntry.objects.filter(verb="submission.sent", object_id=sent.id).count() == 1
    mail = OutgoingMail.objects.get(kind="work_sent")
    assert (mail.to, mail.user) == (cast.ada.email, cast.ada)
    assert sent.code in mail.text
    assert page("work", draft) in mail.html
    shown = ada.get(answer.headers["Location"]).content.decode()
    assert "You should hear by" in shown
    assert WorkCard.objects.get().due_on == sent.due_on


def test_sending_twice_is_sending_once(cast, draft, ada):
    stage.send(cast, draft)
    again = ada.post(page("work_check", draft))
    assert again.headers["Location"] == page("work_sent", draft)
    assert OutgoingMail.objects.filter(kind="work_sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_submit_sends_one_submission(cast, draft):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    gate, problems = Barrier(3), []

    def click():
        try:
            with cast.inside():
                gate.wait()
                submit(by=cast.by(cast.ada), submission=draft)
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=click) for _n in range(3)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert not problems
    assert OutgoingMail.objects.filter(kind="work_sent").count() == 1
    with cast.inside(), transaction.atomic():
        assert AuditEntry.objects.filter(verb="submission.sent").count() == 1


def test_what_nobody_has_in_the_queue_can_be_taken_back(cast, draft, ada):
    stage.send(cast, draft)
    ada.post(page("work_take_back", draft))
    with cast.inside():
        back = Submission.objects.get()
        assert (back.state, back.due_on, back.work.state) == ("draft", None, "active")
    assert ada.post(page("work_check", draft)).status_code == 302
    assert OutgoingMail.objects.filter(kind="work_sent").count() == 2


def test_what_the_reviewers_have_cannot_be_taken_back(cast, draft, ada):
    sent = stage.send(cast, draft)
    with cast.inside():
        take_in(by=cast.by(cast.bela), submission=sent)
    answer = ada.post(page("work_take_back", draft))
    assert answer.status_code == 409
    assert "can no longer be taken back" in answer.content.decode()
    assert "Take it back" not in ada.get(page("work_sent", draft)).content.decode()


def test_passing_ends_the_work(cast, draft, ada):
    sent = stage.send(cast, draft)
    with cast.inside():
        mark_passed(by=cast.by(cast.bela), submission=sent)
    assert WorkCard.objects.get().state == "passed"
    assert "You earned it" in ada.get(page("work", draft)).content.decode()
    assert ada.get(page("work_sent", draft)).headers["Location"] == page("work", draft)


def _returned(cast, draft, *met):
    sent = stage.send(cast, draft)
    with cast.inside():
        take_in(by=cast.by(cast.bela), submission=sent)
        lines = {each.line.key: each.line for each in sent.lines.select_related("line")}
        levels = {lines[key].id: lines[key].levels.first().id for key in met}
        return return_for_changes(by=cast.by(cast.bela), submission=sent, met=levels)


def test_not_yet_opens_the_next_try_with_everything_in_it_and_met_lines_locked(cast, draft, ada):
    with cast.inside():
        add_file(
            by=cast.by(cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, "plan"),
            upload=stage.upload("plan.pdf", stage.pdf()),
        )
    again = _returned(cast, draft, "knows", "plans")
    with cast.inside():
        assert (again.number, again.state) == (2, "draft")
        assert {each.line.key for each in again.lines.select_related("line") if each.is_open} == {"reach", "thinks"}
        copied = Artifact.objects.get(submission=again, kind="file")
        assert copied.file == Artifact.objects.get(submission=draft, kind="file").file
        assert (copied.students, copied.attested_version) == ("none", "2026-12")
        assert [piece.text for piece in evidence_of(again)] == [piece.text for piece in evidence_of(draft)]
    card = WorkCard.objects.get()
    assert (card.state, card.try_number, card.next_step) == ("returned", 2, "c/plan")
    locked = ada.get(page("work_criterion", draft, "class")).content.decode()
    assert "You met this part before" in locked
    assert "<textarea" not in locked
    refused = ada.post(
        page("work_criterion", draft, "class"), {"rev": "1", "answer-who": "Other words now"}, HTTP_X_AUTOSAVE="1"
    )
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:laurel:carried")


def test_the_next_try_shows_what_was_not_changed_and_needs_a_new_promise(cast, draft, ada):
    again = _returned(cast, draft, "knows", "plans", "reach")
    text = ada.get(page("work_check", draft)).content.decode()
    assert "You have not changed “Write your reflection”" in text
    assert "Make your promise" in text
    with cast.inside():
        save_response(
            by=cast.by(cast.ada),
            submission=again,
            prompt=stage.prompt_of(draft.edition, "saw"),
            text="I saw more hands this time.",
        )
    assert "You have not changed" not in ada.get(page("work_check", draft)).content.decode()


def test_removing_carried_evidence_keeps_the_file_of_the_earlier_try(cast, draft, ada):
    from django.core.files.storage import default_storage

    with cast.inside():
        first = add_file(
            by=cast.by(cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, "plan"),
            upload=stage.upload("plan.pdf", stage.pdf()),
        )
    again = _returned(cast, draft, "knows")
    with cast.inside():
        copied = Artifact.objects.get(submission=again, kind="file")
    ada.post(reverse("artifact_remove", args=["lakeside", draft.work_id, copied.id]))
    with cast.inside():
        assert Artifact.objects.get(id=copied.id).state == "removed"
        assert default_storage.exists(first.file.key)


def test_after_the_last_try_a_coach_comes_first(cast, client):
    edition = stage.publish_edition(cast, tries=1)
    draft = stage.begin(cast, edition)
    again = _returned(cast, draft, "knows")
    stage.make_promise(cast, again)
    client.force_login(cast.ada)
    assert "Talk with your coach first" in client.get(page("work", draft)).content.decode()
    answer = client.post(page("work_check", draft))
    assert answer.status_code == 409
    assert "You have used your 1 try" in answer.content.decode()


def test_only_what_is_with_the_reviewers_can_be_decided(cast, draft):
    with cast.inside():
        for decide in (mark_passed, take_in):
            with pytest.raises(RuleBroken):
                decide(by=cast.by(cast.bela), submission=draft)
        with pytest.raises(RuleBroken):
            return_for_changes(by=cast.by(cast.bela), submission=draft, met={})


def test_blind_evidence_names_nobody(cast, draft):
    with cast.inside():
        add_file(
            by=cast.by(cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, "plan"),
            upload=stage.upload("Ada Alvarez plan.pdf", stage.pdf()),
        )
        assert not any("Ada" in piece.title for piece in evidence_of(draft, blind=True))
        assert any("Ada" in piece.title for piece in evidence_of(draft, blind=False))


def test_the_check_page_takes_few_queries(cast, draft, ada, django_assert_max_num_queries):
    stage.write_all(cast, draft)
    with django_assert_max_num_queries(16):
        ada.get(page("work_check", draft))
