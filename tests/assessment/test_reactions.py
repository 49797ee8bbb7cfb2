"""Thanking for a comment and flagging one: blind both ways, and undoable."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessment.models import DecisionLine, Reaction
from assessment.reactions import thanks_of
from tenants.models import AuditEntry, OutgoingMail
from tests.assessment import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(cast, sent):
    """A line with a comment."""
    told = stage.score(cast, stage.take(cast), below=("plans",))
    with stage.inside(cast):
        return DecisionLine.objects.select_related("decision__submission").get(decision=told, line__key="plans")


def go(user, name, *args, data=None):
    client = Client()
    client.force_login(user)
    address = reverse(name, args=["lakeside", *args])
    return client.get(address) if data is None else client.post(address, data)


def feedback(cast, line):
    submission = line.decision.submission
    return go(cast.ada, "feedback", submission.work_id, submission.number).content.decode()


def test_thanks_are_counted_for_the_reader_alone_and_can_be_undone(cast, line):
    assert "This helped, thank you" in feedback(cast, line)
    assert go(cast.ada, "comment_thank", line.id, data={}).status_code == 302
    assert "You thanked for this comment." in feedback(cast, line)
    page = go(cast.bela, "reviews_done").content.decode()
    assert "An educator thanked you for 1 comment." in page
    assert "Ada" not in page
    go(cast.ada, "comment_undo", line.id, data={})
    with stage.inside(cast):
        assert not Reaction.objects.exists()
        assert thanks_of(cast.by(cast.bela)) == 0
        verbs = AuditEntry.objects.filter(verb__startswith="feedback.").values_list("verb", flat=True)
        assert set(verbs) == {"feedback.thanked", "feedback.reaction_undone"}


def test_a_flag_goes_to_the_admins_without_names_and_comes_back_with_an_answer(cast, line):
    assert go(cast.ada, "comment_flag", line.id, data={"text": ""}).status_code == 422
    assert go(cast.ada, "comment_flag", line.id, data={"text": "It is about another lesson."}).status_code == 302
    page = go(cast.cleo, "flags").content.decode().partition("<main")[2]
    assert "It is about another lesson." in page
    assert line.decision.submission.code in page
    assert "Ada" not in page
    assert "Bela" not in page
    with stage.inside(cast):
        flag = Reaction.objects.get()
    assert stage.COMMENT in go(cast.cleo, "flag", flag.id).content.decode()
    assert go(cast.cleo, "flag", flag.id, data={"text": " "}).status_code == 422
    assert go(cast.cleo, "flag", flag.id, data={"text": "You are right. We talked about it."}).status_code == 302
    assert go(cast.cleo, "flag", flag.id, data={"text": "Again."}).status_code == 409
    assert OutgoingMail.objects.get(kind="flag_answered").to == cast.ada.email
    assert "You are right." in feedback(cast, line)
    assert go(cast.ada, "comment_undo", line.id, data={}).status_code == 409


def test_one_reaction_a_line_the_newer_takes_the_place_of_the_older(cast, line):
    go(cast.ada, "comment_flag", line.id, data={"text": "It is about another lesson."})
    go(cast.ada, "comment_thank", line.id, data={})
    go(cast.ada, "comment_thank", line.id, data={})
    with stage.inside(cast):
        assert [each.kind for each in Reaction.objects.all()] == ["thank"]
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.create(decision_line=line, earner=cast.ada, kind="thank")
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.filter(decision_line=line).update(kind="flag")


def test_only_the_earner_and_only_about_a_comment(cast, line):
    for user in (cast.bela, cast.cleo, cast.rao):
        for name in ("comment_thank", "comment_undo", "comment_flag"):
            assert go(user, name, line.id, data={"text": "x"}).status_code == 404
    with stage.inside(cast):
        bare = DecisionLine.objects.get(decision=line.decision_id, line__key="knows")
    assert go(cast.ada, "comment_thank", bare.id, data={}).status_code == 409
    assert go(cast.bela, "flags").status_code == 403
