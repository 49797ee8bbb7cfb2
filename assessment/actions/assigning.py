"""Giving work to someone by name: a holder hands over, a lead assigns; and moving work up or down in the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from assessment import mail
from assessment.actions.scoring import hold
from assessment.models import Absence, Review
from assessment.queries import readable_by
from assessment.slots import succeed
from lib.errors import Invalid
from tenants.audit import record
from tenants.members import member_of
from tenants.models import Role, Tenant, User
from tenants.roles import Member, require

MOST_AT_ONCE = 200  # reviews that one form may name
FURTHEST = 9  # places up or down


@dataclass(frozen=True)
class Moved:
    """What became of reviews that were to go to someone: how many went, and the codes of those that could not."""

    done: int
    refused: Sequence[str]


def hand_over(*, by: Member, review: Review, token: int, to: User) -> None:
    """Keep a claim for a colleague, who finds it in their queue. The draft stays readable to its writer only.

    Raises Invalid (400) when `to` cannot take it, without saying why: that could tell whose work it is.
    """
    with transaction.atomic():
        held = hold(by=by, review=review, token=token)
        if held.practice or to == by.user or not may_take(to, by.tenant, held):
            raise Invalid(_("This person cannot take it now. Choose someone else, or give it back."), field="to")
        new = succeed(held, Review.State.RELEASED, keep_for=to, until=keep_until(by.tenant))
        new.save()
        record(by, "review.handed_over", held, to=str(to), token=held.token)
        mail.kept(new, to=to, tenant=by.tenant)


def assign(*, by: Member, reviews: Sequence[Review], to: User | None) -> Moved:
    """Give open reviews to one assessor, or with None back to everyone; what someone is scoring is taken from them.

    The claim that ends keeps its draft as EXPIRED, and its late saves are refused. Raises Invalid (400) for someone
    who is no assessor here. Those that `to` may not read, or that are scored by now, are left as they are.
    """
    require(by, "review.assign")
    if to is not None and not _is_assessor(to, by.tenant):
        raise Invalid(_("Choose someone who is an assessor here."), field="to")
    done, refused = [], []
    with transaction.atomic():
        for review in _locked(reviews):
            if (
                review.state not in (Review.State.WAITING, Review.State.CLAIMED)
                or to is not None
                and not may_take(to, by.tenant, review)
            ):
                refused.append(review.submission.code)
            else:
                done.append(_assign(by, review, to))
        if to is not None and done:
            mail.kept(*done, to=to, tenant=by.tenant)
    return Moved(len(done), refused)


def shift(*, by: Member, reviews: Sequence[Review], up: bool) -> int:
    """Move open reviews one rank up or down. Ranks go before due dates. Returns how many were moved."""
    require(by, "review.assign")
    with transaction.atomic():
        moved = [each for each in _locked(reviews) if each.state in (Review.State.WAITING, Review.State.CLAIMED)]
        for each in moved:
            each.rank = max(each.rank - 1, -FURTHEST) if up else min(each.rank + 1, FURTHEST)
            record(by, "review.moved", each, rank=each.rank)
        Review.objects.bulk_update(moved, ["rank"])
    return len(moved)


def may_take(user: User, tenant: Tenant, review: Review) -> bool:
    """Whether `user` is an assessor here, not away today, and may read this submission."""
    if not _is_assessor(user, tenant):
        return False
    today = tenant.local_date()
    if Absence.objects.filter(user=user, starts_on__lte=today, ends_on__gte=today).exists():
        return False
    return readable_by(member_of(user, tenant)).filter(id=review.id).exists()


def keep_until(tenant: Tenant) -> datetime:
    """The end of the last day on which work that is handed over now is kept for one person."""
    day = tenant.due_date(settings.KEEP_DAYS) + timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=tenant.zone)


def _is_assessor(user: User, tenant: Tenant) -> bool:
    member = member_of(user, tenant)
    return member is not None and Role.ASSESSOR in member.roles


def _locked(reviews: Sequence[Review]) -> list[Review]:
    ids = [each.id for each in reviews[:MOST_AT_ONCE]]
    found = Review.objects.select_for_update(of=("self",)).filter(id__in=ids, sample=False)
    return list(found.select_related("submission").order_by("id"))  # in one order, so that two leads cannot deadlock


def _assign(by: Member, review: Review, to: User | None) -> Review:
    until = keep_until(by.tenant) if to else None
    before = review.assessor_id
    if review.state == Review.State.CLAIMED:
        review = succeed(review, Review.State.EXPIRED, keep_for=to, until=until)
        review.save()
    else:
        review.kept_for, review.kept_until = to, until
        review.save(update_fields=["kept_for", "kept_until"])
    record(by, "review.assigned", review, to=str(to) if to else "", taken_from=str(before) if before else "")
    return review
