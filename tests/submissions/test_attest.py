"""How students are protected, piece by piece: on the page of a part, on the promise page, and when it is sent."""

import re
from threading import Barrier, Thread
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from lib.errors import NotAllowed, RuleBroken
from submissions.actions.attesting import Said, attest, attest_all
from submissions.actions.evidence import add_link, add_text, remove_artifact
from submissions.models import Artifact, Promise, Submission
from submissions.outline import outline_of
from tenants.models import AuditEntry
from tests.submissions import stage

PROMISE = {"own_work": "on", "protected": "on", "used_ai": "no"}


def page(name, draft, *more):
    return reverse(name, args=["lakeside", draft.work_id, *more])


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


@pytest.fixture
def piece(cast, draft) -> Artifact:
    """A link, of which nothing is said."""
    return _link(cast, draft, "plan")


def _link(cast, draft, name) -> Artifact:
    with cast.inside(), transaction.atomic():
        return add_link(
            by=cast.by(cast.ada),
            submission=draft,
            criterion=stage.criterion_of(draft.edition, "plan"),
            url=f"https://example.org/{quote(name)}",
            name=name,
        )


def _said(cast, piece) -> tuple[str, str]:
    with cast.inside(), transaction.atomic():
        fresh = Artifact.objects.get(id=piece.id)
        return fresh.students, fresh.record_number


def _form(piece, students, record="", seen="", rev="0"):
    """What the page of a part sends for one piece; `seen` is what it showed."""
    return {
        "rev": rev,
        f"students-{piece.id}": students,
        f"record-{piece.id}": record,
        f"initial-students-{piece.id}": seen,
        f"initial-record-{piece.id}": "",
    }


def test_what_is_said_of_a_piece_is_kept_with_its_version_and_recorded(cast, draft, ada, piece):
    answer = ada.post(page("work_criterion", draft, "plan"), _form(piece, "released", "  R-2026/14 "))
    assert answer.status_code == 302
    with cast.inside():
        fresh = Artifact.objects.get()
        assert (fresh.students, fresh.record_number, fresh.attested_version) == ("released", "R-2026/14", "2026-12")
        assert fresh.attested_at
        (entry,) = AuditEntry.objects.filter(verb="artifact.attested", object_id=piece.id)
        assert entry.actor == cast.ada
    text = ada.get(page("work_criterion", draft, "plan")).content.decode()
    assert '<option value="released" selected>' in text
    assert 'value="R-2026/14"' in text


def test_autosave_keeps_a_choice_and_waits_for_a_record_number(cast, draft, ada, piece):
    address = page("work_criterion", draft, "plan")
    covered = ada.post(address, _form(piece, "covered"), HTTP_X_AUTOSAVE="1")
    assert covered.status_code == 200
    assert _said(cast, piece) == ("covered", "")
    unfinished = ada.post(address, _form(piece, "released"), HTTP_X_AUTOSAVE="1")
    assert unfinished.status_code == 200
    assert _said(cast, piece) == ("covered", "")
    wrong = ada.post(address, _form(piece, "perhaps"), HTTP_X_AUTOSAVE="1")
    assert wrong.status_code == 400
    assert "Choose how students are protected" in wrong.json()["detail"]


@pytest.mark.parametrize(
    ("students", "record", "sentence"),
    [
        ("perhaps", "", "“plan”: Choose how students are protected."),
        ("\x00", "", "“plan”: Choose how students are protected."),
        ("released", "", "“plan”: Write the record number of the signed releases."),
        ("released", " \x00\n ", "“plan”: Write the record number of the signed releases."),
        ("released", "x" * 300, "Use at most 80 characters."),
    ],
)
def test_a_bad_choice_is_named_beside_its_piece_and_nothing_else_is_lost(
    cast, draft, ada, piece, students, record, sentence
):
    other = _link(cast, draft, "other")
    form = _form(piece, students, record) | _form(other, "none") | {"rev": "0", "answer-look": "At the checks"}
    for name in ("work_criterion", "artifact_add"):
        answer = ada.post(page(name, draft, "plan"), form | {"url": "https://example.org/third"})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in text
        assert f'href="#{"record" if students == "released" else "students"}-{piece.id}"' in text
        assert "At the checks" in text
        if record.strip(" \x00\n"):
            assert record in text
    assert _said(cast, piece) == ("", "")
    assert _said(cast, other) == ("none", "")
    with cast.inside():
        assert Artifact.objects.filter(url="https://example.org/third").count() == 1


def test_a_record_number_is_kept_only_where_releases_are_on_file(cast, draft, ada, piece):
    ada.post(page("work_criterion", draft, "plan"), _form(piece, "covered", "R-1"))
    assert _said(cast, piece) == ("covered", "")


def test_a_page_opened_long_ago_takes_nothing_back(cast, draft, ada, piece):
    address = page("work_criterion", draft, "plan")
    ada.post(address, _form(piece, "covered"))
    ada.post(address, _form(piece, "", seen=""))  # it showed no choice, and nobody chose
    assert _said(cast, piece) == ("covered", "")
    ada.post(address, _form(piece, "none", seen="none"))  # it showed another choice, which nobody touched
    assert _said(cast, piece) == ("covered", "")
    ada.post(address, _form(piece, "none", seen="covered"))
    assert _said(cast, piece) == ("none", "")


def test_a_piece_removed_while_somebody_chose_is_passed_over(cast, draft, ada, piece):
    other = _link(cast, draft, "other")
    ada.post(page("artifact_remove", draft, piece.id))
    answer = ada.post(page("work_criterion", draft, "plan"), _form(piece, "none") | _form(other, "covered"))
    assert answer.status_code == 302
    assert (_said(cast, piece), _said(cast, other)) == (("", ""), ("covered", ""))


def test_somebody_elses_piece_is_not_spoken_for(cast, draft, ada):
    egon = stage.other_earner(cast)
    with cast.inside(), transaction.atomic():
        from submissions.actions.works import newest_try, start_work

        theirs = newest_try(start_work(by=cast.by(egon), edition=draft.edition))
        plan = stage.criterion_of(draft.edition, "plan")
        foreign = add_text(by=cast.by(egon), submission=theirs, criterion=plan, text="Not mine")
    assert ada.post(page("work_criterion", draft, "plan"), _form(foreign, "none")).status_code == 302
    address = reverse("api_attestation", args=["lakeside", draft.work_id, foreign.id])
    assert ada.put(address, {"students": "none"}, content_type="application/json").status_code == 404
    with cast.inside(), transaction.atomic():
        assert attest_all(by=cast.by(cast.ada), submission=draft, said={foreign.id: Said("none")}) == 0
        with pytest.raises(NotAllowed):
            attest(by=cast.by(cast.ada), artifact=foreign, students="none")
    assert _said(cast, foreign) == ("", "")


def test_saying_the_same_twice_is_saying_it_once(cast, draft, ada, piece):
    for _click in range(2):
        ada.post(page("work_criterion", draft, "plan"), _form(piece, "covered"))
    with cast.inside():
        assert AuditEntry.objects.filter(verb="artifact.attested").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_says_it_once(cast, draft, piece):
    gate, problems = Barrier(2), []

    def click():
        try:
            with cast.inside(), transaction.atomic():
                gate.wait()
                attest_all(by=cast.by(cast.ada), submission=draft, said={piece.id: Said("none")})
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=click) for _n in range(2)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert not problems
    with cast.inside(), transaction.atomic():
        assert AuditEntry.objects.filter(verb="artifact.attested").count() == 1


def test_what_is_not_ready_cannot_be_spoken_for(cast, draft, piece):
    by = cast.by(cast.ada)
    with cast.inside():
        remove_artifact(by=by, artifact=piece)
        with pytest.raises(RuleBroken, match="not ready"):
            attest(by=by, artifact=piece, students="none")


def test_what_was_sent_is_not_spoken_for_anew(cast, draft, ada):
    stage.send(cast, draft)
    with cast.inside():
        piece = Artifact.objects.get()
    refused = ada.post(page("work_criterion", draft, "plan"), _form(piece, "covered", seen="none"))
    assert refused.status_code == 409
    assert _said(cast, piece) == ("none", "")
    assert "No students can be seen, heard or named" in ada.get(page("work_criterion", draft, "plan")).content.decode()


def test_removing_a_piece_takes_back_what_was_said_of_it(cast, draft, ada, piece):
    ada.post(page("work_criterion", draft, "plan"), _form(piece, "released", "R-1"))
    ada.post(page("artifact_remove", draft, piece.id))
    with cast.inside():
        fresh = Artifact.objects.get()
        assert (fresh.students, fresh.record_number, fresh.attested_version, fresh.attested_at) == ("", "", "", None)


@pytest.mark.parametrize(
    "facts",
    [
        {"students": "none"},
        {"students": "released", "attested_version": "1"},
        {"record_number": "R-1"},
        {"attested_version": "1"},
    ],
)
def test_the_database_holds_no_half_of_it(cast, piece, facts):
    from lib import clock

    if facts.get("students") == "released":
        facts = facts | {"attested_at": clock.now()}
    with cast.inside(), pytest.raises(IntegrityError), transaction.atomic():
        Artifact.objects.filter(id=piece.id).update(**facts)


# --- When it is sent ------------------------------------------------------------------------------------------------


def test_a_piece_that_is_not_spoken_for_keeps_the_work_from_being_sent_and_is_named(cast, draft, ada):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    _link(cast, draft, "Lesson plan.pdf")
    answer = ada.post(page("work_check", draft))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "“Lesson plan.pdf”: say how students are protected." in text
    assert re.search(rf'<a href="{page("work_criterion", draft, "plan")}">[^<]*Lesson plan', text)
    with cast.inside():
        assert Submission.objects.get().state == "draft"


def test_earlier_parts_that_were_met_are_not_asked_again(cast, draft):
    from submissions.actions.outcomes import return_for_changes, take_in

    sent = stage.send(cast, draft)
    with cast.inside():
        take_in(by=cast.by(cast.bela), submission=sent)
        lines = {each.line.key: each.line for each in sent.lines.select_related("line")}
        met = {lines[key].id: lines[key].levels.first().id for key in ("plans", "reach")}
        again = return_for_changes(by=cast.by(cast.bela), submission=sent, met=met)
        copied = Artifact.objects.get(submission=again)
        assert copied.students == "none"
        with pytest.raises(RuleBroken, match="met in an earlier try"):
            attest(by=cast.by(cast.ada), artifact=copied, students="covered")
        Artifact.objects.filter(id=copied.id).update(students="", attested_version="", attested_at=None)
        plan = next(part for part in outline_of(again).parts if part.key == "c/plan")
        assert (plan.progress, plan.problems) == ("locked", ())


# --- The promise page -----------------------------------------------------------------------------------------------


def test_the_promise_page_asks_about_every_piece(cast, draft, ada, piece):
    other = _link(cast, draft, "other")
    text = ada.get(page("work_promise", draft)).content.decode()
    assert text.count('<select name="students-') == 2
    refused = ada.post(page("work_promise", draft), {**PROMISE, f"students-{piece.id}": "none"})
    assert refused.status_code == 422
    assert "“other”: Choose how students are protected." in refused.content.decode()
    with cast.inside():
        assert not Promise.objects.exists()
    assert _said(cast, piece) == ("", "")  # all or nothing
    both = {f"students-{piece.id}": "none", f"students-{other.id}": "released", f"record-{other.id}": "R-9"}
    assert ada.post(page("work_promise", draft), {**PROMISE, **both}).status_code == 302
    assert (_said(cast, piece), _said(cast, other)) == (("none", ""), ("released", "R-9"))


def test_one_choice_for_all_fills_what_was_left_open(cast, draft, ada, piece):
    others = [_link(cast, draft, name) for name in ("b", "c")]
    form = {**PROMISE, "students_all": "released", "record_all": "R-7", f"students-{piece.id}": "covered"}
    assert ada.post(page("work_promise", draft), form).status_code == 302
    assert _said(cast, piece) == ("covered", "")
    assert {_said(cast, each) for each in others} == {("released", "R-7")}


@pytest.mark.parametrize(
    ("same", "sentence"),
    [
        ({"students_all": "released"}, "Write the record number"),
        ({"students_all": "released", "record_all": "x" * 300}, "Use at most 80 characters"),
        ({"students_all": "perhaps"}, "Choose how students are protected."),
    ],
)
def test_a_bad_choice_for_all_is_said_once(cast, draft, ada, piece, same, sentence):
    _link(cast, draft, "other")
    answer = ada.post(page("work_promise", draft), {**PROMISE, **same})
    text = answer.content.decode()
    assert answer.status_code == 422
    summary = text[text.index("err-summary") : text.index("</ul>", text.index("err-summary"))]
    assert summary.count("<li>") == 1
    assert sentence in summary
    assert _said(cast, piece) == ("", "")


def test_pages_take_as_many_queries_for_three_pieces_as_for_one(cast, draft, ada, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    addresses = [page("work_criterion", draft, "plan"), page("work_promise", draft)]
    counts = []
    for name in ("a", "b", "c"):
        _link(cast, draft, name)
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                ada.get(address)
            counts.append((address, len(queries)))
    assert len(set(counts)) == len(addresses), counts
    assert max(count for _address, count in counts) <= 22
