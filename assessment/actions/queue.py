"""The queue: opening slots for what was handed in, claiming one, giving one back."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from assessment.actions.scoring import hold
from assessment.models import LEASE, Conflict, Review
from assessment.queries import claimable
from lib import clock
from lib.errors import RuleBroken
from lib.transitions import move
from submissions.actions import outcomes
from submissions.actions.links import refresh_links
from submissions.models import Submission
from tenants.audit import record
from tenants.roles import Member, require

TAKEN = "taken"
BATCH = 500  # submissions that one call opens slots for; the next call goes on


def open_slots(*, by: Member) -> int:
    """Put a waiting review in the queue for each reading that a submission needs. Returns how many were put in.

    Safe to repeat and to run at the same time: there is one live review a slot. The earner may take a submission
    back until somebody claims it; its reviews then leave the queue here, also when it was sent again since.
    """
    require(by, "review.queue")
    with transaction.atomic():
        taken_back = Q(submission__state=Submission.State.DRAFT) | ~Q(due_on=F("submission__due_on"))
        Review.objects.filter(taken_back, state=Review.State.WAITING, appeal=None).delete()
        known = Review.objects.filter(submission=OuterRef("pk"))
        new = (
            Submission.objects.filter(~Exists(known), state=Submission.State.SUBMITTED, taken_in_at=None)
            .select_related("edition")
            .order_by("submitted_at")[:BATCH]
        )
        slots = [
            Review(
                tenant=by.tenant,
                submission=submission,
                edition=submission.edition,
                earner_id=submission.earner_id,
                slot=slot,
                due_on=submission.due_on,
            )
            for submission in new
            for slot in range(1, submission.edition.readers + 1)
        ]
        Review.objects.bulk_create(slots, ignore_conflicts=True)
    return len(slots)


def claim(*, by: Member, review: Review | None = None) -> Review | None:
    """Take the review that is due first, or `review`, for LEASE. None when nothing waits that `by` may read.

    Takes over claims whose lease ran out: the old row keeps its draft as EXPIRED, and the new one has a higher token.
    Asking for a review that one already holds renews it. Raises RuleBroken when `review` is with someone else.
    """
    require(by, "review.claim", review)
    open_slots(by=by)
    for _attempt in range(3):
        try:
            with transaction.atomic():
                return _claim(by, review)
        except IntegrityError:  # the same person claimed twice at once, and both found the same submission
            continue
    return None


def _claim(by: Member, review: Review | None) -> Review | None:
    # The lock on the submission keeps the earner from taking it back in the same moment.
    free = claimable(by).select_for_update(of=("self", "submission"), skip_locked=True).select_related("submission")
    if review is None:
        given_back = Review.objects.filter(
            submission=OuterRef("submission"), assessor=by.user, state=Review.State.RELEASED
        )
        found = free.exclude(Exists(given_back)).first() or free.first()
        if found is None:
            return None
    else:
        mine = Review.objects.select_for_update().filter(id=review.id, assessor=by.user, state=Review.State.CLAIMED)
        if held := mine.first():
            held.lease_until = clock.now() + LEASE
            held.save(update_fields=["lease_until"])
            return held
        found = free.filter(id=review.id).first()
        if found is None:
            raise RuleBroken(_("Someone else is scoring this now. Take another one from the queue."), code=TAKEN)
    if found.state == Review.State.CLAIMED:
        found = _succeed(found, Review.State.EXPIRED)
    move(found, Review.State.CLAIMED)
    found.assessor = by.user
    found.token += 1
    found.claimed_at = clock.now()
    found.lease_until = found.claimed_at + LEASE
    found.save()
    refresh_links(found.submission)
    if found.submission.taken_in_at is None:
        outcomes.take_in(by=by, submission=found.submission)
    record(by, "review.claimed", found, submission=str(found.submission_id), token=found.token)
    return found


def release(*, by: Member, review: Review, token: int) -> None:
    """Give a claim back. Its draft stays readable to its writer; the slot waits for someone else."""
    with transaction.atomic():
        held = hold(by=by, review=review, token=token)
        _give_back(held)
        record(by, "review.released", held)


def declare_conflict(*, by: Member, review: Review, token: int) -> None:
    """`by` knows the earner of `review`: give back whatever they hold of this person, and never offer more."""
    with transaction.atomic():
        hold(by=by, review=review, token=token)
        Conflict.objects.get_or_create(assessor=by.user, earner_id=review.earner_id)
        of_this_person = Review.objects.select_for_update().filter(
            assessor=by.user, earner_id=review.earner_id, state=Review.State.CLAIMED
        )
        for held in of_this_person:
            _give_back(held)
        record(by, "review.conflict_declared", review)


def _give_back(held: Review) -> None:
    _succeed(held, Review.State.RELEASED).save()


def _succeed(old: Review, left: str) -> Review:
    """End the claim `old` as `left`, and return the waiting review that takes its slot, not yet saved."""
    move(old, left)
    old.save(update_fields=["state"])
    return Review(
        tenant_id=old.tenant_id,
        submission=old.submission,
        edition_id=old.edition_id,
        earner_id=old.earner_id,
        slot=old.slot,
        appeal_id=old.appeal_id,
        due_on=old.due_on,
        token=old.token,
    )
