"""The agreement report over a million scores, against a plain count of the same table in the same run.

`make bench BENCH=agreement ARGS=1000000`. Rows are made by generate_series, so only the reading of them is measured.
"""

import sys
import time
from collections.abc import Callable

from bench.ground import as_owner, prepare

SCORES = 1_000_000
ROUNDS = 3


def main() -> None:
    scores = int(sys.argv[1]) if len(sys.argv) > 1 else SCORES
    prepare()
    from django.db import connection, transaction

    from assessment.readings import Wanted, agreement_by, agreement_in_all, spread_of_levels
    from credentials.models import Edition
    from tenants.scope import inside

    edition = Edition.objects.filter(state=Edition.State.PUBLISHED).select_related("micro_credential__tenant").first()
    with inside(edition.tenant), transaction.atomic():
        made = _make(edition, scores)
    as_owner("ANALYZE assessment_review, assessment_score, submissions_submission")
    print(f"{made:,} scores, two readings of each submission")
    wanted = Wanted(zone="UTC")
    with inside(edition.tenant), transaction.atomic(), connection.cursor() as cursor:

        def count() -> None:
            cursor.execute("SELECT line_id, level_id, count(*) FROM assessment_score GROUP BY 1, 2")
            cursor.fetchall()

        baseline = _time("plain count of levels by line", count)
        for by in ("line", "edition", "month", "assessor"):
            _time(f"agreement by {by}", lambda by=by: agreement_by(by, wanted), baseline)
        _time("agreement in all", lambda: agreement_in_all(wanted), baseline)
        _time("levels by assessor", lambda: spread_of_levels(wanted), baseline)


def _make(edition: object, scores: int) -> int:
    """Decided submissions with two final readings each, by twenty assessors over a year."""
    from django.db import connection

    from tenants.models import User

    lines = list(edition.rubric.prefetch_related("levels"))
    people = [User(email=f"reader{n}@bench.example", name=f"Reader {n}") for n in range(20)]
    readers = [each.id for each in User.objects.bulk_create(people)]
    earner = User.objects.create(email="earner@bench.example", name="Earner")
    works = max(1, scores // (2 * len(lines)))
    facts = {
        "tenant": edition.tenant.id,
        "edition": edition.id,
        "earner": earner.id,
        "readers": readers,
        "works": works,
        "lines": [line.id for line in lines],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUBMISSIONS, facts)
        cursor.execute(_REVIEWS, facts)
        cursor.execute(_SCORES, facts)
        written = cursor.rowcount
        cursor.execute(_FINISH, facts)
        return written


_SUBMISSIONS = """
    WITH work AS (
        INSERT INTO submissions_work (id, tenant_id, earner_id, edition_id, state, created_at, changed_at)
        SELECT gen_random_uuid(), %(tenant)s, %(earner)s, %(edition)s, 'sample', now(), now()
        FROM generate_series(1, %(works)s) RETURNING id
    )
    INSERT INTO submissions_submission (
        id, tenant_id, work_id, earner_id, edition_id, number, code, state, created_at, submitted_at, due_on,
        decided_at, sent_back, appeal_open
    )
    SELECT gen_random_uuid(), %(tenant)s, id, %(earner)s, %(edition)s, 1, 'B' || row_number() OVER (), 'passed',
           now(), now() - interval '9 days', current_date, now(), '', false
    FROM work
"""
_REVIEWS = """
    INSERT INTO assessment_review (
        id, tenant_id, submission_id, edition_id, earner_id, slot, state, assessor_id, token, lease_until, due_on,
        created_at, claimed_at, finished_at, note, practice, sample, reason, rank, escalated, active_seconds, language,
        try_number, building
    )
    SELECT gen_random_uuid(), %(tenant)s, s.id, %(edition)s, %(earner)s, slot, 'claimed',
           (%(readers)s::uuid[])[1 + (s.n * 7 + slot * 3) %% 20], 1, now(), current_date,
           now(), now(), NULL,
           '', false, false, CASE WHEN slot > 1 THEN 'plan' ELSE '' END, 0, 100, 0, '',
           0, ''
    FROM (SELECT id, row_number() OVER () AS n FROM submissions_submission WHERE code LIKE 'B%%') s
    CROSS JOIN generate_series(1, 2) slot
"""
_SCORES = """
    INSERT INTO assessment_score (id, tenant_id, review_id, line_id, level_id, comment, saved_at)
    SELECT gen_random_uuid(), %(tenant)s, r.id, l.id,
           levels.ids[1 + CASE WHEN random() < 0.8 THEN hashtext(r.submission_id::text || l.id) & 1
                               ELSE floor(random() * cardinality(levels.ids))::int END], '', now()
    FROM assessment_review r
    CROSS JOIN credentials_rubricline l
    JOIN LATERAL (
        SELECT array_agg(id ORDER BY position) AS ids FROM credentials_rubriclevel WHERE line_id = l.id
    ) levels ON true
    WHERE l.id = ANY(%(lines)s) AND r.state = 'claimed' AND r.edition_id = %(edition)s
"""
_FINISH = """
    UPDATE assessment_review
    SET state = 'final', finished_at = now() - (hashtext(submission_id::text) & 255) * interval '1 day'
    WHERE state = 'claimed' AND edition_id = %(edition)s
"""


def _time(what: str, work: Callable[[], object], baseline: float = 0) -> float:
    """The best of some rounds, in seconds."""
    best = min(_once(work) for _round in range(ROUNDS))
    ratio = f"  {best / baseline:6.1f} x the plain count" if baseline else ""
    print(f"{what:32} {best * 1000:9.0f} ms{ratio}")
    return best


def _once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
