"""The permission to train with one's work, taken back. It is given with the promises, see handing_in."""

from django.db import transaction

from submissions.models import Promise, Work
from tenants import audit
from tenants.roles import Member, require


@transaction.atomic
def take_training_back(*, by: Member, work: Work) -> int:
    """No try of `work` may be used to train assessors from now on. Returns for how many it was allowed.

    What was made of it goes out of use with the next sweep of the queue. Taking it back twice is taking it back once.
    """
    require(by, "work.see", work)
    given = Promise.objects.filter(submission__work=work, kind=Promise.Kind.TRAINING)
    count = given.count()
    given.delete()
    if count:
        audit.record(by, "training.taken_back", work, tries=count)
    return count
