"""Recording a conversation between a coach and an earner whose tries are used up."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lib.errors import Invalid, RuleBroken
from submissions import cards, mail
from submissions.actions.drafts import lock
from submissions.models import Conversation, Submission, Work
from submissions.talks import wait_for
from tenants.audit import record
from tenants.roles import Member, require

MOST_CHARACTERS = 2000


@transaction.atomic
def record_conversation(
    *, by: Member, submission: Submission, held_on: date, agreed: str, key: str = ""
) -> Conversation:
    """Note what was agreed; this opens one more try, of the work or with `key` of that quiz. The earner is told.

    Raises Invalid (400) for a day to come, one before the work was begun, or nothing agreed; RuleBroken (409) when
    no try waits for a conversation, which is also what a second click finds.
    """
    require(by, "conversation.record", submission)
    draft = lock(submission)
    wait = wait_for(draft, key) if draft.work.state != Work.State.WITHDRAWN else None
    if wait is None:
        raise RuleBroken(_("This work does not wait for a conversation. It can go on."), code="no-wait")
    agreed = agreed.replace("\r\n", "\n").replace("\x00", "").strip()
    if not agreed:
        raise Invalid(_("Write what you agreed on, so that both of you can look it up."), field="agreed")
    if len(agreed) > MOST_CHARACTERS:
        message = _("Cut this to %(limit)s characters. It has %(n)s.") % {"limit": MOST_CHARACTERS, "n": len(agreed)}
        raise Invalid(message, field="agreed")
    if held_on > by.tenant.local_date():
        raise Invalid(_("This day is still to come. Record the talk once you have had it."), field="held_on")
    if held_on < by.tenant.local_date(draft.work.created_at):
        raise Invalid(_("This day is before the work was begun. Check the date."), field="held_on")
    talk = Conversation.objects.create(
        submission=draft,
        criterion=wait.criterion,
        opens=wait.opens,
        earner_id=draft.earner_id,
        coach=by.user,
        held_on=held_on,
        agreed=agreed,
    )
    cards.touch(draft.work, draft)
    record(by, "conversation.recorded", talk, submission=str(draft.id), quiz=key, opens=wait.opens)
    mail.conversation_recorded(talk, tenant=by.tenant)
    return talk
