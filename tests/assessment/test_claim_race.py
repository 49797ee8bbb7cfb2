"""Many assessors at once, with filters and conflicts: no double, nobody's own, and nobody they know."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from assessment.actions.queue import claim
from assessment.models import Conflict, Review
from assessment.wanted import Wanted
from lib import pgscope
from submissions.models import Coaching
from tenants.models import Role, StaffRecord, Tenant
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions.stage import publish_edition

BUILDINGS = ("Hill School", "Lake School", "Park School")


@pytest.mark.django_db(transaction=True)
def test_thirty_assessors_with_filters_and_conflicts_make_no_double_and_get_nobody_they_know(cast):
    Tenant.objects.filter(id=cast.lakeside.id).update(other_buildings_only=True)
    cast.lakeside.refresh_from_db()
    english = publish_edition(cast)
    spanish = publish_edition(cast, "Comprobar", language="es")
    assessors = [make_user(f"Assessor{n} A", cast.lakeside, Role.ASSESSOR, Role.EARNER) for n in range(30)]
    earners = [make_user(f"Earner{n} E", cast.lakeside, Role.EARNER) for n in range(60)]
    with stage.inside(cast):
        for n, user in enumerate([*earners, *assessors]):
            chief = assessors[(n * 7) % 30]
            StaffRecord.objects.create(
                user=user, building=BUILDINGS[n % 3], supervisor=None if chief == user else chief
            )
        for n, earner in enumerate(earners):
            Conflict.objects.create(assessor=assessors[n % 30], earner=earner)
            Coaching.objects.create(coach=assessors[(n + 11) % 30], earner=earner)
    stage.hand_in_many(cast, english, [*earners[:40], *assessors])
    stage.hand_in_many(cast, spanish, earners[40:])

    def work(n):
        by, taken = cast.by(assessors[n]), []
        wanted = (Wanted(), Wanted(language="es"), Wanted(kind="first"))[n % 3]
        try:
            with pgscope.scope(cast.lakeside.id):
                while (review := claim(by=by, wanted=wanted)) is not None:
                    taken.append((review.id, review.earner_id))
            return assessors[n], taken
        finally:
            connections.close_all()

    with ThreadPoolExecutor(30) as pool:
        results = list(pool.map(work, range(30)))
    times = Counter(review for _assessor, taken in results for review, _earner in taken)
    assert set(times.values()) == {1}
    with stage.inside(cast):
        records = {each.user_id: each for each in StaffRecord.objects.all()}
        declared = set(Conflict.objects.values_list("assessor", "earner"))
        coached = set(Coaching.objects.values_list("coach", "earner"))
        for assessor, taken in results:
            for _review, earner in taken:
                assert earner != assessor.id
                assert (assessor.id, earner) not in declared | coached
                assert records[earner].supervisor_id != assessor.id
                assert records[earner].building != records[assessor.id].building
        assert Review.objects.filter(state=Review.State.CLAIMED).count() == len(times) > 60
