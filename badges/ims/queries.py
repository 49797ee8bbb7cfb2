"""What the Open Badges API reads for a person."""

from dataclasses import dataclass
from datetime import datetime

from badges.models import Badge
from tenants.models import User


@dataclass(frozen=True)
class Holding:
    """Some of a person's badges, as they were signed, and how many there are in all."""

    total: int
    documents: list[bytes]


def holding_of(user: User, *, since: datetime | None, limit: int, offset: int) -> Holding:
    """A page of a person's badges, oldest first, whoever may see them; none that were taken back.

    `since`: only what was signed later. That is not when it was awarded: one that was signed anew counts again, and
    one that waited to be signed is not missed by an app that asks from time to time.
    """
    found = Badge.objects.filter(earner=user, document__isnull=False).exclude(state=Badge.State.REVOKED)
    if since is not None:
        found = found.filter(minted_at__gt=since)
    page = found.order_by("awarded_at", "id").values_list("document", flat=True)[offset : offset + limit]
    return Holding(found.count(), [bytes(each) for each in page])
