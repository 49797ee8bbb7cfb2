"""Trying again what could not be sent."""

from lib import clock
from lib.nudge import nudge
from lib.transitions import move
from tenants import audit
from tenants.models import OutgoingMail
from tenants.roles import Member, require
from tenants.tasks import send_mail


def resend_mail(*, by: Member, mail: OutgoingMail) -> OutgoingMail:
    """Put a mail that was given up back in the queue. RuleBroken when it is waiting or was sent."""
    require(by, "tenant.manage")
    mail = OutgoingMail.objects.select_for_update().get(id=mail.id, tenant=by.tenant)
    move(mail, OutgoingMail.State.WAITING)
    mail.tries = 0
    mail.next_try_at = clock.now()
    mail.save(update_fields=["state", "tries", "next_try_at"])
    audit.record(by, "mail.resent", mail, kind=mail.kind, to=mail.to)
    nudge(send_mail, str(mail.id))
    return mail
