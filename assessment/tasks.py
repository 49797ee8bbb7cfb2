"""Background work on the queue. Safe to run any number of times, anywhere."""

import structlog
from celery import shared_task
from django.db import transaction

from assessment.actions.anchors import bring_to_new_editions, retire_left
from assessment.actions.deciding import decide
from assessment.actions.escalating import escalate, plan_escalations
from assessment.actions.queue import BATCH, open_slots
from assessment.labels import refresh_labels
from assessment.queries import uncompared, undecided
from lib.errors import LaurelError
from submissions.models import Submission
from tenants.models import Tenant
from tenants.roles import system
from tenants.scope import each_tenant, inside

log = structlog.get_logger(__name__)


@shared_task
def refresh_quality() -> None:
    """Work out the public quality labels anew where something was decided, in every tenant."""
    for tenant in each_tenant():
        refresh_labels(by=system(tenant))


@shared_task
def sweep() -> None:
    """Put what was handed in into the queue, tell admins what takes long, and decide what a crash left undecided.

    Anchors are kept true to their earners and editions. In every tenant in turn.
    """
    for tenant in each_tenant():
        by = system(tenant)
        open_slots(by=by)
        plan_escalations(by=by)
        escalate(by=by)
        retire_left(by=by)
        bring_to_new_editions(by=by)
        with transaction.atomic():
            left_behind = [*undecided()[:BATCH], *uncompared()[:BATCH]]
        for submission in left_behind:
            try:
                decision = decide(by=by, submission=submission)
            except LaurelError as problem:  # one that cannot be decided must not keep the others waiting
                log.error("cannot_decide", tenant=tenant.slug, submission=str(submission.id), problem=str(problem))
            else:
                log.info("decided_by_sweep", submission=str(submission.id), outcome=decision and decision.outcome)


@shared_task
def decide_submission(tenant_id: str, submission_id: str) -> None:
    """Do what follows from the readings of one submission, as soon as none of them can be taken back."""
    tenant = Tenant.objects.get(id=tenant_id)
    with inside(tenant), transaction.atomic():
        decide(by=system(tenant), submission=Submission.with_samples.get(id=submission_id))
