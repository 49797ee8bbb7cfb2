"""Using evidence again, bringing removed evidence back, and replacing it: no file is thrown away meanwhile."""

import re
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from lib import clock
from lib.errors import NotAllowed, RuleBroken
from submissions.actions.evidence import add_file, add_link, add_text, remove_artifact
from submissions.actions.reuse import restore_artifact, reuse_artifact
from submissions.actions.works import newest_try, start_work
from submissions.models import Artifact, StoredFile
from tenants.models import AuditEntry
from tests.submissions import stage


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


@pytest.fixture
def other(cast):
    """Another micro-credential that Ada has begun."""
    return stage.begin(cast, stage.publish_edition(cast, "Asking Good Questions"))


def page(name, draft, *more):
    return reverse(name, args=["lakeside", draft.work_id, *more])


def plan_of(draft):
    return stage.criterion_of(draft.edition, "plan")


def _file(cast, draft, name="plan.pdf", words="A plan", key="plan", by=None) -> Artifact:
    with cast.inside():
        return add_file(
            by=cast.by(by or cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, key),
            upload=stage.upload(name, stage.pdf(words)),
        )


def _all(cast, draft, **facts) -> list[Artifact]:
    with cast.inside():
        return list(Artifact.objects.filter(submission=draft, **facts).select_related("file"))


# --- Picking --------------------------------------------------------------------------------------------------------


def test_earlier_evidence_is_listed_by_micro_credential_and_found_by_name(cast, draft, other, ada):
    _file(cast, other, "Seating chart.pdf", "seats")
    _file(cast, draft, "Exit tickets.pdf", "tickets", key="extra")
    text = ada.get(page("artifact_pick", draft, "plan")).content.decode()
    assert text.index("Checking for Understanding</h2>") < text.index("Asking Good Questions</h2>")  # newest first
    assert "Seating chart.pdf" in text
    assert "Exit tickets.pdf" in text
    assert re.search(r"\d+\xa0bytes\. Added Nov|\d+\xa0bytes\. Added", text)
    found = ada.get(page("artifact_pick", draft, "plan"), {"q": "seating CHART"}).content.decode()
    assert "Seating chart.pdf" in found
    assert "Exit tickets.pdf" not in found
    nothing = ada.get(page("artifact_pick", draft, "plan"), {"q": "<b>"}).content.decode()
    assert "no earlier evidence with “&lt;b&gt;”" in nothing


def test_picking_names_the_same_stored_file_and_asks_about_students_anew(cast, draft, other, ada):
    first = _file(cast, other)
    stage.make_promise(cast, other)
    answer = ada.post(page("artifact_pick", draft, "plan"), {"artifact": first.id})
    assert answer.headers["Location"] == page("work_criterion", draft, "plan")
    (made,) = _all(cast, draft)
    assert (made.file_id, made.name, made.state, made.students) == (first.file_id, "plan.pdf", "ready", "")
    assert made.carried_from_id is None
    with cast.inside():
        assert StoredFile.objects.count() == 1
        assert AuditEntry.objects.filter(verb="artifact.reused", object_id=made.id).count() == 1


@pytest.mark.parametrize("kind", ["link", "text"])
def test_links_and_texts_can_be_picked_too(cast, draft, other, ada, kind):
    with cast.inside():
        facts = {"by": cast.by(cast.ada), "submission": other, "criterion": plan_of(other), "name": "Mine"}
        add = {
            "link": lambda: add_link(url="https://example.org/a", **facts),
            "text": lambda: add_text(text="My notes", **facts),
        }
        first = add[kind]()
    assert "Mine" in ada.get(page("artifact_pick", draft, "plan")).content.decode()
    ada.post(page("artifact_pick", draft, "plan"), {"artifact": first.id})
    (made,) = _all(cast, draft)
    assert (made.kind, made.url, made.text, made.name) == (kind, first.url, first.text, "Mine")
    assert made.link_state == ("unchecked" if kind == "link" else "")


def test_what_is_in_the_part_already_is_not_counted_twice(cast, draft, other, ada):
    first = _file(cast, other)
    for _click in range(2):
        ada.post(page("artifact_pick", draft, "plan"), {"artifact": first.id})
    assert len(_all(cast, draft)) == 1
    text = ada.get(page("artifact_pick", draft, "plan")).content.decode()
    assert "In this part" in text
    assert "Use this" not in text
    assert text.count("<b>plan.pdf</b>") == 1  # the same content is one line


def test_only_kinds_that_the_part_takes_can_be_picked(cast, draft, other, ada):
    with cast.inside():
        text = add_text(by=cast.by(cast.ada), submission=other, criterion=plan_of(other), text="Some words")
    assert "Some words" not in ada.get(page("artifact_pick", draft, "extra")).content.decode()
    assert ada.post(page("artifact_pick", draft, "extra"), {"artifact": text.id}).status_code == 404
    with cast.inside():
        extra = stage.criterion_of(draft.edition, "extra")
    with cast.inside(), transaction.atomic(), pytest.raises(RuleBroken, match="does not take this kind"):
        reuse_artifact(by=cast.by(cast.ada), submission=draft, criterion=extra, artifact=text)


def test_a_full_part_takes_no_more(cast, draft, other, ada):
    first = _file(cast, other)
    _file(cast, draft, words="something else", key="extra")
    page_of = page("artifact_pick", draft, "extra")
    assert "This part is full" in ada.get(page_of).content.decode()
    answer = ada.post(page_of, {"artifact": first.id})
    assert answer.status_code == 409
    assert "This part takes at most 1" in answer.content.decode()


def test_a_file_that_was_deleted_is_shown_as_gone(cast, draft, other, ada):
    first = _file(cast, other)
    with cast.inside():
        StoredFile.objects.update(state="gone", gone_at=clock.now())
    text = ada.get(page("artifact_pick", draft, "plan")).content.decode()
    assert "Not available" in text
    assert "Use this" not in text
    answer = ada.post(page("artifact_pick", draft, "plan"), {"artifact": first.id})
    assert answer.status_code == 409
    assert "This file was deleted" in answer.content.decode()


def test_evidence_of_others_does_not_exist_here(cast, draft, ada):
    egon = stage.other_earner(cast)
    with cast.inside(), transaction.atomic():
        theirs = newest_try(start_work(by=cast.by(egon), edition=draft.edition))
    foreign = _file(cast, theirs, "Egon.pdf", by=egon)
    assert "Egon.pdf" not in ada.get(page("artifact_pick", draft, "plan")).content.decode()
    for wanted in (foreign.id, uuid4(), "nonsense", ""):
        assert ada.post(page("artifact_pick", draft, "plan"), {"artifact": wanted}).status_code == 404
    with cast.inside(), transaction.atomic(), pytest.raises(NotAllowed):
        reuse_artifact(by=cast.by(cast.ada), submission=draft, criterion=plan_of(draft), artifact=foreign)
    assert _all(cast, draft) == []


def test_removed_evidence_can_be_picked_in_its_own_work_only(cast, draft, other, ada):
    first = _file(cast, other)
    with cast.inside():
        remove_artifact(by=cast.by(cast.ada), artifact=first)
    assert ada.post(page("artifact_pick", draft, "plan"), {"artifact": first.id}).status_code == 404
    assert ada.post(page("artifact_pick", other, "extra"), {"artifact": first.id}).status_code == 302


def test_what_was_sent_is_not_added_to(cast, draft, other, ada):
    first = _file(cast, other)
    stage.send(cast, draft)
    address = page("artifact_pick", draft, "plan")
    assert ada.get(address).headers["Location"] == page("work_criterion", draft, "plan")
    assert ada.post(address, {"artifact": first.id}).status_code == 409


def test_the_button_to_it_saves_what_was_typed(cast, draft, ada):
    form = {"rev": "0", "answer-look": "At the checks", "pick": "1"}
    answer = ada.post(page("work_criterion", draft, "plan"), form)
    assert answer.headers["Location"] == page("artifact_pick", draft, "plan")
    assert "At the checks" in ada.get(page("work_criterion", draft, "plan")).content.decode()


def test_the_list_takes_few_queries_however_long(cast, draft, other, ada, django_assert_max_num_queries):
    counts = []
    for n in range(1, 4):
        _file(cast, other, f"{n}.pdf", words=str(n))
        with django_assert_max_num_queries(21) as queries:
            text = ada.get(page("artifact_pick", draft, "plan")).content.decode()
        assert text.count("Use this") == n
        counts.append(len(queries))
    assert len(set(counts)) == 1


# --- History --------------------------------------------------------------------------------------------------------


def test_a_removed_file_stays_in_storage_and_comes_back(cast, draft, ada):
    first = _file(cast, draft)
    ada.post(page("artifact_remove", draft, first.id))
    assert default_storage.exists(first.file.key)
    text = ada.get(page("work_criterion", draft, "plan")).content.decode()
    assert "Replaced and removed" in text
    assert re.search(r"bytes\. Removed \w+\.? \d", text)
    answer = ada.post(page("artifact_restore", draft, first.id), {"rev": "0", "answer-look": "At the checks"})
    assert answer.headers["Location"] == page("work_criterion", draft, "plan")
    (back,) = _all(cast, draft)
    assert (back.id, back.state, back.removed_at, back.students) == (first.id, "ready", None, "")
    with cast.inside():
        assert AuditEntry.objects.filter(verb="artifact.restored", object_id=first.id).count() == 1
    text = ada.get(page("work_criterion", draft, "plan")).content.decode()
    assert "At the checks" in text
    assert "Replaced and removed" not in text


def test_replacing_removes_says_what_is_next_and_keeps_the_old_file(cast, draft, ada):
    first = _file(cast, draft)
    answer = ada.post(page("artifact_remove", draft, first.id), {"replace": "1", "rev": "0"}, follow=True)
    assert answer.redirect_chain[0][0] == page("work_criterion", draft, "plan") + "#file"
    assert "Choose the new file below. The old one is kept under “Replaced and removed”." in answer.content.decode()
    _file(cast, draft, "new.pdf", "Another plan")
    assert [each.name for each in _all(cast, draft, state="ready")] == ["new.pdf"]
    assert default_storage.exists(first.file.key)


def test_bringing_back_twice_is_bringing_back_once(cast, draft, ada):
    first = _file(cast, draft)
    ada.post(page("artifact_remove", draft, first.id))
    for _click in range(2):
        assert ada.post(page("artifact_restore", draft, first.id)).status_code == 302
    assert len(_all(cast, draft, state="ready")) == 1
    with cast.inside():
        assert AuditEntry.objects.filter(verb="artifact.restored").count() == 1


def test_what_was_added_again_meanwhile_is_not_brought_back_beside_it(cast, draft, ada):
    first = _file(cast, draft)
    ada.post(page("artifact_remove", draft, first.id))
    again = _file(cast, draft)
    assert again.id != first.id
    text = ada.get(page("work_criterion", draft, "plan")).content.decode()
    assert "Replaced and removed" not in text
    assert ada.post(page("artifact_restore", draft, first.id)).status_code == 302
    assert [each.id for each in _all(cast, draft, state="ready")] == [again.id]


def test_a_full_part_takes_nothing_back_and_keeps_what_was_typed(cast, draft, ada):
    first = _file(cast, draft, key="extra")
    ada.post(page("artifact_remove", draft, first.id))
    _file(cast, draft, "new.pdf", "Another plan", key="extra")
    text = ada.get(page("work_criterion", draft, "extra")).content.decode()
    assert "Remove a piece first to bring one back" in text
    assert "Bring back" not in text
    answer = ada.post(page("artifact_restore", draft, first.id))
    assert answer.status_code == 409
    assert "This part takes at most 1" in answer.content.decode()


def test_a_deleted_file_does_not_come_back(cast, draft, ada):
    first = _file(cast, draft)
    ada.post(page("artifact_remove", draft, first.id))
    with cast.inside():
        StoredFile.objects.update(state="gone", gone_at=clock.now())
    text = ada.get(page("work_criterion", draft, "plan")).content.decode()
    assert "Deleted, as the rules on keeping evidence say" in text
    assert "Bring back" not in text
    answer = ada.post(page("artifact_restore", draft, first.id))
    assert answer.status_code == 409
    assert "This file was deleted" in answer.content.decode()


def test_an_upload_that_was_never_finished_does_not_come_back(cast, draft, ada):
    first = _file(cast, draft)
    with cast.inside():
        Artifact.objects.filter(id=first.id).update(state="removed", file=None, removed_at=clock.now())
    assert "Replaced and removed" not in ada.get(page("work_criterion", draft, "plan")).content.decode()
    answer = ada.post(page("artifact_restore", draft, first.id))
    assert answer.status_code == 409
    assert "was not finished" in answer.content.decode()


def test_what_was_sent_takes_nothing_back(cast, draft, ada):
    first = _file(cast, draft)
    ada.post(page("artifact_remove", draft, first.id))
    stage.send(cast, draft)
    assert ada.post(page("artifact_restore", draft, first.id)).status_code == 409
    with cast.inside(), transaction.atomic(), pytest.raises(RuleBroken):
        restore_artifact(by=cast.by(cast.ada), artifact=first)


def test_a_link_that_comes_back_is_opened_again(cast, draft, ada):
    with cast.inside():
        link = add_link(by=cast.by(cast.ada), submission=draft, criterion=plan_of(draft), url="https://example.org/a")
        Artifact.objects.update(link_state="open")
    ada.post(page("artifact_remove", draft, link.id))
    ada.post(page("artifact_restore", draft, link.id))
    (back,) = _all(cast, draft)
    assert (back.state, back.link_state) == ("ready", "unchecked")
