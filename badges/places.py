"""Places on the status lists of an issuer: at random, so that one tells nothing of when or to whom (section 3.3)."""

import secrets

from badges.models import Badge, Issuer, StatusList
from lib.bulk import among

SAMPLE = 16  # places looked at; as many as 12 of them taken raise the question whether the list is full
FULL = 0.75  # a new list begins when more than this part of one is taken, so that a free place is always found quickly


def take(issuer: Issuer, count: int = 1) -> list[tuple[StatusList, int]]:
    """`count` free places on the newest list of an issuer, or on a new one when it is more than three quarters full.

    Nothing is reserved: two transactions at once may get the same place, and the database refuses the second badge.
    Whoever wants many keeps others away by locking the list, and whoever wants one tries again.
    """
    found: list[tuple[StatusList, int]] = []
    while len(found) < count:
        listed = _list_with_room(issuer)
        free = _free(listed, min(count - len(found), int(listed.size * (1 - FULL))))
        found += [(listed, index) for index in free]
    return found


def _list_with_room(issuer: Issuer) -> StatusList:
    newest = issuer.status_lists.order_by("-number").first()
    if newest is None:
        return StatusList.objects.get_or_create(issuer=issuer, number=1)[0]
    sample = _random(newest, SAMPLE)
    if len(_taken(newest, sample)) < SAMPLE * FULL:
        return newest  # which a list that is fuller than it should be passes once in a while: there is room enough
    if Badge.objects.filter(status_list=newest).count() <= newest.size * FULL:
        return newest
    return StatusList.objects.get_or_create(issuer=issuer, number=newest.number + 1)[0]


def _free(listed: StatusList, count: int) -> list[int]:
    free: set[int] = set()
    while len(free) < count:
        drawn = _random(listed, 2 * (count - len(free)) + SAMPLE) - free
        free |= drawn - _taken(listed, drawn)
    return secrets.SystemRandom().sample(sorted(free), count)


def _random(listed: StatusList, count: int) -> set[int]:
    drawn: set[int] = set()
    while len(drawn) < count:
        drawn.add(secrets.randbelow(listed.size))
    return drawn


def _taken(listed: StatusList, indexes: set[int]) -> set[int]:
    rows = Badge.objects.filter(status_list=listed, status_index__in=among(sorted(indexes), "integer"))
    return set(rows.values_list("status_index", flat=True))
