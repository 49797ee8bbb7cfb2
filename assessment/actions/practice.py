"""Practice: an assessor scores anchors just as they score real work, and then sees what stands and why."""

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext as _

from assessment.calibration import anchors_for, is_whole, last_round
from assessment.models import LEASE, Anchor, AnchorReading, Review
from assessment.reading_rights import theirs
from assessment.slots import first_of
from credentials.models import Edition
from lib import clock
from lib.errors import NotAllowed, RuleBroken
from lib.transitions import move
from submissions.actions.samples import copy_as_sample
from tenants.audit import record
from tenants.roles import Member, require


def start_practice(*, by: Member, edition: Edition) -> Review:
    """The next anchor of the round of practice of `by`, claimed; the one they are at, if there is one.

    When a round is over the next begins, with the anchors they have seen least. Raises RuleBroken (409) when there is
    no anchor they could practice on.
    """
    require(by, "review.queue")
    if not Edition.objects.filter(theirs(by), pk=edition.pk).exists():
        raise NotAllowed(_("You can practice on what you may score."))
    try:
        with transaction.atomic():
            return _start(by, edition)
    except IntegrityError:  # a double click: the other request gave out the same anchor
        with transaction.atomic():
            return _start(by, edition)


def _start(by: Member, edition: Edition) -> Review:
    readings = last_round(by.user, edition)
    for reading in readings:
        if reading.compared_at is None:
            if held := _held(by, reading):
                return held
            _drop(reading)
    done = [each for each in readings if each.compared_at]
    number = max((each.round for each in readings), default=1)
    if is_whole(done):
        done, number = [], number + 1
    anchor = _next_anchor(by, edition, seen=[each.anchor_id for each in done])
    if anchor is None and done:  # the round has all there are, and is too small to say something
        number += 1
        anchor = _next_anchor(by, edition, seen=[])
    if anchor is None:
        raise RuleBroken(
            _("There is no sample here that you can practice on. Ask the people who write this micro-credential."),
            code="no-sample",
        )
    return _give(by, anchor, number)


def _held(by: Member, reading: AnchorReading) -> Review | None:
    live = [Review.State.CLAIMED, Review.State.FINAL]
    return Review.objects.filter(submission=reading.submission_id, assessor=by.user, state__in=live).first()


def _drop(reading: AnchorReading) -> None:
    reading.dropped_at = clock.now()
    reading.save(update_fields=["dropped_at"])


def _next_anchor(by: Member, edition: Edition, seen: list) -> Anchor | None:
    mine = Q(readings__assessor=by.user, readings__compared_at__isnull=False)
    return (
        anchors_for(by.user)
        .filter(edition=edition, use=Anchor.Use.PRACTICE)
        .exclude(id__in=seen)
        .annotate(times=Count("readings", filter=mine), last=Max("readings__given_at", filter=mine))
        .order_by("times", F("last").asc(nulls_first=True), "number")
        .first()
    )


def _give(by: Member, anchor: Anchor, number: int) -> Review:
    sample = copy_as_sample(source=anchor.submission, due_on=by.tenant.local_date())
    facts = {"edition_id": anchor.edition_id, "assessor": by.user, "hidden": False, "round": number}
    reading = AnchorReading.objects.create(anchor=anchor, submission=sample, **facts)
    now = clock.now()
    held = first_of(sample, 1)
    held.practice = True
    move(held, Review.State.CLAIMED)
    held.assessor, held.token, held.lease_until = by.user, 1, now + LEASE
    held.claimed_at = held.active_at = now
    held.save()
    record(by, "practice.started", reading, anchor=str(anchor.id), round=number)
    return held
