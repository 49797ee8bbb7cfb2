"""Where the parts of assessment meet: undo and samples, undo and appeals, modes and practice, cases and claims."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessment.actions.appealing import file_appeal
from assessment.actions.casework import name_panel, open_case, vote
from assessment.actions.deciding import undo
from assessment.actions.practice import start_practice
from assessment.actions.queue import claim
from assessment.cases import candidates
from assessment.models import AnchorReading, Appeal, AppealOutcome, Calibration, Case, Decision, DecisionLine, Review
from assessment.tasks import sweep
from badges.models import Badge
from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.actions.coaching import assign as assign_coach
from submissions.models import Submission
from tenants.models import Role
from tests.assessment import stage
from tests.assessment.anchors import anchor, anchors, calibrate, send_off, signed_in
from tests.cast import make_user

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=11)


@pytest.fixture
def nora(cast):
    """A second assessor."""
    return make_user("Nora North", cast.lakeside, Role.ASSESSOR)


def earner(cast, number=0):
    return make_user(f"Earner{number} Ex", cast.lakeside, Role.EARNER)


def appealed(cast, told, *keys):
    with stage.inside(cast):
        lines = DecisionLine.objects.filter(decision=told, line__key__in=keys)
        return file_appeal(by=cast.by(cast.ada), decision=told, reasons={line.id: "Page 3." for line in lines})


def test_a_hidden_sample_can_be_taken_back_like_work_and_is_compared_after_that(cast, edition, settings):
    anchors(cast, edition)
    calibrate(cast, edition)
    anchor(cast, edition, use="hidden")
    settings.UNDO_SECONDS, settings.HIDDEN_ANCHOR_EVERY = 10, 1
    stage.hand_in(cast, edition)
    held = stage.take(cast)
    assert held.sample
    send_off(cast, held)
    with stage.inside(cast):
        assert AnchorReading.objects.get(hidden=True).compared_at is None
        undo(by=cast.by(cast.bela), review=held)
        held.refresh_from_db()
        assert held.state == Review.State.CLAIMED
    send_off(cast, held)
    with clock.at(clock.now() + SOON):
        sweep()
        sweep()
    with stage.inside(cast):
        assert AnchorReading.objects.get(hidden=True).compared_at is not None


def test_a_hidden_sample_leaves_the_work_it_stands_for_free_to_be_taken_back(cast, edition, settings):
    anchors(cast, edition)
    calibrate(cast, edition)
    anchor(cast, edition, use="hidden")
    settings.HIDDEN_ANCHOR_EVERY = 1
    sent = stage.hand_in(cast, edition)
    assert stage.take(cast).sample
    with stage.inside(cast):
        assert Submission.objects.get(id=sent.id).taken_in_at is None


def test_a_hidden_sample_that_is_given_back_or_forgotten_is_offered_to_nobody(cast, edition, nora, settings):
    anchors(cast, edition)
    for user in (cast.bela, nora):
        calibrate(cast, edition, user)
    anchor(cast, edition, use="hidden")
    settings.HIDDEN_ANCHOR_EVERY = 1
    sent = stage.hand_in(cast, edition)
    assert stage.take(cast).sample
    settings.HIDDEN_ANCHOR_EVERY = 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert stage.take(cast, nora).submission_id == sent.id
        with stage.inside(cast):
            assert claim(by=cast.by(nora)) is None


def test_the_reading_of_an_appeal_counts_once_it_cannot_be_taken_back(cast, sent, nora, settings):
    told = stage.score(cast, stage.take(cast), below=("plans",))
    appealed(cast, told, "plans")
    settings.UNDO_SECONDS = 10
    held = stage.take(cast, nora)
    stage.score(cast, held)
    with stage.inside(cast):
        assert not AppealOutcome.objects.exists()
        undo(by=cast.by(nora), review=held)
        held.refresh_from_db()
    stage.score(cast, held)
    with clock.at(clock.now() + SOON):
        sweep()
    with stage.inside(cast):
        assert AppealOutcome.objects.get().review_id == held.id
        with pytest.raises(RuleBroken):
            undo(by=cast.by(nora), review=held)


def test_an_appeal_passes_by_the_rule_of_the_edition(cast, nora):
    """One required line and one of the others is enough; the third line stays as it was."""
    required = {"plans": True, "thinks": False, "reach": False}
    edition = stage.publish_with(cast, "Lenient", lines=required, others_needed=0)
    stage.hand_in(cast, edition)
    told = stage.score(cast, stage.take(cast), below=("plans", "thinks"))
    assert told.outcome == Decision.Outcome.NOT_YET
    appealed(cast, told, "plans")
    stage.score(cast, stage.take(cast, nora), below=("thinks",))
    with stage.inside(cast):
        assert Appeal.objects.get().state == Appeal.State.CHANGED
        second = Decision.objects.get(submission__number=2)
        assert second.outcome == Decision.Outcome.PASSED
        met = dict(second.lines.values_list("line__key", "met"))
        assert (met["plans"], met["thinks"]) == (True, False)
    assert Badge.objects.filter(earner=cast.ada, edition=edition).exists()


def test_work_of_a_certified_edition_is_for_the_calibrated_only_even_without_samples(cast, nora):
    edition = stage.publish_with(cast, "Certified", mode="certified")
    sent = stage.hand_in(cast, edition)
    waiting = stage.waiting(cast)
    with stage.inside(cast):
        assert claim(by=cast.by(cast.bela)) is None
    refused = signed_in(cast.bela).post(reverse("claim", args=["lakeside"]), {"review": str(waiting.id)})
    assert refused.status_code == 409
    assert "Practice on this first." in refused.text
    with stage.inside(cast):
        since = clock.now()
        shown = {"passed_at": since, "expires_at": since + timedelta(days=9), "percent": 90, "worst": 0}
        Calibration.objects.create(assessor=nora, edition=edition, rubric_hash="-", **shown)
    assert stage.take(cast, nora).submission_id == sent.id


def test_peers_practice_too_where_there_are_samples_and_nobody_else_does(cast):
    edition = stage.publish_with(cast, "Read by peers", mode="peer")
    egon = earner(cast)
    stage.hand_in(cast, edition, egon)
    stage.score(cast, stage.take(cast))
    anchors(cast, edition)
    sent = stage.hand_in(cast, edition)
    with stage.inside(cast):
        assert claim(by=cast.by(egon)) is None
        with pytest.raises(NotAllowed):
            start_practice(by=cast.by(earner(cast, 1)), edition=edition)
    calibrate(cast, edition, egon)
    assert stage.take(cast, egon).submission_id == sent.id


def test_a_try_that_a_panel_ends_is_taken_from_its_reader_and_the_draft_stays(cast, sent, nora):
    held = stage.take(cast)
    stage.fill(cast, held)
    panel = [make_user(f"Panel{n} Person", cast.lakeside, Role.ASSESSOR) for n in range(3)]
    with stage.inside(cast):
        case = open_case(by=cast.by(cast.rao), submission=sent, concern="Page 2 is on the web.")
        name_panel(by=cast.by(cast.cleo), case=case, users=[user.id for user in panel])
    with clock.at(clock.now() + timedelta(days=30)):
        sweep()
        with stage.inside(cast):
            for user in panel:
                vote(by=cast.by(user), case=Case.objects.get(), upheld=True, reason="It is.")
    with clock.at(clock.now() + timedelta(days=60)):
        sweep()
    with stage.inside(cast):
        assert Decision.objects.get(submission=sent).outcome == Decision.Outcome.NOT_YET
        held.refresh_from_db()
        assert held.state == Review.State.EXPIRED
        assert held.left_at is not None
    kept = signed_in(cast.bela).get(reverse("review", args=["lakeside", held.id]))
    assert kept.status_code == 200


def test_a_coach_never_sits_on_the_panel_of_someone_they_coach(cast, sent):
    with stage.inside(cast):
        coach = make_user("Cora Coach", cast.lakeside, Role.COACH)
        assign_coach(by=cast.by(cast.cleo), coach=coach, earner=cast.ada)
        others = [make_user(f"Panel{n} Person", cast.lakeside, Role.ASSESSOR).id for n in range(2)]
        case = open_case(by=cast.by(cast.rao), submission=sent, concern="Page 2 is on the web.")
        assert coach not in candidates(case)
        with pytest.raises(Invalid, match="has a part in this"):
            name_panel(by=cast.by(cast.cleo), case=case, users=[coach.id, *others])
