"""The queue: opening slots for what was handed in, claiming one, giving one back."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from assessment.actions import hidden
from assessment.actions.deciding import lock_submission
from assessment.actions.scoring import hold
from assessment.models import LEASE, AssessorProfile, Conflict, Precheck, Review
from assessment.prechecks import wants_precheck
from assessment.queries import claimable, held_by
from assessment.reading_rights import require_reader
from assessment.slots import first_of, succeed, take_out
from assessment.wanted import Wanted
from assessment.workers import NoRoom, require_room
from lib import clock
from lib.errors import RuleBroken
from lib.transitions import move
from submissions.actions import outcomes
from submissions.actions.links import refresh_links
from submissions.models import OUT_OF_STEP, Submission
from tenants.audit import record
from tenants.roles import Member, require

TAKEN = "taken"
BATCH = 500  # submissions that one call opens slots for; the next call goes on


def open_slots(*, by: Member) -> int:
    """Put a waiting review in the queue for each reading that a submission needs. Returns how many were put in.

    Safe to repeat and to run at the same time, and one look into a small index when there is nothing to do. The
    earner may take a submission back until somebody claims it; its reviews then leave the queue here, also when it
    was sent again since. Where the edition asks for it, someone first looks whether all evidence is there.
    """
    require(by, "review.queue")
    with transaction.atomic():
        moved = list(
            Submission.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(OUT_OF_STEP)
            .select_related("edition")
            .defer("edition__search")
            .order_by("submitted_at", "id")[:BATCH]
        )
        if not moved:
            return 0
        Review.objects.filter(submission__in=moved, state=Review.State.WAITING).delete()
        Precheck.objects.filter(submission__in=moved, state=Precheck.State.WAITING).delete()
        sent = [each for each in moved if each.state == Submission.State.SUBMITTED]
        looked_at = [each for each in sent if wants_precheck(each.edition)]
        Precheck.objects.bulk_create(
            Precheck(tenant=by.tenant, submission=each, earner_id=each.earner_id) for each in looked_at
        )
        slots = [slot for each in sent if each not in looked_at for slot in slots_of(each)]
        Review.objects.bulk_create(slots)
        outcomes.follow_in_queue(moved)
    return len(slots)


def slots_of(submission: Submission) -> list[Review]:
    """A waiting review for each reading, not yet saved."""
    return [first_of(submission, slot) for slot in range(1, submission.edition.first_readings + 1)]


def claim(*, by: Member, review: Review | None = None, wanted: Wanted | None = None) -> Review | None:
    """Take the first in the queue, or `review`, for LEASE. None when nothing waits that `by` may read.

    `wanted` keeps to a part of the queue. Takes over claims whose lease ran out: the old row keeps its draft as
    EXPIRED, and the new one has a higher token. Asking for a review that one already holds renews it. Raises
    RuleBroken (409) when `review` is with someone else, NotAllowed (403) when its edition is not theirs to read, and
    NoRoom (409) when `by` takes no more now.
    """
    require(by, "review.claim", review)
    open_slots(by=by)
    for _attempt in range(3):
        try:
            with transaction.atomic():
                return _claim(by, review, wanted or Wanted())
        except IntegrityError:  # the same person claimed twice at once, and both found the same submission
            continue
    return None


def next_for(*, by: Member, after: Review | None = None) -> Review | None:
    """What to go on with after `after`: first what one holds, then what waits.

    None when nothing does, or `by` takes no more now.
    """
    if held := held_by(by).exclude(id=after and after.id).first():
        return held
    try:
        return claim(by=by)
    except NoRoom:
        return None


def _claim(by: Member, review: Review | None, wanted: Wanted) -> Review | None:
    if review is not None:
        require_reader(by, review.edition)
        lock_submission(review.submission_id)
        mine = Review.objects.select_for_update().filter(id=review.id, assessor=by.user, state=Review.State.CLAIMED)
        if held := mine.first():
            held.lease_until = clock.now() + LEASE
            held.save(update_fields=["lease_until"])
            return held
    profile = require_room(by).profile
    busy: list[UUID] = []
    while True:  # ends: each turn takes one out of the queue, or leaves one out
        found = _find(by, review, wanted, profile, busy)
        if found is None and review is not None:
            raise RuleBroken(_("Someone else is scoring this now. Take another one from the queue."), code=TAKEN)
        if found is None:
            return None
        # Everyone else locks the submission first, so waiting for it here could end in a circle.
        free = Submission.with_samples.select_for_update(of=("self",), skip_locked=True)
        if not free.filter(pk=found.submission_id):
            busy.append(found.id)
            continue
        if found.sample or found.appeal_id:
            return _hold(by, found)
        given = hidden.instead(by=by, found=found, chosen=review is not None)
        if given is not found:
            return _hold(by, given)
        try:
            found.submission = outcomes.take_in(by=by, submission=Submission(pk=found.submission_id))
        except RuleBroken:
            take_out(found, Review.State.EXPIRED)  # taken back before the queue was told
        else:
            return _hold(by, found)


def _hold(by: Member, found: Review) -> Review:
    if found.state == Review.State.CLAIMED:
        found = succeed(found, Review.State.EXPIRED)
    move(found, Review.State.CLAIMED)
    found.assessor = by.user
    found.kept_for = found.kept_until = None
    found.token += 1
    found.claimed_at = found.active_at = clock.now()
    found.lease_until = found.claimed_at + LEASE
    found.save()
    refresh_links(found.submission)
    record(by, "review.claimed", found, submission=str(found.submission_id), token=found.token)
    return found


def _find(
    by: Member, review: Review | None, wanted: Wanted, profile: AssessorProfile | None, busy: list[UUID]
) -> Review | None:
    free = claimable(by).select_for_update(of=("self",), skip_locked=True)
    if busy:
        free = free.exclude(id__in=busy)
    if review is not None:
        return free.filter(id=review.id).first()
    kept = list(Review.objects.filter(kept_for=by.user, kept_until__gte=clock.now()).values_list("id", flat=True))
    if kept and (found := free.filter(id__in=kept).first()):
        return found
    free = wanted.of(free, by, profile)
    given_back = Review.objects.filter(submission=OuterRef("submission"), assessor=by.user, state=Review.State.RELEASED)
    fresh = free.alias(given_back=Subquery(given_back.order_by().values("id")[:1])).filter(given_back__isnull=True)
    return fresh.first() or free.first()


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
    following = succeed(held, Review.State.RELEASED)
    if not held.sample:  # nobody waits for a sample
        following.save()
