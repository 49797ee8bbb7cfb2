"""Hidden anchors: one among many claims is a copy of an anchor, to see whether someone still scores as it is scored."""

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from assessment.calibration import anchors_for, calibrations_of
from assessment.models import Anchor, AnchorReading, Review
from assessment.slots import first_of
from submissions.actions.samples import copy_as_sample
from tenants.roles import Member


def instead(*, by: Member, found: Review, chosen: bool) -> Review:
    """What `by` gets when they claim `found`: itself, or the hidden anchor whose turn it is. Inside a transaction.

    Counts the claim. `chosen`: they asked for this very one, and would notice another. The anchor's review waits,
    is not saved yet, and is due when `found` is.
    """
    mine = calibrations_of(by.user).filter(edition=found.edition_id).select_for_update().first()
    if mine is None or not settings.HIDDEN_ANCHOR_EVERY:
        return found
    mine.claims += 1
    anchor = None
    if mine.claims >= settings.HIDDEN_ANCHOR_EVERY and not chosen:
        anchor = _next_anchor(by, found)
    if anchor is not None:
        mine.claims = 0
    mine.save(update_fields=["claims"])
    return found if anchor is None else _copy(by, anchor, found)


def _next_anchor(by: Member, found: Review) -> Anchor | None:
    """The hidden anchor they met least often. Never one they gave back, or whose original they have read."""
    given_back = AnchorReading.objects.filter(anchor=OuterRef("pk"), assessor=by.user, compared_at=None)
    knows_it = Review.objects.filter(submission=OuterRef("source"), assessor=by.user)
    mine = Q(readings__assessor=by.user)
    return (
        anchors_for(by.user)
        .filter(edition=found.edition_id, use=Anchor.Use.HIDDEN)
        .exclude(Exists(given_back))
        .exclude(Exists(knows_it))
        .annotate(times=Count("readings", filter=mine), last=Max("readings__given_at", filter=mine))
        .order_by("times", F("last").asc(nulls_first=True), "number")
        .first()
    )


def _copy(by: Member, anchor: Anchor, found: Review) -> Review:
    sample = copy_as_sample(source=anchor.submission, due_on=found.due_on)
    AnchorReading.objects.create(
        anchor=anchor, submission=sample, edition_id=anchor.edition_id, assessor=by.user, hidden=True
    )
    return first_of(sample, found.slot, reason=found.reason)
