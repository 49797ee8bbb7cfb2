"""Where earners begin the work that renews a badge: on the page of its micro-credential, which says what it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from badges.models import Badge
from credentials.models import Edition


@dataclass(frozen=True)
class Offer:
    """A micro-credential that is offered today, in an edition that `is_newer` than the badge or in the same."""

    path: str
    is_newer: bool


def offers_of(badges: Iterable[Badge]) -> dict[UUID, Offer]:
    """What renews each of these badges, by its id, where it is still offered. Whether one is due is `terms.is_due`.

    One query, and none without badges of editions, which come with edition, micro-credential and tenant.
    """
    earned = [badge for badge in badges if badge.edition is not None]
    wanted = {badge.edition.micro_credential_id for badge in earned}
    published = Edition.objects.filter(micro_credential__in=wanted, state=Edition.State.PUBLISHED)
    newest: dict[UUID, int] = dict(published.values_list("micro_credential", "number")) if wanted else {}
    return {
        badge.id: Offer(
            path=reverse("micro_credential", args=[badge.tenant.slug, badge.edition.micro_credential.slug]),
            is_newer=newest[badge.edition.micro_credential_id] > badge.edition.number,
        )
        for badge in earned
        if badge.edition.micro_credential_id in newest
    }
