"""Measuring: a sent reading of an anchor is compared with what stands, and what follows for the assessor."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from assessment import mail
from assessment.calibration import is_whole, last_round, result_of, rubric_hash
from assessment.models import AnchorLine, AnchorReading, Calibration, Decision, Review, Score
from assessment.plans import rule_line
from assessment.queries import lines_of
from assessment.verdicts import passes
from credentials.models import Edition, RubricLevel
from lib import clock
from submissions.models import Submission
from tenants.audit import record
from tenants.roles import Member


def compare_hidden(*, by: Member, submission: Submission) -> None:
    """Compare what was read of a hidden anchor, once it can no longer be taken back. Inside a transaction."""
    for review in Review.objects.filter(submission=submission, state=Review.State.FINAL, practice=False):
        if review.undo_until is None:
            compare(by=by, review=review)


def compare(*, by: Member, review: Review) -> None:
    """Compare a final reading of a sample with the anchor. Inside a transaction. Doing it twice is doing it once.

    A sample has no decision: nothing of it reaches an earner.
    """
    reading = AnchorReading.objects.select_for_update(of=("self",)).get(submission=review.submission_id)
    if reading.compared_at or reading.dropped_at:
        return
    _compare(reading, review)
    if reading.hidden:
        _watch(by, reading)
    else:
        record(by, "practice.finished", reading, exact=reading.exact, lines=reading.lines, worst=reading.worst)
        _qualify(by, reading)


def _compare(reading: AnchorReading, review: Review) -> None:
    stands = {line.line_id: line.level for line in _lines_of(reading)}
    given = {each.line_id: each.level for each in Score.objects.filter(review=review).select_related("level")}
    distances = [abs(given[line].position - level.position) for line, level in stands.items()]
    reading.assessor_id = review.assessor_id  # it may have been handed over
    reading.compared_at = clock.now()
    reading.lines = len(distances)
    reading.exact = distances.count(0)
    reading.worst = max(distances)
    reading.outcome = _outcome(review, stands, given)
    reading.save()


def _lines_of(reading: AnchorReading) -> list[AnchorLine]:
    return list(AnchorLine.objects.filter(anchor=reading.anchor_id).select_related("level"))


def _outcome(review: Review, stands: Mapping[UUID, RubricLevel], given: Mapping[UUID, RubricLevel]) -> str:
    """What the list of done work says: with one reader what they decided, with several what would have come of it."""
    levels = given if review.edition.plan == Edition.Plan.ONE else stands
    met = {line for line, level in levels.items() if level.passes}
    lines = [rule_line(each) for each in lines_of(review.submission_id).prefetch_related("line__levels")]
    earned = passes(lines, met, review.edition.others_needed)
    return Decision.Outcome.PASSED if earned else Decision.Outcome.NOT_YET


def _qualify(by: Member, reading: AnchorReading) -> None:
    """When a round is over and good enough, its assessor is calibrated from now on, whatever was before.

    A round that is not good enough takes nothing away: practice is no exam.
    """
    readings = last_round(by.user, reading.edition)
    result = result_of(readings) if is_whole(readings) else None
    if result is None or not result.suffices:
        return
    now = clock.now()
    calibration, _is_new = Calibration.objects.update_or_create(
        assessor_id=reading.assessor_id,
        edition_id=reading.edition_id,
        defaults={
            "rubric_hash": rubric_hash(reading.edition),
            "passed_at": now,
            "expires_at": now + timedelta(days=settings.CALIBRATION_DAYS),
            "percent": result.percent,
            "worst": result.worst,
            "paused_at": None,
            "paused_why": "",
            "claims": 0,
        },
    )
    record(by, "calibration.passed", calibration, edition=str(reading.edition_id), percent=result.percent)


def _watch(by: Member, reading: AnchorReading) -> None:
    """Pause the claims of someone whose scores have moved away from the anchors."""
    mine = Calibration.objects.select_for_update().filter(assessor=reading.assessor_id, edition=reading.edition_id)
    calibration = mine.filter(paused_at=None).first()
    if calibration is None:
        return
    why = _drift(calibration)
    if not why:
        return
    calibration.paused_at, calibration.paused_why = clock.now(), why
    calibration.save(update_fields=["paused_at", "paused_why"])
    record(by, "calibration.paused", calibration, edition=str(reading.edition_id), why=why)
    mail.calibration_paused(calibration, tenant=by.tenant)


def _drift(calibration: Calibration) -> str:
    since = AnchorReading.objects.filter(
        assessor=calibration.assessor_id,
        edition=calibration.edition_id,
        hidden=True,
        compared_at__gte=calibration.passed_at,
    )
    if since.filter(worst__gt=settings.CALIBRATION_FURTHEST).count() >= settings.DRIFT_MISSES:
        return Calibration.Pause.MISSES
    newest = list(since.order_by("-compared_at", "-id")[: settings.DRIFT_WINDOW])
    result = result_of(newest) if len(newest) == settings.DRIFT_WINDOW else None
    return Calibration.Pause.DRIFT if result and result.percent < settings.DRIFT_PERCENT else ""
