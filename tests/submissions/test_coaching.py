"""Coaches see the drafts of those they were given, and say what they think. They decide nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.actions import coaching
from submissions.actions.coaching import assign, note, unassign
from submissions.actions.handing_in import submit
from submissions.coaching import drafts_of
from submissions.models import Coaching, CoachNote
from tenants.models import AuditEntry, Role
from tests.cast import make_user
from tests.recognition import scene
from tests.submissions import stage
from tests.submissions.stage import criterion_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cora(cast):
    return make_user("Cora Cole", cast.lakeside, Role.COACH)


@pytest.fixture
def draft(cast):
    edition = stage.publish_edition(cast)
    begun = stage.begin(cast, edition)
    stage.write_all(cast, begun)
    return begun


def coach(cast, cora, **whom):
    with cast.inside():
        return assign(by=cast.by(cast.cleo), coach=cora, **whom)


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_a_coach_sees_only_drafts_of_those_they_were_given(cast, cora, draft):
    url = reverse("coach_work", args=["lakeside", draft.work_id])
    assert signed_in(cora).get(url).status_code == 404
    coaching = coach(cast, cora, earner=cast.ada)
    home = signed_in(cora).get(reverse("coach_home", args=["lakeside"])).content.decode()
    assert "Ada Alvarez" in home
    page = signed_in(cora).get(url).content.decode()
    assert "These are my words about who." in page
    with cast.inside():
        unassign(by=cast.by(cast.cleo), coaching=coaching)
    assert signed_in(cora).get(url).status_code == 404


def test_every_look_is_on_record(cast, cora, draft):
    coach(cast, cora, earner=cast.ada)
    for _turn in range(2):
        signed_in(cora).get(reverse("coach_work", args=["lakeside", draft.work_id]))
    with cast.inside():
        looks = AuditEntry.objects.filter(verb="coach.looked", actor=cora, object_id=draft.id)
        assert looks.count() == 2


def test_a_building_gives_everyone_in_it(cast, cora, draft):

    with cast.inside():
        scene.staff(cast, cast.ada, building="Hill School")
    coach(cast, cora, building="Hill School")
    with cast.inside():
        assert [each.id for each in drafts_of(cast.by(cora))] == [draft.id]


def test_the_earner_reads_the_note_on_the_page_of_the_part(cast, cora, draft):
    coach(cast, cora, earner=cast.ada)
    url = reverse("coach_note", args=["lakeside", draft.work_id, "plan"])
    client = signed_in(cora)
    assert client.post(url, {"plan-text": ""}).status_code == 422
    assert client.post(url, {"plan-text": "Say which check comes first."}).status_code == 302
    part = reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])
    page = signed_in(cast.ada).get(part).content.decode()
    assert "Say which check comes first." in page
    assert "Cora Cole" in page
    other = reverse("work_criterion", args=["lakeside", draft.work_id, "class"])
    assert "Say which check comes first." not in signed_in(cast.ada).get(other).content.decode()
    with cast.inside():
        assert AuditEntry.objects.get(verb="coach.noted").actor == cora


def test_a_note_can_be_about_one_line_of_that_part_only(cast, cora, draft):
    coach(cast, cora, earner=cast.ada)
    with cast.inside():
        plan, knows = criterion_of(draft.edition, "plan"), criterion_of(draft.edition, "class").lines.get()
        with pytest.raises(Invalid):
            note(by=cast.by(cora), submission=draft, criterion=plan, line=knows, text="Look.")
        made = note(by=cast.by(cora), submission=draft, criterion=plan, line=plan.lines.first(), text="Look.")
        assert made.line == plan.lines.first()


def test_what_is_sent_is_no_longer_shown_and_takes_no_notes(cast, cora, draft):
    coach(cast, cora, earner=cast.ada)
    stage.make_promise(cast, draft)
    with cast.inside():
        submit(by=cast.by(cast.ada), submission=draft)
    assert signed_in(cora).get(reverse("coach_work", args=["lakeside", draft.work_id])).status_code == 404
    with cast.inside():
        assert not CoachNote.objects.exists()


def test_a_coach_does_not_edit_score_or_decide(cast, cora, draft):
    coach(cast, cora, earner=cast.ada)
    client = signed_in(cora)
    assert client.get(reverse("work", args=["lakeside", draft.work_id])).status_code == 404
    assert client.post(reverse("work_check", args=["lakeside", draft.work_id])).status_code == 404
    assert client.get(reverse("queue", args=["lakeside"])).status_code == 403


def test_only_admins_give_coaches_and_only_people_with_the_roles(cast, cora):
    cleo = cast.by(cast.cleo)
    with cast.inside():
        with pytest.raises(NotAllowed):
            assign(by=cast.by(cora), coach=cora, earner=cast.ada)
        for wrong in ({"coach": cast.bela, "earner": cast.ada}, {"coach": cora, "earner": cast.vito}, {"coach": cora}):
            with pytest.raises(Invalid):
                assign(by=cleo, **wrong)
        with pytest.raises(Invalid):
            assign(by=cleo, coach=cora, earner=cast.ada, building="Hill School")
        first = assign(by=cleo, coach=cora, earner=cast.ada)
        assert assign(by=cleo, coach=cora, earner=cast.ada).id == first.id
        assert Coaching.objects.count() == 1


def test_admins_give_and_end_coachings_on_a_page(cast, cora):
    url, cleo = reverse("coaches", args=["lakeside"]), signed_in(cast.cleo)
    assert cleo.post(url, {"coach": "nobody@example.org", "building": "Hill"}).status_code == 422
    assert cleo.post(url, {"coach": cora.email, "earner": cast.ada.email}).status_code == 302
    assert "Ada Alvarez" in cleo.get(url).content.decode()
    with cast.inside():
        coaching = Coaching.objects.get()
    assert cleo.post(reverse("coach_remove", args=["lakeside", coaching.id])).status_code == 302
    with cast.inside():
        assert not Coaching.objects.exists()
        assert AuditEntry.objects.filter(verb="coach.unassigned").exists()


def test_a_draft_that_was_sent_meanwhile_takes_no_note(cast, cora, draft, monkeypatch):

    coach(cast, cora, earner=cast.ada)
    stage.make_promise(cast, draft)
    with cast.inside():
        submit(by=cast.by(cast.ada), submission=draft)
        monkeypatch.setattr(coaching, "draft_for", lambda by, work_id: draft)
        with pytest.raises(RuleBroken):
            note(by=cast.by(cora), submission=draft, criterion=criterion_of(draft.edition, "plan"), text="Late.")
