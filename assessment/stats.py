"""What an assessor sees of their own work: how much, how long, how far it agrees, and what they may score."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from assessment.agreement import Agreement
from assessment.models import Review
from assessment.practice import Standing, standings_of
from assessment.readings import Wanted, agreement_by
from lib import clock
from tenants.roles import Member

YEAR = timedelta(days=365)
_MINUTES = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - claimed_at) / 60)
    FROM assessment_review
    WHERE assessor_id = %s AND state = 'final' AND NOT practice AND finished_at >= %s
"""


@dataclass(frozen=True)
class Stats:
    """Of one assessor in one tenant, over the last 365 days. Samples among their work are counted like the rest."""

    scored: int
    this_month: int
    minutes: float | None  # median from claim to sent; None before the first
    agreement: Agreement | None  # with other readers of the same work; None while there is too little of it
    standings: list[Standing]


def stats_of(by: Member) -> Stats:
    """One's own figures; nobody else sees them. Seven queries, however much was scored."""
    now = clock.now()
    today = by.tenant.local_date()
    month = datetime(today.year, today.month, 1, tzinfo=by.tenant.zone)
    mine = Review.objects.filter(assessor=by.user, state=Review.State.FINAL, practice=False)
    with connection.cursor() as cursor:
        cursor.execute(_MINUTES, [by.user.id, now - YEAR])
        minutes = cursor.fetchone()[0]
    found = agreement_by("assessor", Wanted(zone=str(by.tenant.zone), assessor=by.user.id)).get(by.user.id)
    return Stats(
        scored=mine.filter(finished_at__gte=now - YEAR).count(),
        this_month=mine.filter(finished_at__gte=month).count(),
        minutes=minutes,
        agreement=found if found and found.n >= settings.REPORT_LEAST else None,
        standings=standings_of(by),
    )
