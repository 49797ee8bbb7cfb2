"""Hidden anchors: they look like work, reach no earner, and pause those who have moved away."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse

from assessment.actions.queue import claim, declare_conflict, release
from assessment.models import AnchorReading, Calibration, Decision, Review
from assessment.tasks import sweep
from lib import clock
from lib.errors import RuleBroken
from submissions.models import Submission
from tenants.models import AuditEntry, OutgoingMail, Role
from tests.assessment import stage
from tests.assessment.anchors import anchor, anchors, calibrate, practice_once, send_off, signed_in
from tests.cast import make_user

pytestmark = pytest.mark.django_db
EVERY_SECOND = override_settings(HIDDEN_ANCHOR_EVERY=2, DRIFT_WINDOW=2)


@pytest.fixture
def ready(cast, edition):
    """Bela is calibrated, there is one hidden anchor, and plenty waits."""
    anchors(cast, edition)
    calibrate(cast, edition)
    anchor(cast, edition, use="hidden")
    for number in range(8):
        stage.hand_in(cast, edition, make_user(f"Earner{number} Ex", cast.lakeside, Role.EARNER))
    return edition


def is_hidden(cast, review):
    with cast.inside():
        return AnchorReading.objects.filter(submission=review.submission_id, hidden=True).exists()


@EVERY_SECOND
def test_every_second_claim_is_a_hidden_anchor_when_set_so(cast, ready):
    taken = [stage.take(cast), stage.take(cast)]
    send_off(cast, taken[1])
    taken += [stage.take(cast), stage.take(cast)]
    assert [is_hidden(cast, each) for each in taken] == [False, True, False, True]
    assert len({each.submission.code for each in taken}) == 4


def test_by_default_it_is_the_twenty_fifth(cast, ready):
    with cast.inside():
        Calibration.objects.update(claims=23)
    assert [is_hidden(cast, stage.take(cast)) for _each in range(2)] == [False, True]


@EVERY_SECOND
def test_nothing_in_the_pages_or_the_api_tells_it_from_work(cast, ready):
    real, hidden = stage.take(cast), stage.take(cast)
    assert (real.due_on, real.slot, real.practice) == (hidden.due_on, hidden.slot, hidden.practice)
    bela = signed_in(cast.bela)
    queue = bela.get(reverse("queue", args=["lakeside"])).text
    assert real.submission.code in queue
    assert hidden.submission.code in queue
    pages = [bela.get(reverse("review", args=["lakeside", each.id])).text for each in (real, hidden)]
    for page in pages:
        assert not any(word in page.lower() for word in ("sample", "anchor", "what stands"))
    details = [bela.get(reverse("api_review", args=["lakeside", each.id])).json() for each in (real, hidden)]
    assert details[0].keys() == details[1].keys()
    assert "sample" not in str({key: value for key, value in details[1].items() if key != "evidence"})
    assert [len(each["lines"]) for each in details] == [4, 4]
    listed = bela.get(reverse("api_queue", args=["lakeside"]), {"state": "claimed"}).json()["results"]
    assert listed[0].keys() == listed[1].keys()


@EVERY_SECOND
def test_its_score_decides_nothing_and_reads_as_done(cast, ready):
    stage.take(cast)
    hidden = stage.take(cast)
    send_off(cast, hidden)
    sweep()
    with cast.inside():
        assert not Decision.objects.exists()
        assert not Submission.objects.filter(id=hidden.submission_id).exists()
        reading = AnchorReading.objects.get(hidden=True)
        assert (reading.exact, reading.lines, reading.outcome) == (4, 4, "passed")
    done = signed_in(cast.bela).get(reverse("reviews_done", args=["lakeside"])).text
    assert hidden.submission.code in done
    assert "Waits for another reader" not in done


@EVERY_SECOND
def test_two_levels_away_twice_pauses_claims_with_a_kind_mail(cast, ready):
    for _each in range(2):
        stage.take(cast)
        hidden = stage.take(cast)
        send_off(cast, hidden, off=1, by=2)
    with cast.inside():
        assert Calibration.objects.get().paused_why == Calibration.Pause.MISSES
        assert AuditEntry.objects.filter(verb="calibration.paused").count() == 1
    mail = OutgoingMail.objects.get(kind="calibration_paused")
    assert mail.to == cast.bela.email
    assert "happens to everyone" in mail.text
    with stage.inside(cast):
        assert claim(by=cast.by(cast.bela)) is None
        held = Review.objects.filter(assessor=cast.bela, state="claimed").first()
    send_off(cast, held)  # what was claimed before goes on
    for _each in range(3):
        practice_once(cast, ready)
    assert stage.take(cast)


@EVERY_SECOND
def test_drift_over_the_window_pauses(cast, ready):
    for off in (2, 1):  # 2 + 3 of 8 lines: 62 %
        stage.take(cast)
        send_off(cast, stage.take(cast), off=off)
    with cast.inside():
        assert Calibration.objects.get().paused_why == Calibration.Pause.DRIFT


@EVERY_SECOND
def test_small_differences_pause_nobody(cast, ready):
    for _each in range(2):
        stage.take(cast)
        send_off(cast, stage.take(cast), off=1)
    with cast.inside():
        assert Calibration.objects.get().paused_at is None


@EVERY_SECOND
def test_what_one_chose_oneself_is_never_swapped(cast, ready):
    stage.take(cast)
    with stage.inside(cast):
        wanted = Review.objects.filter(state="waiting").first()
        got = claim(by=cast.by(cast.bela), review=wanted)
        assert got.submission_id == wanted.submission_id
    assert is_hidden(cast, stage.take(cast))


@EVERY_SECOND
def test_given_back_it_leaves_the_queue_and_is_not_given_again(cast, ready):
    stage.take(cast)
    hidden = stage.take(cast)
    with stage.inside(cast):
        release(by=cast.by(cast.bela), review=hidden, token=hidden.token)
    sweep()
    with cast.inside():
        assert not Review.objects.filter(submission=hidden.submission_id, state="waiting").exists()
    stage.take(cast)
    assert not is_hidden(cast, stage.take(cast))


@EVERY_SECOND
def test_knowing_the_person_is_as_with_real_work(cast, ready):
    stage.take(cast)
    hidden = stage.take(cast)
    with stage.inside(cast):
        declare_conflict(by=cast.by(cast.bela), review=hidden, token=hidden.token)
    stage.take(cast)
    assert not is_hidden(cast, stage.take(cast))


@EVERY_SECOND
def test_a_claim_that_ran_out_goes_to_nobody_else(cast, ready):
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    stage.take(cast)
    hidden = stage.take(cast)
    calibrate(cast, ready, other)
    with clock.at(clock.now() + timedelta(hours=1)), stage.inside(cast), pytest.raises(RuleBroken):
        claim(by=cast.by(other), review=hidden)


@EVERY_SECOND
def test_those_who_are_not_calibrated_get_none(cast, ready):
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    with stage.inside(cast):
        assert claim(by=cast.by(other)) is None
        assert not AnchorReading.objects.filter(hidden=True).exists()
