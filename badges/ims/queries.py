"""What the Open Badges API reads for a person."""

from dataclasses import dataclass
from datetime import datetime

import orjson

from badges.models import Badge, OutsideBadge
from badges.openbadges.reading import read_badge_file
from tenants.models import User


@dataclass(frozen=True)
class Holding:
    """Some of a person's badges, as they were signed, and how many there are in all."""

    total: int
    documents: list[bytes]
    tokens: list[str]


def holding_of(user: User, *, since: datetime | None, limit: int, offset: int) -> Holding:
    """A page of a person's badges, oldest first, whoever may see them; none that were taken back.

    After those of this installation come those that the person brought from elsewhere, in the form in which they came.

    `since`: only what was signed, or brought, later. That is not when it was awarded: one that was signed anew counts
    again, and one that waited to be signed is not missed by an app that asks from time to time.
    """
    found = Badge.objects.filter(earner=user, document__isnull=False).exclude(state=Badge.State.REVOKED)
    brought = OutsideBadge.objects.filter(earner=user, state__in=OutsideBadge.IN_FORCE)
    brought = brought.exclude(form=OutsideBadge.Form.OB2)
    if since is not None:
        found, brought = found.filter(minted_at__gt=since), brought.filter(added_at__gt=since)
    ours, theirs = found.count(), brought.count()
    page = found.order_by("awarded_at", "id").values_list("document", flat=True)[offset : offset + limit]
    documents, tokens = [bytes(each) for each in page], []
    start = max(0, offset - ours)
    rest = brought.order_by("awarded_at", "id").values_list("data", flat=True)[start : start + limit - len(documents)]
    for file in map(bytes, rest):
        inside = read_badge_file(file)
        if inside.token:
            tokens.append(inside.token)
        else:
            documents.append(orjson.dumps(inside.credential))
    return Holding(ours + theirs, documents, tokens)
