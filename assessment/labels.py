"""The quality label of a micro-credential: worked out from private rows, written where everyone may read it.

A figure with too little behind it is left out, so that it says nothing about one person. See docs/adr/0016.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from assessment.readings import Wanted, agreement_in_all
from credentials.models import Edition, QualityLabel
from lib import clock
from submissions.models import Submission
from tenants.roles import Member

_DECIDED = """
    SELECT count(*) FILTER (WHERE number = 1),
           count(*) FILTER (WHERE number = 1 AND state = 'passed'),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - submitted_at))
    FROM submissions_submission
    WHERE edition_id = ANY(%s) AND state IN ('passed', 'not_yet')
"""
_DAY = 86_400  # seconds


@transaction.atomic
def refresh_labels(*, by: Member) -> int:
    """Work the labels out anew where something was decided since the last time. Returns how many. Safe to repeat."""
    now = clock.now()
    labels = QualityLabel.objects.filter(micro_credential__tenant=by.tenant)
    last = labels.aggregate(last=Max("computed_at"))["last"]
    decided = Submission.objects.filter(decided_at__isnull=False)
    if last is not None:
        # A decision that was being written when we last looked is caught by looking back a little further.
        decided = decided.filter(decided_at__gt=last - timedelta(minutes=2 * settings.QUALITY_MINUTES))
    changed = list(decided.order_by().values_list("edition__micro_credential", flat=True).distinct())
    editions: dict[UUID, list[UUID]] = {each: [] for each in changed}
    known = Edition.objects.filter(micro_credential__in=changed).values_list("micro_credential", "id")
    for micro_credential, edition in known:
        editions[micro_credential].append(edition)
    for micro_credential, ids in editions.items():
        facts = {**_decided(ids), **_agreed(ids), "computed_at": now}
        QualityLabel.objects.update_or_create(micro_credential_id=micro_credential, defaults=facts)
    return len(editions)


def _decided(editions: Iterable[UUID]) -> dict[str, object]:
    """First tries, how many of them passed, and how long results take."""
    with connection.cursor() as cursor:
        cursor.execute(_DECIDED, [list(editions)])
        first, passed, seconds = cursor.fetchone()
    if first < max(1, settings.QUALITY_LEAST):
        return {"decisions": None, "first_try": None, "days": None}
    days = Decimal(seconds / _DAY).quantize(Decimal("0.1"))
    return {"decisions": first, "first_try": round(100 * passed / first), "days": max(days, Decimal(0))}


def _agreed(editions: Iterable[UUID]) -> dict[str, object]:
    """How many lines two assessors scored, and how many of these they scored alike."""
    found = agreement_in_all(Wanted(zone="UTC", editions=list(editions)))
    if found.n < max(1, settings.QUALITY_LEAST):
        return {"read_twice": None, "agreement": None}
    return {"read_twice": found.n, "agreement": round(100 * found.exact.value)}
