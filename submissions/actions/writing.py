"""Writing answers. Nothing typed is refused for its length; two tabs never overwrite each other."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from credentials.models import Prompt
from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions import cards
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import Response, Submission
from tenants import audit
from tenants.roles import Member

MOST_CHARACTERS = 200_000
SITTING = timedelta(minutes=15)  # autosave writes every few seconds; the audit keeps one row a sitting


class Stale(RuleBroken):
    """The answer was changed elsewhere since the writer last saw it. `theirs` is what is stored."""

    def __init__(self, theirs: Response) -> None:
        super().__init__(
            _("These words were changed in another tab or on another device. Save to see both and choose."),
            code="stale",
        )
        self.theirs = theirs


@transaction.atomic
def save_response(
    *, by: Member, submission: Submission, prompt: Prompt, text: str, rev: int | None = None
) -> Response | None:
    """Store the words on one prompt. `rev` is the revision the writer last saw (0: none yet, None: do not check).

    Returns None when there was nothing and there is nothing. Saving what is stored already changes nothing, whatever
    `rev` says, so a lost answer can be sent again. Raises Stale (409), RuleBroken (409), Invalid (400).
    """
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if len(text) > MOST_CHARACTERS:
        raise Invalid(_("This is longer than we can keep. Cut it, or add it as a file."), field="text")
    draft = lock_draft(by, submission)
    require_open(draft, prompt.criterion)
    now = clock.now()
    response = Response.objects.filter(submission=draft, prompt=prompt).first()
    if response is None:
        if not text:
            return None
        response = Response.objects.create(submission=draft, prompt=prompt, text=text, saved_at=now)
        is_news = True
    elif response.text == text:
        return response
    elif rev is not None and rev != response.rev:
        raise Stale(response)
    else:
        is_news = now - response.saved_at > SITTING
        response.text, response.rev, response.saved_at = text, response.rev + 1, now
        response.save(update_fields=["text", "rev", "saved_at"])
    if is_news:
        audit.record(by, "response.saved", response, criterion=prompt.criterion.key, prompt=prompt.key)
    cards.touch(draft.work, draft)
    return response
