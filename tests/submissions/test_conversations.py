"""Tries that are used up, and the talk that opens one more."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lib import clock
from lib.errors import RuleBroken
from submissions.actions.conversing import record_conversation
from submissions.actions.handing_in import submit
from submissions.models import Conversation, Submission
from tenants.models import AuditEntry, Membership, OutgoingMail, Role
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions import quiz_stage
from tests.submissions.stage import begin, publish_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(cast):
    """The coach."""
    return make_user("Kim Coach", cast.lakeside, Role.COACH)


@pytest.fixture
def stuck(cast, kim):
    """Ada has used her one try."""
    sent = stage.hand_in(cast, publish_edition(cast, tries=1))
    stage.score(cast, stage.take(cast), below=("plans",))
    with stage.inside(cast):
        return Submission.objects.select_related("work", "edition").get(work=sent.work_id, number=2)


def go(user, name, *args, data=None):
    client = Client()
    client.force_login(user)
    address = reverse(name, args=["lakeside", *args])
    return client.get(address) if data is None else client.post(address, data)


def talk(cast, agreed="More checks in the next lesson.", day=None):
    return {"held_on": (day or cast.lakeside.local_date()).isoformat(), "agreed": agreed}


def test_after_the_last_try_both_get_a_mail_and_the_page_says_whom_to_ask(cast, kim, stuck):
    assert OutgoingMail.objects.filter(kind="talk_first", to=cast.ada.email).count() == 1
    assert OutgoingMail.objects.filter(kind="talk_waits", to=kim.email).count() == 1
    page = go(cast.ada, "work", stuck.work_id).content.decode()
    assert "Talk with your coach first." in page
    assert "Kim Coach" in page
    assert kim.email in page
    assert "Ada Alvarez" in go(kim, "conversations").content.decode()


def test_a_recorded_talk_opens_one_more_try(cast, kim, stuck):
    with stage.inside(cast), pytest.raises(RuleBroken, match="Talk with your coach"):
        submit(by=cast.by(cast.ada), submission=stuck)
    answer = go(kim, "conversation", stuck.id, data=talk(cast))
    assert answer.status_code == 302
    with stage.inside(cast):
        made = Conversation.objects.get()
        assert (made.coach, made.opens, made.submission_id) == (kim, 2, stuck.id)
        assert AuditEntry.objects.filter(verb="conversation.recorded", actor=kim).count() == 1
    assert OutgoingMail.objects.filter(kind="conversation_recorded", to=cast.ada.email).count() == 1
    assert "More checks in the next lesson." in go(cast.ada, "work", stuck.work_id).content.decode()
    stage.send(cast, stuck)
    stage.score(cast, stage.take(cast), below=("plans",))
    with stage.inside(cast):
        third = Submission.objects.get(work=stuck.work_id, number=3)
        with pytest.raises(RuleBroken):  # one talk opened one try
            submit(by=cast.by(cast.ada), submission=third)


def test_the_database_does_not_let_a_try_be_sent_without_a_talk(cast, stuck):
    with stage.inside(cast):
        due = {"submitted_at": clock.now(), "due_on": cast.lakeside.local_date()}
        with pytest.raises(IntegrityError, match="waits for a conversation"), transaction.atomic():
            Submission.objects.filter(id=stuck.id).update(state="submitted", **due)


def test_bad_input_gets_a_sentence(cast, kim, stuck):
    tomorrow = cast.lakeside.local_date() + timedelta(days=1)
    for data, words in (
        (talk(cast, agreed="  "), "This field is required"),
        (talk(cast, day=tomorrow), "This day is still to come"),
        (talk(cast, day=cast.lakeside.local_date() - timedelta(days=900)), "before the work was begun"),
        ({"held_on": "soon", "agreed": "x"}, "Enter a valid date"),
    ):
        answer = go(kim, "conversation", stuck.id, data=data)
        assert answer.status_code == 422
        assert words in answer.content.decode(), words
    assert go(kim, "conversation", stuck.id, data=talk(cast)).status_code == 302
    assert go(kim, "conversation", stuck.id, data=talk(cast)).status_code == 404  # nothing waits any more


def test_only_a_coach_or_an_admin_records_and_never_about_their_own_work(cast, kim, stuck):
    for user in (cast.ada, cast.bela, cast.rao):
        assert go(user, "conversation", stuck.id, data=talk(cast)).status_code == 403
    assert go(cast.mallory, "conversation", stuck.id, data=talk(cast)).status_code == 404
    Membership.objects.filter(user=cast.ada).update(roles=[Role.EARNER, Role.COACH])
    assert go(cast.ada, "conversation", stuck.id).status_code == 403
    assert "Your own work" in go(cast.ada, "conversations").content.decode()
    assert go(cast.cleo, "conversation", stuck.id, data=talk(cast)).status_code == 302


def test_two_coaches_at_once_record_one_talk(cast, kim, stuck):
    with stage.inside(cast):
        facts = {"submission": stuck, "held_on": cast.lakeside.local_date(), "agreed": "More checks."}
        record_conversation(by=cast.by(kim), **facts)
        with pytest.raises(RuleBroken):
            record_conversation(by=cast.by(cast.cleo), **facts)


def test_a_talk_opens_one_more_try_at_a_quiz(cast, kim):
    draft = begin(cast, quiz_stage.quiz_edition(cast))
    for _try in range(2):
        quiz_stage.take(cast, draft, right=0)
    with stage.inside(cast):
        assert OutgoingMail.objects.filter(kind="talk_first").count() == 1
    page = go(cast.ada, "work_criterion", draft.work_id, "quiz").content.decode()
    assert "Kim Coach" in page
    assert "quiz" in go(kim, "conversations").content.decode()
    assert go(kim, "conversation_quiz", draft.id, "quiz", data=talk(cast)).status_code == 302
    page = go(cast.ada, "work_criterion", draft.work_id, "quiz").content.decode()
    assert "You have 1 try." in page
    quiz_stage.take(cast, draft, right=0)
    assert "Kim Coach" in go(cast.ada, "work_criterion", draft.work_id, "quiz").content.decode()
    assert go(kim, "conversation_quiz", draft.id, "quiz", data=talk(cast)).status_code == 302  # and again
