"""Background work on the queue. Safe to run any number of times, anywhere."""

import structlog
from celery import shared_task
from django.db import transaction

from assessment.actions.anchors import bring_to_new_editions, retire_left
from assessment.actions.appealing import conclude
from assessment.actions.casework import move_on
from assessment.actions.deciding import decide
from assessment.actions.escalating import escalate, plan_escalations
from assessment.actions.queue import BATCH, open_slots
from assessment.appeals import unconcluded
from assessment.cases import to_move_on
from assessment.labels import refresh_labels
from assessment.queries import uncompared, undecided
from lib.errors import LaurelError
from submissions.models import Submission
from tenants.models import Tenant
from tenants.roles import Member, system
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

    Anchors are kept true to their earners and editions, and cases moved on in time. In every tenant in turn.
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
        _finish_appeals(by)
        _move_cases_on(by)


def _finish_appeals(by: Member) -> None:
    """Appeals whose reading is final and that have no outcome."""
    with transaction.atomic():
        left_behind = list(unconcluded()[:BATCH])
    for review in left_behind:
        try:
            conclude(by=by, review=review)
        except LaurelError as problem:
            log.error("cannot_conclude", tenant=by.tenant.slug, review=str(review.id), problem=str(problem))


def _move_cases_on(by: Member) -> None:
    """Cases in which the time for a reply or an appeal has run out."""
    with transaction.atomic():
        due = list(to_move_on(by.tenant.local_date())[:BATCH])
    for case in due:
        try:
            move_on(by=by, case=case)
        except LaurelError as problem:  # such as a badge that is still being made: the next sweep comes back to it
            log.error("cannot_move_on", tenant=by.tenant.slug, case=str(case.id), problem=str(problem))


@shared_task
def decide_submission(tenant_id: str, submission_id: str) -> None:
    """Do what follows from the readings of one submission, as soon as none of them can be taken back."""
    tenant = Tenant.objects.get(id=tenant_id)
    with inside(tenant), transaction.atomic():
        decide(by=system(tenant), submission=Submission.with_samples.get(id=submission_id))
