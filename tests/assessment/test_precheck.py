"""All evidence is there or not: complete goes on to a reader, the rest goes back and no try is used."""

import pytest
from django.test import Client
from django.urls import reverse

from assessment import prechecks
from assessment.actions import prechecking
from assessment.actions import queue as queueing
from assessment.actions.queue import claim, open_slots
from assessment.models import Precheck, Review
from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.actions.handing_in import submit, take_back
from submissions.models import Artifact, Submission
from tenants.models import AuditEntry, OutgoingMail, Role
from tests.assessment import stage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(monkeypatch):
    """Every edition asks for a look before the readers."""
    monkeypatch.setattr(queueing, "wants_precheck", lambda edition: True)


@pytest.fixture
def check(cast, checked, edition):
    stage.hand_in(cast, edition)
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))
        return Precheck.objects.select_related("submission__work").get()


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_nobody_can_claim_it_before_someone_has_looked(cast, check):
    with stage.inside(cast):
        assert claim(by=cast.by(cast.bela)) is None
        assert open_slots(by=cast.by(cast.bela)) == 0
        assert (Review.objects.count(), Precheck.objects.count()) == (0, 1)


def test_what_is_complete_waits_for_readers_with_the_date_the_earner_was_told(cast, check):
    with stage.inside(cast):
        prechecking.complete(by=cast.by(cast.bela), check=check)
        review = Review.objects.get()
        assert (review.state, review.due_on) == ("waiting", check.submission.due_on)
        assert AuditEntry.objects.get(verb="precheck.complete").actor == cast.bela
        with pytest.raises(RuleBroken):
            prechecking.complete(by=cast.by(cast.bela), check=check)
        assert claim(by=cast.by(cast.bela)).id == review.id


def test_what_is_missing_goes_back_as_the_same_try_and_can_be_sent_again(cast, check):
    ada, bela = cast.by(cast.ada), cast.by(cast.bela)
    with stage.inside(cast):
        prechecking.send_back(by=bela, check=check, missing="The link in part 2 does not open.")
        draft = Submission.objects.get()
        assert (draft.number, draft.state, draft.queued_at) == (1, "draft", None)
        assert draft.sent_back == "The link in part 2 does not open."
        assert draft.work.state == "active"
        assert AuditEntry.objects.filter(verb__in=["precheck.sent_back", "submission.sent_back"]).count() == 2
    assert "does not open" in OutgoingMail.objects.get(kind="work_sent_back").text
    page = signed_in(cast.ada).get(reverse("work", args=["lakeside", draft.work_id])).content.decode()
    assert "The link in part 2 does not open." in page
    assert "did not use up a try" in page
    with stage.inside(cast):
        again = submit(by=ada, submission=draft)
        assert (again.number, again.sent_back) == (1, "")
        open_slots(by=bela)
        assert Precheck.objects.filter(state="waiting").count() == 1


def test_what_is_taken_back_meanwhile_is_no_longer_looked_at(cast, check):
    with stage.inside(cast):
        take_back(by=cast.by(cast.ada), submission=check.submission)
        assert not prechecks.to_check(cast.by(cast.bela)).exists()
        open_slots(by=cast.by(cast.bela))
        assert not Precheck.objects.exists()


def test_nobody_looks_at_their_own(cast, checked, edition):
    stage.hand_in(cast, edition, cast.bela)
    with stage.inside(cast):
        open_slots(by=cast.by(cast.bela))
        check = Precheck.objects.get()
        assert not prechecks.to_check(cast.by(cast.bela)).exists()
        with pytest.raises(NotAllowed):
            prechecking.complete(by=cast.by(cast.bela), check=check)
    assert signed_in(cast.bela).get(reverse("precheck", args=["lakeside", check.id])).status_code == 404


def test_it_has_to_say_what_is_missing(cast, check):
    with stage.inside(cast), pytest.raises(Invalid):
        prechecking.send_back(by=cast.by(cast.bela), check=check, missing="  ")
    answer = signed_in(cast.bela).post(reverse("precheck_back", args=["lakeside", check.id]), {"missing": ""})
    assert answer.status_code == 422


def test_the_page_shows_evidence_without_names_and_what_we_know_cannot_be_opened(cast, check):
    with stage.inside(cast):
        Artifact.objects.filter(kind="link").update(link_state="closed", link_reason="There is no page at this link.")
    bela = signed_in(cast.bela)
    assert check.submission.code in bela.get(reverse("prechecks", args=["lakeside"])).content.decode()
    page = bela.get(reverse("precheck", args=["lakeside", check.id])).content.decode()
    assert "There is no page at this link." in page
    assert "https://example.org/plan" in page
    assert "My plan" not in page
    assert "Ada" not in page
    assert bela.post(reverse("precheck", args=["lakeside", check.id])).status_code == 302
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    assert signed_in(other).get(reverse("precheck", args=["lakeside", check.id])).status_code == 404
