"""Background work. The deliveries in the badges app decide what is left, so a task may run any number of times."""

from celery import shared_task

from badges.deliveries import handle
from badges.models import Consumer
from badges.outside_queue import handle as handle_outside
from recognition.actions.following import follow
from recognition.actions.outside import follow_outside as follow_from_elsewhere


@shared_task
def follow_badges() -> int:
    """Make or end grants for what happened to badges. Nudged by name when a badge is issued or taken back."""
    return handle(Consumer.RECOGNITION, follow)


@shared_task
def follow_outside() -> int:
    """The same for badges of outside issuers that a tenant accepts."""
    return handle_outside(Consumer.RECOGNITION, follow_from_elsewhere)


@shared_task
def sweep() -> None:
    """Finish what a lost nudge or a killed worker left behind."""
    follow_badges()
    follow_outside()
