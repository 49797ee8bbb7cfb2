"""What runs by the clock, as a worker runs it: outside of transactions, on a connection that served a tenant before."""

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from tests.assessment import stage as scoring
from tests.submissions import stage


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted({each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}))
def test_every_task_of_the_schedule_runs(cast, name: str):
    scoring.hand_in(cast, stage.publish_edition(cast))
    import_string(name)()
