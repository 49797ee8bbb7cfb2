"""Integrity cases: notice, reply, secret votes, appeal, and what is done at the end. And who sees what."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessment.actions.appealing import file_appeal
from assessment.actions.casework import name_panel, open_case, vote
from assessment.actions.deciding import decide
from assessment.models import Case, Decision, DecisionLine, Finding, Review, Seat, Vote
from assessment.tasks import sweep
from badges.models import Badge
from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.models import Hold, Submission
from tenants.models import AuditEntry, OutgoingMail, Role
from tests.assessment import stage
from tests.badges.made import work_off
from tests.cast import make_user
from tests.submissions.props import paper

pytestmark = pytest.mark.django_db
CONCERN = "Pages 2 to 4 are the same as a plan on the web."


@pytest.fixture
def panel(cast):
    """Seven people without a part in it."""
    return [make_user(f"Panel{n} Person", cast.lakeside, Role.ASSESSOR) for n in range(7)]


@pytest.fixture
def case(cast, sent, panel):
    """Bela, who holds it, opened a case."""
    held = stage.take(cast)
    assert go(cast.bela, "case_new_review", held.id, data={"concern": CONCERN}).status_code == 302
    with stage.inside(cast):
        return Case.objects.select_related("submission").get()


def go(user, name, *args, data=None):
    client = Client()
    client.force_login(user)
    address = reverse(name, args=["lakeside", *args])
    return client.get(address) if data is None else client.post(address, data)


def named(cast, case, people):
    answer = go(cast.cleo, "case_manage", case.id, data={"users": [user.id for user in people]})
    assert answer.status_code == 302, answer.content.decode()


def ballot(cast, case, people, *votes):
    for user, yes in zip(people, votes, strict=True):
        data = {"upheld": "yes" if yes else "no", "reason": f"Because {user.name}s of {yes}."}
        assert go(user, "case", case.id, data=data).status_code == 302


def replied(cast, case, people):
    named(cast, case, people)
    assert go(cast.ada, "case_about", case.id, data={"text": "I wrote that plan myself."}).status_code == 302


def state_of(cast, case):
    with stage.inside(cast):
        return Case.objects.get(id=case.id).state


def test_notice_reply_votes_and_not_upheld_changes_nothing(cast, case, panel):
    named(cast, case, panel[:3])
    notice = OutgoingMail.objects.get(kind="case_notice")
    assert notice.to == cast.ada.email
    assert notice.subject == "A question about your work"
    assert CONCERN not in notice.text
    page = go(cast.ada, "case_about", case.id).content.decode()
    assert CONCERN in page
    assert "Bela" not in page
    assert "Panel0" not in page
    assert go(cast.ada, "case_about", case.id, data={"text": "I wrote that plan myself."}).status_code == 302
    assert OutgoingMail.objects.filter(kind="case_vote").count() == 3
    assert "I wrote that plan myself." in go(panel[0], "case", case.id).content.decode()
    ballot(cast, case, panel[:3], True, False, False)
    assert state_of(cast, case) == Case.State.CLOSED
    with stage.inside(cast):
        found = Finding.objects.get(case=case)
        assert (found.upheld, found.votes_for, found.votes_against) == (False, 1, 2)
        assert "Panel0" not in OutgoingMail.objects.get(kind="case_closed").text
    page = go(cast.ada, "case_about", case.id).content.decode()
    assert "Nothing changes" in page


def test_while_a_case_is_open_nothing_is_decided_and_afterwards_it_is(cast, case, panel):
    with stage.inside(cast):
        held = Review.objects.select_related("assessor").get(submission=case.submission)
    stage.score(cast, held)
    sweep()
    with stage.inside(cast):
        assert not Decision.objects.exists()
        with pytest.raises(IntegrityError, match="is open"), transaction.atomic():
            Decision.objects.create(submission=case.submission, outcome="passed")
        assert decide(by=cast.by(cast.bela), submission=case.submission) is None
    assert not Badge.objects.exists()
    replied(cast, case, panel[:3])
    ballot(cast, case, panel[:3], False, False, False)
    sweep()
    with stage.inside(cast):
        assert Decision.objects.get().outcome == "passed"
    assert Badge.objects.filter(earner=cast.ada).count() == 1


def test_votes_are_secret_until_all_have_voted_and_count_once(cast, case, panel):
    replied(cast, case, panel[:3])
    ballot(cast, case, panel[:1], True)
    page = go(panel[1], "case", case.id).content.decode()
    assert "1 of 3 have voted." in page
    assert "Because" not in page
    answer = go(panel[0], "case", case.id, data={"upheld": "no", "reason": "I changed my mind."})
    assert answer.status_code == 409
    with stage.inside(cast):
        seat = Seat.objects.get(user=panel[0])
        with pytest.raises(IntegrityError), transaction.atomic():
            Vote.objects.create(seat=seat, upheld=False, reason="Again")
        with pytest.raises(DatabaseError), transaction.atomic():
            Vote.objects.filter(seat=seat).update(upheld=False)
        with pytest.raises(NotAllowed):
            vote(by=cast.by(cast.cleo), case=case, upheld=True, reason="I am the admin.")


@pytest.fixture
def badge_case(cast, sent, panel):
    """Ada has a badge, and Rao asks about it."""
    stage.score(cast, stage.take(cast))
    work_off()
    badge = Badge.objects.get(earner=cast.ada)
    assert go(cast.rao, "case_new_badge", badge.id, data={"concern": CONCERN}).status_code == 302
    with stage.inside(cast):
        return Case.objects.select_related("submission").get()


def test_upheld_takes_the_badge_back_only_when_the_time_to_appeal_has_passed(cast, badge_case, panel):
    replied(cast, badge_case, panel[:3])
    ballot(cast, badge_case, panel[:3], True, True, False)
    assert state_of(cast, badge_case) == Case.State.TOLD
    assert Badge.objects.get(earner=cast.ada).state == Badge.State.ISSUED
    sweep()
    assert state_of(cast, badge_case) == Case.State.TOLD
    with clock.at(clock.now() + timedelta(days=2 * settings.CASE_APPEAL_BUSINESS_DAYS)):
        sweep()
    assert state_of(cast, badge_case) == Case.State.CLOSED
    badge = Badge.objects.get(earner=cast.ada)
    assert (badge.state, badge.revoked_reason) == (Badge.State.REVOKED, Badge.Reason.INTEGRITY)


def test_an_appeal_is_heard_once_by_new_people(cast, badge_case, panel):
    replied(cast, badge_case, panel[:3])
    ballot(cast, badge_case, panel[:3], True, True, True)
    assert go(cast.ada, "case_about", badge_case.id, data={"text": "Nobody looked at my drafts."}).status_code == 302
    users = [panel[0].id, panel[3].id, panel[4].id]
    with stage.inside(cast), pytest.raises(Invalid, match="has a part in this"):
        name_panel(by=cast.by(cast.cleo), case=badge_case, users=users)
    named(cast, badge_case, panel[3:6])
    with stage.inside(cast), pytest.raises(NotAllowed):
        vote(by=cast.by(panel[0]), case=badge_case, upheld=True, reason="Again.")
    ballot(cast, badge_case, panel[3:6], False, False, True)
    assert state_of(cast, badge_case) == Case.State.CLOSED
    assert Badge.objects.get(earner=cast.ada).state == Badge.State.ISSUED
    assert go(cast.ada, "case_about", badge_case.id, data={"text": "Again"}).status_code == 409


def test_upheld_about_work_with_reviewers_ends_that_try(cast, case, panel):
    replied(cast, case, panel[:3])
    ballot(cast, case, panel[:3], True, True, True)
    with clock.at(clock.now() + timedelta(days=2 * settings.CASE_APPEAL_BUSINESS_DAYS)):
        sweep()
    with stage.inside(cast):
        assert Decision.objects.get(submission=case.submission).outcome == "not_yet"
        assert Submission.objects.get(work=case.work_id, number=2).state == "draft"


def test_what_a_panel_found_is_not_undone_by_an_appeal_of_the_score(cast, sent, panel):
    told = stage.score(cast, stage.take(cast), below=("plans",))
    with stage.inside(cast):
        line = DecisionLine.objects.get(decision=told, line__key="plans")
        appeal = file_appeal(by=cast.by(cast.ada), decision=told, reasons={line.id: "Page 3."})
        case = open_case(by=cast.by(cast.rao), submission=sent, concern=CONCERN)
    stage.score(cast, stage.take(cast, panel[6]))  # the second look is final, and waits for the case
    sweep()
    assert not Badge.objects.exists()
    replied(cast, case, panel[:3])
    ballot(cast, case, panel[:3], True, True, True)
    with clock.at(clock.now() + timedelta(days=2 * settings.CASE_APPEAL_BUSINESS_DAYS)):
        sweep()
        sweep()
    assert state_of(cast, case) == Case.State.CLOSED
    assert not Badge.objects.exists()
    with stage.inside(cast):
        appeal.refresh_from_db()
        assert appeal.state == appeal.State.WITHDRAWN
    data = {f"on-{line.id}": "on", str(line.id): "Again."}
    assert go(cast.ada, "appeal", sent.work_id, 1, data=data).status_code == 409


def test_a_try_that_a_panel_ended_cannot_be_appealed(cast, case, panel):
    replied(cast, case, panel[:3])
    ballot(cast, case, panel[:3], True, True, True)
    with clock.at(clock.now() + timedelta(days=2 * settings.CASE_APPEAL_BUSINESS_DAYS)):
        sweep()
        page = go(cast.ada, "appeal", case.work_id, 1).content.decode()
    assert "A panel has answered a question about this try" in page


def test_no_reply_in_time_goes_on_to_the_vote(cast, case, panel):
    named(cast, case, panel[:3])
    with clock.at(clock.now() + timedelta(days=2 * settings.CASE_REPLY_BUSINESS_DAYS)):
        assert go(cast.ada, "case_about", case.id, data={"text": "Late."}).status_code == 409
        sweep()
        assert state_of(cast, case) == Case.State.VOTING
        assert "They did not reply." in go(panel[0], "case", case.id).content.decode()


def test_while_a_case_is_open_nothing_of_it_is_deleted(cast, case, panel):
    with stage.inside(cast):
        assert Hold.objects.filter(work=case.work_id, lifted_at=None).count() == 1
    replied(cast, case, panel[:3])
    ballot(cast, case, panel[:3], False, False, False)
    with stage.inside(cast):
        assert not Hold.objects.filter(work=case.work_id, lifted_at=None).exists()


def test_who_sees_what(cast, case, panel):
    named(cast, case, panel[:3])
    for user in (cast.cleo, cast.bela, cast.ada, cast.rao, panel[3]):
        assert go(user, "case", case.id).status_code == 404
    for user in (cast.cleo, cast.bela, panel[0]):
        assert go(user, "case_about", case.id).status_code == 404
    for name in ("cases_manage", "case_manage"):
        page = go(cast.cleo, name, *([case.id] if name == "case_manage" else [])).content.decode()
        assert CONCERN not in page
        assert "Ada Alvarez" not in page
    opened = go(cast.bela, "cases").content.decode()
    assert "Running" in opened
    assert CONCERN not in opened
    assert CONCERN in go(panel[0], "case", case.id).content.decode()
    with stage.inside(cast):
        views = AuditEntry.objects.filter(verb="case.viewed", object_id=case.id)
        assert [each.actor for each in views] == [panel[0]]


def test_nobody_with_a_part_in_it_sits_on_the_panel(cast, case, panel):
    with stage.inside(cast):
        for user in (cast.ada, cast.bela):  # Bela opened it and reads it
            with pytest.raises(Invalid):
                name_panel(by=cast.by(cast.cleo), case=case, users=[user.id, panel[0].id, panel[1].id])
            with pytest.raises(IntegrityError, match="has a part in case"), transaction.atomic():
                Seat.objects.create(case=case, round=1, user=user)
        with pytest.raises(Invalid, match="Choose at least 3 people"):
            name_panel(by=cast.by(cast.cleo), case=case, users=[panel[0].id, panel[1].id])
    page = go(cast.cleo, "case_manage", case.id).content.decode()
    assert "Panel0" in page
    assert "Bela Bright" not in page.partition("<main")[2]


def test_bad_input_and_second_cases_get_a_sentence(cast, case, panel):
    with stage.inside(cast):
        assert open_case(by=cast.by(cast.bela), submission=case.submission, concern="Again") == case
        with pytest.raises(RuleBroken, match="runs already"):
            open_case(by=cast.by(cast.cleo), submission=case.submission, concern="Again")
        with pytest.raises(NotAllowed):
            open_case(by=cast.by(cast.ada), submission=case.submission, concern="My own")
        held = Review.objects.get(submission=case.submission)
    assert go(cast.bela, "case_new_review", held.id, data={"concern": " "}).status_code == 422
    assert go(panel[0], "case_new_review", held.id, data={"concern": CONCERN}).status_code == 404
    replied(cast, case, panel[:3])
    answer = go(panel[0], "case", case.id, data={"upheld": "perhaps", "reason": "I read it twice."})
    assert answer.status_code == 422
    assert "I read it twice." in answer.content.decode()
    assert CONCERN not in answer.content.decode()  # looking at the case is on record, and this is no look
    assert go(cast.cleo, "case_manage", case.id, data={"users": [panel[4].id]}).status_code == 409


def test_a_tie_is_not_upheld(cast, case, panel):
    replied(cast, case, panel[:4])
    ballot(cast, case, panel[:4], True, True, False, False)
    with stage.inside(cast):
        assert Finding.objects.get(case=case).upheld is False


def test_the_panel_opens_files_and_that_is_on_record(cast, edition, panel):
    draft = stage.write(cast, edition, cast.ada)
    artifact = paper(cast, draft, "plan.pdf").id
    submission = stage.send(cast, draft)
    with stage.inside(cast):
        case = open_case(by=cast.by(cast.bela), submission=submission, concern=CONCERN)
    named(cast, case, panel[:3])
    page = go(panel[0], "case", case.id).content.decode()
    assert reverse("case_evidence", args=["lakeside", case.id, artifact]) in page
    answer = go(panel[0], "case_evidence", case.id, artifact)
    assert answer.status_code == 302
    client = Client()
    client.force_login(panel[0])
    assert client.get(answer["Location"]).status_code == 200
    for user in (cast.cleo, cast.bela, panel[3]):
        assert go(user, "case_evidence", case.id, artifact).status_code == 404
    with stage.inside(cast):
        assert AuditEntry.objects.filter(verb="case.evidence_viewed", actor=panel[0]).count() == 1
