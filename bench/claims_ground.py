"""A tenant with assessors, earners and as many submissions as asked for, made by SQL; and what its threads do."""

from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from assessment.actions.queue import claim
from assessment.models import Conflict, Review
from assessment.wanted import Wanted
from bench.ground import as_owner
from credentials.models import Edition
from lib import pgscope
from submissions.models import Coaching
from tenants.models import Membership, Role, StaffRecord, Tenant, User
from tenants.roles import Member

BUILDINGS = 40
BARE = 200_000  # rows of the baseline
KNOWN = 5  # earners that each assessor declared, and as many that they coach
TABLES = "assessment_review, submissions_submission, submissions_work"

WORKS = """
    INSERT INTO submissions_work (id, tenant_id, earner_id, edition_id, state, created_at, changed_at)
    SELECT md5('work' || n)::uuid, %(tenant)s, md5('earner' || n / %(kinds)s)::uuid,
        (%(editions)s::uuid[])[1 + n %% %(kinds)s], CASE WHEN n < %(open)s THEN 'in_review' ELSE 'passed' END,
        now(), now()
    FROM generate_series(0, %(size)s - 1) n
"""
TRIES = """
    INSERT INTO submissions_submission (id, tenant_id, work_id, earner_id, edition_id, number, code, state, created_at,
        submitted_at, due_on, queued_at, decided_at, sent_back, appeal_open)
    SELECT md5('try' || n)::uuid, %(tenant)s, md5('work' || n)::uuid, md5('earner' || n / %(kinds)s)::uuid,
        (%(editions)s::uuid[])[1 + n %% %(kinds)s], 1, lpad(to_hex(n), 8, '0'),
        CASE WHEN n < %(open)s THEN 'submitted' ELSE 'passed' END, now(), now(), current_date + n %% 10, now(),
        CASE WHEN n < %(open)s THEN NULL ELSE now() END, '', false
    FROM generate_series(0, %(size)s - 1) n
"""
REVIEWS = """
    INSERT INTO assessment_review (id, tenant_id, submission_id, edition_id, earner_id, slot, state, assessor_id, token,
        lease_until, due_on, created_at, claimed_at, finished_at, note, active_seconds, language, try_number, building,
        rank, escalated, reason, sample, practice)
    SELECT md5('review' || n)::uuid, %(tenant)s, md5('try' || n)::uuid, (%(editions)s::uuid[])[1 + n %% %(kinds)s],
        md5('earner' || n / %(kinds)s)::uuid, 1, CASE WHEN n < %(open)s THEN 'waiting' ELSE 'final' END,
        CASE WHEN n < %(open)s THEN NULL ELSE (%(assessors)s::uuid[])[1 + n %% %(people)s] END,
        CASE WHEN n < %(open)s THEN 0 ELSE 1 END, CASE WHEN n < %(open)s THEN NULL ELSE now() END,
        current_date + n %% 10, now(), now(), CASE WHEN n < %(open)s THEN NULL ELSE now() END, '', 0, '', 0, '', 0, 100,
        '', false, false
    FROM generate_series(0, %(size)s - 1) n
"""
EARNERS = """
    INSERT INTO tenants_user (id, email, name, password, is_active, created_at)
    SELECT md5('earner' || n)::uuid, 'earner' || n || '@bench.example', 'Earner ' || n, '!', true, now()
    FROM generate_series(0, %(size)s / %(kinds)s) n ON CONFLICT DO NOTHING
"""
RECORDS = """
    INSERT INTO tenants_staffrecord (id, tenant_id, user_id, job_class, full_time, building, employee_number,
        supervisor_id)
    SELECT gen_random_uuid(), %(tenant)s, md5('earner' || n)::uuid, 'Teacher', true, 'Building ' || n %% %(buildings)s,
        '', (%(assessors)s::uuid[])[1 + n %% %(people)s]
    FROM generate_series(0, %(size)s / %(kinds)s) n ON CONFLICT DO NOTHING
"""


class Ground:
    """The tenant of a bench. Everyone has a supervisor and a building, and assessors know and coach some earners."""

    def __init__(self, *, assessors: int) -> None:
        self.tenant = Tenant.objects.get(slug="jefferson")
        Tenant.objects.filter(id=self.tenant.id).update(other_buildings_only=True)
        self.tenant.refresh_from_db()
        editions = Edition.objects.filter(micro_credential__tenant=self.tenant, state=Edition.State.PUBLISHED)
        self.editions = list(editions.order_by("id"))
        self.assessors = User.objects.bulk_create(
            User(email=f"assessor{n}@bench.example", name=f"Assessor {n}", password="!") for n in range(assessors)
        )
        Membership.objects.bulk_create(
            Membership(tenant=self.tenant, user=user, roles=[Role.ASSESSOR]) for user in self.assessors
        )
        with transaction.atomic(), pgscope.scope(self.tenant.id):
            StaffRecord.objects.bulk_create(
                StaffRecord(user=user, building=f"Building {n % BUILDINGS}") for n, user in enumerate(self.assessors)
            )
        as_owner(f"TRUNCATE {TABLES} CASCADE")

    def fill(self, size: int, opened: int) -> None:
        """`size` submissions, of which `opened` wait; the others are scored."""
        values = {
            "tenant": self.tenant.id,
            "editions": [each.id for each in self.editions],
            "kinds": len(self.editions),
            "assessors": [each.id for each in self.assessors],
            "people": len(self.assessors),
            "buildings": BUILDINGS,
            "size": size,
            "open": opened,
        }
        for statement in (EARNERS, RECORDS, WORKS, TRIES, REVIEWS):
            with transaction.atomic(), pgscope.scope(self.tenant.id), connection.cursor() as cursor:
                cursor.execute(statement, values)
            # What comes next looks each row up in what is there: without figures it would read all of it each time.
            as_owner("ANALYZE tenants_user, tenants_staffrecord, submissions_work, submissions_submission")
        with transaction.atomic(), pgscope.scope(self.tenant.id):
            earners = list(User.objects.filter(email__startswith="earner").order_by("email")[: KNOWN * 400])
            places = [(n, k) for n in range(len(self.assessors)) for k in range(KNOWN)]
            known = [(self.assessors[n], earners[(7 * n + k) % len(earners)]) for n, k in places]
            coached = [(self.assessors[n], earners[(11 * n + k) % len(earners)]) for n, k in places]
            Conflict.objects.bulk_create((Conflict(assessor=a, earner=e) for a, e in known), ignore_conflicts=True)
            Coaching.objects.bulk_create((Coaching(coach=a, earner=e) for a, e in coached), ignore_conflicts=True)
        as_owner("VACUUM ANALYZE assessment_review, submissions_submission, submissions_work, tenants_staffrecord")

    def empty(self) -> None:
        """Take all submissions away again."""
        as_owner(f"TRUNCATE {TABLES} CASCADE")

    def claims(self) -> Callable[[int], Callable[[], object | None]]:
        """For each thread an assessor who claims: with no filter, in a language, or of one micro-credential."""
        slugs = [each.micro_credential.slug for each in self.editions]

        def worker(number: int) -> Callable[[], object | None]:
            user = self.assessors[number]
            by = Member(user=user, tenant=self.tenant, roles=frozenset([Role.ASSESSOR]))
            wanted = (Wanted(), Wanted(language="en", kind="first"), Wanted(mc=slugs[number % len(slugs)]))[number % 3]

            def one() -> object | None:
                with pgscope.scope(self.tenant.id):
                    review = claim(by=by, wanted=wanted)
                return (user.id, review.id, review.earner_id) if review else None

            return one

        return worker

    def bare_claims(self) -> Callable[[int], Callable[[], object | None]]:
        """For each thread: take the next row of a table with one column, skipping what others hold."""
        as_owner("DROP TABLE IF EXISTS bench_bare")
        as_owner("CREATE TABLE bench_bare (id bigint PRIMARY KEY)")
        as_owner(f"INSERT INTO bench_bare SELECT generate_series(1, {BARE})")
        as_owner("GRANT ALL ON bench_bare TO PUBLIC")

        def worker(number: int) -> Callable[[], object | None]:
            def one() -> object | None:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SELECT id FROM bench_bare ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
                    row = cursor.fetchone()
                    if row:
                        cursor.execute("DELETE FROM bench_bare WHERE id = %s", row)
                return (number, row[0], None) if row else None

            return one

        return worker

    def mistakes(self, taken: list[tuple]) -> tuple[int, int]:
        """How many reviews were taken more than once, and how many by someone in conflict with the earner."""
        doubles = sum(n - 1 for n in Counter(review for _assessor, review, _earner in taken).values())
        with transaction.atomic(), pgscope.scope(self.tenant.id):
            records = {row[0]: row[1:] for row in StaffRecord.objects.values_list("user", "supervisor", "building")}
            declared = set(Conflict.objects.values_list("assessor", "earner"))
            declared |= set(Coaching.objects.values_list("coach", "earner"))
        conflicts = sum(
            (assessor, earner) in declared
            or records[earner][0] == assessor
            or records[earner][1] == records[assessor][1]
            for assessor, _review, earner in taken
        )
        return doubles, conflicts

    def pages(self) -> dict[str, Callable[[], object]]:
        """The queue, the workspace of a claim, and the page of the lead, as their readers get them."""
        plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
        override_settings(ALLOWED_HOSTS=["*"], STORAGES=settings.STORAGES | plain).enable()
        reader, lead = Client(), Client()
        reader.force_login(self.assessors[0])
        admins = Membership.objects.filter(tenant=self.tenant, active=True, roles__contains=[Role.ADMIN])
        lead.force_login(admins.select_related("user")[0].user)
        with transaction.atomic(), pgscope.scope(self.tenant.id):
            held = Review.objects.filter(assessor=self.assessors[0], state=Review.State.CLAIMED).first()
        slug = self.tenant.slug
        pages = {
            "queue": lambda: reader.get(reverse("queue", args=[slug])),
            "lead’s view": lambda: lead.get(reverse("reviewers", args=[slug])),
        }
        if held:
            pages["workspace"] = lambda: reader.get(reverse("review", args=[slug, held.id]))
        return pages
