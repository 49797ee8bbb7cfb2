"""Sending the outbox and clearing what has expired."""

from datetime import timedelta
from uuid import UUID

import structlog
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from lib import clock
from lib.transitions import move
from tenants.actions.apps import sweep_apps
from tenants.models import IdempotentCall, OutgoingMail

log = structlog.get_logger(__name__)

MOST_TRIES = 8
SECRET = {"invitation", "password_reset"}  # kinds whose links let someone in: their text is dropped once it is sent


@shared_task
def send_mail(mail_id: str) -> None:
    """Send one message now, if nobody else is at it."""
    deliver(UUID(mail_id))


@shared_task
def sweep_mail() -> None:
    """Send every message whose time has come: those whose nudge got lost, and those that are tried again."""
    due = OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING, next_try_at__lte=clock.now())
    for mail_id in due.order_by("next_try_at").values_list("id", flat=True)[:500]:
        deliver(mail_id)


def deliver(mail_id: UUID) -> bool:
    """Send one message; the transactions before and after leave the network outside. True when it went out."""
    with transaction.atomic():
        mail = (
            OutgoingMail.objects.select_for_update(skip_locked=True)
            .filter(id=mail_id, state=OutgoingMail.State.WAITING, next_try_at__lte=clock.now())
            .first()
        )
        if mail is None:
            return False
        mail.tries += 1
        mail.next_try_at = clock.now() + timedelta(minutes=2**mail.tries)
        mail.save(update_fields=["tries", "next_try_at"])
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers={"X-Laurel-Mail": mail.dedupe_key})
    message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except OSError as problem:  # smtplib's errors are OSErrors too
        mail.error = str(problem)[:2000]
        if mail.tries >= MOST_TRIES:
            move(mail, OutgoingMail.State.GAVE_UP)
        mail.save(update_fields=["error", "state"])
        log.warning("mail_not_sent", mail_id=str(mail_id), tries=mail.tries, problem=str(problem))
        return False
    move(mail, OutgoingMail.State.SENT)
    mail.sent_at = clock.now()
    mail.error = ""
    if mail.kind in SECRET:
        mail.text = mail.html = ""
    mail.save(update_fields=["state", "sent_at", "error", "text", "html"])
    return True


@shared_task
def clear_expired() -> None:
    """Drop sessions that ended, API answers older than a day, and what apps no longer need."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    IdempotentCall.objects.filter(created_at__lt=clock.now() - timedelta(days=1)).delete()
    sweep_apps()
