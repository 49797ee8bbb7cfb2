"""A second look at a "not yet": who asks, who reads, what changes, and what holds when two things happen at once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessment.actions.appealing import conclude
from assessment.actions.queue import claim, open_slots, release
from assessment.models import Appeal, AppealOutcome, Decision, DecisionLine, Review
from assessment.queries import claimable
from assessment.tasks import sweep
from badges.models import Badge
from lib import clock
from lib.errors import RuleBroken
from submissions.models import Submission, SubmissionLine
from tenants.models import AuditEntry, OutgoingMail, Role
from tests.assessment import stage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(cast):
    """A second assessor."""
    return make_user("Nora North", cast.lakeside, Role.ASSESSOR)


@pytest.fixture
def told(cast, sent, nora):
    """Bela said "not yet" on two lines of Ada's work."""
    return stage.score(cast, stage.take(cast), below=("plans", "thinks"))


def go(user, name, *args, data=None):
    client = Client()
    client.force_login(user)
    address = reverse(name, args=["lakeside", *args])
    return client.get(address) if data is None else client.post(address, data)


def line_of(cast, told, key):
    with stage.inside(cast):
        return DecisionLine.objects.get(decision=told, line__key=key)


def reasons(cast, told, *keys):
    lines = [line_of(cast, told, key) for key in keys]
    return {f"on-{line.id}": "on" for line in lines} | {str(line.id): "Look at page 3." for line in lines}


def file_it(cast, told, *keys):
    answer = go(cast.ada, "appeal", told.submission.work_id, 1, data=reasons(cast, told, *keys))
    assert answer.status_code == 302, answer.content.decode()
    with stage.inside(cast):
        return Appeal.objects.get(decision=told)


def draft_of(cast, told):
    with stage.inside(cast):
        return Submission.objects.get(work=told.submission.work_id, number=2)


def test_feedback_offers_a_second_look_and_the_page_says_the_rules(cast, told):
    page = go(cast.ada, "feedback", told.submission.work_id, 1).content.decode()
    assert "Ask for a second look" in page
    page = go(cast.ada, "appeal", told.submission.work_id, 1).content.decode()
    assert "Plans three checks" in page
    assert "Knows the class" not in page
    assert "once for each result" in page
    for user in (cast.bela, cast.cleo, cast.stranger):
        assert go(user, "appeal", told.submission.work_id, 1).status_code == 404


def test_an_appeal_goes_to_someone_new_who_does_not_see_the_first_scores(cast, told, nora):
    appeal = file_it(cast, told, "plans")
    with stage.inside(cast):
        assert list(claimable(cast.by(cast.bela))) == []
        open_slots(by=cast.by(nora))  # does not sweep it away
        assert Review.objects.filter(appeal=appeal, state="waiting").count() == 1
        with pytest.raises(RuleBroken):
            claim(by=cast.by(cast.bela), review=Review.objects.get(appeal=appeal))
    held = stage.take(cast, nora)
    page = go(nora, "review", held.id).content.decode()
    assert "The educator asks for a second look." in page
    assert "Look at page 3." in page
    assert stage.COMMENT not in page
    assert "Ada" not in page
    with stage.inside(cast):
        release(by=cast.by(nora), review=held, token=held.token)
        assert Review.objects.get(appeal=appeal, state="waiting").slot == held.slot


def test_a_line_that_is_met_now_is_carried_into_the_next_try(cast, told, nora):
    appeal = file_it(cast, told, "plans")
    stage.score(cast, stage.take(cast, nora), below=("knows",))  # a line nobody asked about, now seen lower
    with stage.inside(cast):
        appeal.refresh_from_db()
        assert appeal.state == Appeal.State.CHANGED
        lines = {each.line.key: each.is_open for each in SubmissionLine.objects.filter(submission=appeal.draft)}
        assert lines == {"knows": False, "plans": False, "reach": False, "thinks": True}
        before = DecisionLine.objects.select_related("decision").get(decision=told, line__key="plans")
        assert (before.decision.outcome, before.met) == ("not_yet", False)  # as it was written
        assert AuditEntry.objects.filter(verb="appeal.decided").count() == 1
    assert "The result changes." in go(cast.ada, "appeal", told.submission.work_id, 1).content.decode()
    mails = {mail.kind: mail for mail in OutgoingMail.objects.filter(kind__startswith="appeal_")}
    assert mails["appeal_decided"].to == cast.ada.email
    assert mails["appeal_learning"].to == cast.bela.email
    for name in ("Nora", "Ada", "Bela"):
        assert name not in mails["appeal_learning"].text
        assert name not in mails["appeal_decided"].text
    assert draft_of(cast, told).appeal_open is False


def test_when_nothing_is_left_open_the_badge_is_awarded(cast, told, nora):
    file_it(cast, told, "plans", "thinks")
    stage.score(cast, stage.take(cast, nora))
    draft = draft_of(cast, told)
    assert draft.state == Submission.State.PASSED
    badge = Badge.objects.get(earner=cast.ada)
    assert badge.submission_id == told.submission_id
    assert {each["line"] for each in badge.results} == {"knows", "plans", "reach", "thinks"}
    with stage.inside(cast):
        assert Decision.objects.get(submission=draft).outcome == "passed"
    assert "You earned it." in go(cast.ada, "work", draft.work_id).content.decode()
    assert go(cast.ada, "feedback", draft.work_id, 2).status_code == 200


def test_a_result_that_stands_says_why_and_cannot_be_appealed_again(cast, told, nora):
    appeal = file_it(cast, told, "plans")
    stage.score(cast, stage.take(cast, nora), below=("plans",))
    with stage.inside(cast):
        appeal.refresh_from_db()
        assert appeal.state == Appeal.State.KEPT
    assert stage.COMMENT in go(cast.ada, "appeal", told.submission.work_id, 1).content.decode()
    answer = go(cast.ada, "appeal", told.submission.work_id, 1, data=reasons(cast, told, "thinks"))
    assert answer.status_code == 409
    with stage.inside(cast):
        assert Appeal.objects.count() == 1
        facts = {"decision": told, "submission": told.submission, "draft": appeal.draft, "earner": cast.ada}
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.create(due_on=cast.lakeside.local_date(), **facts)


def test_while_it_is_open_the_next_try_waits_also_for_the_database(cast, told):
    appeal = file_it(cast, told, "plans")
    draft = draft_of(cast, told)
    assert "Your appeal is open." in go(cast.ada, "work", draft.work_id).content.decode()
    assert go(cast.ada, "work_check", draft.work_id, data={}).status_code == 409
    assert go(cast.ada, "work_stop", draft.work_id, data={}).status_code == 409
    with stage.inside(cast):
        due = {"submitted_at": clock.now(), "due_on": cast.lakeside.local_date()}
        with pytest.raises(IntegrityError, match="try_waits_for_the_appeal"), transaction.atomic():
            Submission.objects.filter(id=draft.id).update(state="submitted", **due)
    assert go(cast.ada, "appeal_withdraw", draft.work_id, 1, data={}).status_code == 302
    with stage.inside(cast):
        assert not Review.objects.filter(appeal=appeal, state="waiting").exists()
    stage.send(cast, draft)
    assert go(cast.ada, "appeal_withdraw", draft.work_id, 1, data={}).status_code == 409


def test_a_reader_whose_appeal_was_taken_back_is_told_so(cast, told, nora):
    file_it(cast, told, "plans")
    held = stage.take(cast, nora)
    go(cast.ada, "appeal_withdraw", told.submission.work_id, 1, data={})
    answer = go(nora, "review_finish", held.id, data={"token": held.token, "note": ""})
    assert answer.status_code in (200, 409)
    with stage.inside(cast):
        assert Review.objects.get(id=held.id).state == Review.State.RELEASED


def test_sending_the_next_try_ends_the_right_to_appeal(cast, told):
    stage.send(cast, draft_of(cast, told))
    assert "can no longer be appealed" in go(cast.ada, "appeal", told.submission.work_id, 1).content.decode()
    answer = go(cast.ada, "appeal", told.submission.work_id, 1, data=reasons(cast, told, "plans"))
    assert answer.status_code == 409


def test_after_the_last_business_day_it_is_too_late(cast, told):
    decided = cast.lakeside.local_date(told.decided_at)
    last = cast.lakeside.due_date(settings.APPEAL_BUSINESS_DAYS, decided)
    with clock.at(told.decided_at + (last - decided)):
        assert "Ask for a second look" in go(cast.ada, "appeal", told.submission.work_id, 1).content.decode()
    with clock.at(told.decided_at + (last - decided) + timedelta(days=1)):
        page = go(cast.ada, "appeal", told.submission.work_id, 1).content.decode()
        assert "The last day to appeal this was" in page
        answer = go(cast.ada, "appeal", told.submission.work_id, 1, data=reasons(cast, told, "plans"))
        assert answer.status_code == 409


def test_bad_input_gets_a_sentence(cast, told):
    line, met = line_of(cast, told, "plans"), line_of(cast, told, "knows")
    for data, words in (
        ({}, "Choose at least one line"),
        ({f"on-{line.id}": "on"}, "Say why you disagree about"),
        ({str(line.id): "x" * 2001}, "at most 2000 characters"),
        ({f"on-{met.id}": "on", str(met.id): "x"}, "Choose at least one line"),
    ):
        answer = go(cast.ada, "appeal", told.submission.work_id, 1, data={"csrfmiddlewaretoken": "-", **data})
        assert answer.status_code == 422
        assert words in answer.content.decode(), words
    with stage.inside(cast):
        assert not Appeal.objects.exists()


def test_what_a_crash_left_behind_is_finished_by_the_sweeper_once(cast, told, nora, monkeypatch):
    appeal = file_it(cast, told, "plans")
    monkeypatch.setattr("assessment.actions.deciding.conclude", lambda **_given: None)
    stage.score(cast, stage.take(cast, nora))
    with stage.inside(cast):
        assert not AppealOutcome.objects.exists()
    sweep()
    sweep()
    with stage.inside(cast):
        outcome = AppealOutcome.objects.get(appeal=appeal)
        assert conclude(by=cast.by(nora), review=outcome.review) == outcome
        with pytest.raises(DatabaseError), transaction.atomic():
            AppealOutcome.objects.filter(id=outcome.id).update(reason="Another")


def test_filing_twice_is_filing_once(cast, told):
    first = file_it(cast, told, "plans")
    assert file_it(cast, told, "plans") == first
    with stage.inside(cast):
        assert Review.objects.filter(appeal=first).count() == 1


def test_admins_see_appeals_with_due_dates_and_no_names(cast, told):
    file_it(cast, told, "plans")
    page = go(cast.cleo, "appeals").content.decode().partition("<main")[2]
    assert told.submission.code in page
    assert "Waits in the queue" in page
    assert "Ada" not in page
    assert "Bela" not in page
    assert go(cast.bela, "appeals").status_code == 403
