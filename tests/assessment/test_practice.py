"""Practice: blind, then line by line with reasons; and what makes an assessor ready to score for real."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessment.actions.practice import start_practice
from assessment.actions.queue import claim
from assessment.models import AnchorReading, Calibration, Decision, Review
from credentials.actions.editions import new_edition, publish, send_to_vetting
from lib import clock
from lib.errors import RuleBroken
from submissions.models import Submission, Work, WorkCard
from tenants.models import AuditEntry, Role
from tests.assessment import stage
from tests.assessment.anchors import anchor, anchors, calibrate, is_calibrated, practice_once, send_off, signed_in
from tests.cast import make_user
from tests.submissions.stage import publish_edition

pytestmark = pytest.mark.django_db


def practice_url(edition, name="practice", *more):
    return reverse(name, args=["lakeside", edition.micro_credential.slug, *more])


def test_a_sample_is_scored_blind_and_then_revealed_with_reasons(cast, edition):
    anchors(cast, edition)
    bela = signed_in(cast.bela)
    page = bela.get(reverse("practice_home", args=["lakeside"]))
    assert "Practice first" in page.text
    started = bela.post(practice_url(edition, "practice_start"))
    with cast.inside():
        review = Review.objects.get(practice=True)
        assert review.assessor == cast.bela
    blind = bela.get(started.url)
    assert "This is how I answer who." in blind.text
    assert "checks for understanding twice" not in blind.text
    with cast.inside():
        lines = list(review.edition.rubric.prefetch_related("levels"))
    data = {"token": review.token, "note": ""}
    for n, line in enumerate(lines):
        data[f"level-{line.id}"] = str(line.levels.all()[1 if n == 0 else 0].id)
        data[f"comment-{line.id}"] = "See page 2." if n == 0 else ""
    sent = bela.post(reverse("review_finish", args=["lakeside", review.id]), data)
    result = bela.get(sent.url)
    assert f"{len(lines) - 1} of {len(lines)} lines are at the same level." in result.text
    assert "1 level apart" in result.text
    assert "checks for understanding twice" in result.text
    with cast.inside():
        reading = AnchorReading.objects.get()
        assert (reading.exact, reading.lines, reading.worst) == (len(lines) - 1, len(lines), 1)
        assert AuditEntry.objects.get(verb="practice.finished").actor == cast.bela
        assert not Decision.objects.exists()


def test_a_round_at_eighty_percent_opens_the_queue(cast, edition, sent):
    anchors(cast, edition)
    bela = signed_in(cast.bela)
    with stage.inside(cast):
        assert claim(by=cast.by(cast.bela)) is None
    for _each in range(3):
        practice_once(cast, edition)
    with stage.inside(cast):
        mine = Calibration.objects.get()
        assert (mine.percent, mine.worst, mine.assessor) == (100, 0, cast.bela)
        assert mine.expires_at - mine.passed_at == timedelta(days=180)
        assert is_calibrated(cast.bela, edition)
    assert "You are ready to score this." in bela.get(practice_url(edition)).text
    assert stage.take(cast).submission_id == sent.id


def test_too_many_differences_leave_it_closed_and_a_new_round_can_open_it(cast, edition):
    anchors(cast, edition)
    for _each in range(3):
        practice_once(cast, edition, off=2)
    page = signed_in(cast.bela).get(practice_url(edition))
    assert "That is not enough yet." in page.text
    with cast.inside():
        assert not is_calibrated(cast.bela, edition)
    calibrate(cast, edition)
    with cast.inside():
        assert is_calibrated(cast.bela, edition)
        assert AnchorReading.objects.filter(round=2).count() == 3


def test_one_line_two_levels_away_is_one_too_many(cast, edition):
    anchors(cast, edition)
    practice_once(cast, edition, off=1, by=2)
    practice_once(cast, edition)
    practice_once(cast, edition)
    with cast.inside():
        assert not Calibration.objects.exists()


def test_a_claim_by_name_says_to_practice_first(cast, edition, sent):
    waiting = stage.waiting(cast)
    anchors(cast, edition)
    refused = signed_in(cast.bela).post(reverse("claim", args=["lakeside"]), {"review": str(waiting.id)})
    assert refused.status_code == 409
    assert "Practice on this first." in refused.text
    listed = signed_in(cast.bela).get(reverse("queue", args=["lakeside"]))
    assert sent.code not in listed.text
    assert "Practice opens more work" in listed.text


def test_the_queue_can_be_narrowed_to_what_one_practiced_on(cast, edition, sent):
    anchors(cast, edition)
    calibrate(cast, edition)
    plain = stage.hand_in(cast, publish_edition(cast, "Without samples"))
    bela = signed_in(cast.bela)
    everything = bela.get(reverse("queue", args=["lakeside"])).text
    assert (sent.code in everything, plain.code in everything) == (True, True)
    ready = bela.get(reverse("queue", args=["lakeside"]), {"practiced": "1"}).text
    assert (sent.code in ready, plain.code in ready) == (True, False)


def test_work_of_an_edition_that_was_replaced_is_open_to_all(cast, edition, sent):
    anchors(cast, edition)
    with cast.inside():
        again = new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)
        send_to_vetting(by=cast.by(cast.dora), edition=again)
        publish(by=cast.by(cast.vito), edition=again)
    assert stage.take(cast).submission_id == sent.id


def test_two_samples_are_too_few_to_close_the_queue(cast, edition, sent):
    anchors(cast, edition, 2)
    assert stage.take(cast).submission_id == sent.id


def test_it_ends_after_its_days(cast, edition, sent):
    anchors(cast, edition)
    calibrate(cast, edition)
    with clock.at(clock.now() + timedelta(days=181)), stage.inside(cast):
        assert not is_calibrated(cast.bela, edition)
        assert claim(by=cast.by(cast.bela)) is None
        page = signed_in(cast.bela).get(reverse("practice_home", args=["lakeside"]))
        assert "practice again" in page.text


def test_a_failed_round_takes_nothing_from_someone_who_is_ready(cast, edition):
    anchors(cast, edition)
    calibrate(cast, edition)
    for _each in range(3):
        practice_once(cast, edition, off=3)
    with cast.inside():
        assert is_calibrated(cast.bela, edition)


def test_starting_twice_opens_the_same_sample(cast, edition):
    anchors(cast, edition)
    with stage.inside(cast):
        first = start_practice(by=cast.by(cast.bela), edition=edition)
        assert start_practice(by=cast.by(cast.bela), edition=edition).id == first.id


def test_a_sample_that_was_given_back_is_asked_anew(cast, edition):
    anchors(cast, edition)
    bela = signed_in(cast.bela)
    bela.post(practice_url(edition, "practice_start"))
    with cast.inside():
        first = Review.objects.get()
    back = bela.post(reverse("review_release", args=["lakeside", first.id]), {"token": first.token})
    assert back.url == practice_url(edition)
    with stage.inside(cast):
        again = start_practice(by=cast.by(cast.bela), edition=edition)
        assert (again.id != first.id, again.state) == (True, Review.State.CLAIMED)


def test_nobody_practices_on_what_they_made(cast, edition):
    cast.dora.memberships.update(roles=[Role.AUTHOR, Role.ASSESSOR])
    anchors(cast, edition)
    with stage.inside(cast), pytest.raises(RuleBroken, match="no sample here"):
        start_practice(by=cast.by(cast.dora), edition=edition)
    page = signed_in(cast.dora).get(practice_url(edition))
    assert "You never get samples that you made" in page.text


def test_practice_is_in_no_list_of_real_work(cast, edition):
    anchors(cast, edition)
    review = practice_once(cast, edition)
    with stage.inside(cast):
        open_one = start_practice(by=cast.by(cast.bela), edition=edition)
        codes = {review.submission.code, open_one.submission.code}
    bela = signed_in(cast.bela)
    for page in (bela.get(reverse("queue", args=["lakeside"])), bela.get(reverse("reviews_done", args=["lakeside"]))):
        assert page.status_code == 200
        assert not any(code in page.text for code in codes)
    with cast.inside():
        assert not Work.objects.exists()
        assert not Submission.objects.exists()
    assert not WorkCard.objects.exists()


def test_nobody_sees_how_others_practice(cast, edition):
    anchors(cast, edition)
    practice_once(cast, edition)
    other = make_user("Olga Orr", cast.lakeside, Role.ASSESSOR)
    with cast.inside():
        reading = AnchorReading.objects.get()
    assert signed_in(other).get(practice_url(edition, "practice_result", reading.id)).status_code == 404
    assert signed_in(cast.bela).get(practice_url(edition, "practice_result", reading.id)).status_code == 200


def test_a_hidden_reading_has_no_result_page(cast, edition):
    anchor(cast, edition, use="hidden")
    with stage.inside(cast), pytest.raises(RuleBroken, match="no sample here"):
        start_practice(by=cast.by(cast.bela), edition=edition)


def test_a_comment_is_needed_below_the_pass_level_as_in_real_work(cast, edition):
    anchors(cast, edition)
    with stage.inside(cast):
        review = start_practice(by=cast.by(cast.bela), edition=edition)
    send_off(cast, review, off=1)
    with cast.inside():
        assert AnchorReading.objects.get().compared_at is not None
