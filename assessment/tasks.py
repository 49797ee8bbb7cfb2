"""Background work on the queue. Safe to run any number of times, anywhere."""

import structlog
from celery import shared_task
from django.db import transaction

from assessment.actions.anchors import bring_to_new_editions, retire_left
from assessment.actions.deciding import decide
from assessment.actions.queue import BATCH, open_slots
from assessment.labels import refresh_labels
from assessment.queries import undecided
from lib.errors import LaurelError
from tenants.roles import system
from tenants.scope import each_tenant

log = structlog.get_logger(__name__)


@shared_task
def refresh_quality() -> None:
    """Work out the public quality labels anew where something was decided, in every tenant."""
    for tenant in each_tenant():
        refresh_labels(by=system(tenant))


@shared_task
def sweep() -> None:
    """In every tenant: fill the queue, keep anchors true to their earners and editions, decide what a crash left."""
    for tenant in each_tenant():
        by = system(tenant)
        open_slots(by=by)
        retire_left(by=by)
        bring_to_new_editions(by=by)
        with transaction.atomic():
            left_behind = list(undecided()[:BATCH])
        for submission in left_behind:
            try:
                decision = decide(by=by, submission=submission)
            except LaurelError as problem:  # one that cannot be decided must not keep the others waiting
                log.error("cannot_decide", tenant=tenant.slug, submission=str(submission.id), problem=str(problem))
            else:
                log.warning("decided_late", submission=str(submission.id), outcome=decision and decision.outcome)
