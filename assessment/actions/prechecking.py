"""Saying whether all evidence of a submission is there and can be read."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessment.actions.queue import slots_of
from assessment.models import Precheck, Review
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from submissions.actions import outcomes
from tenants.audit import record
from tenants.roles import Member, require

MOST_CHARACTERS = 2000


def complete(*, by: Member, check: Precheck) -> None:
    """All is there: the submission waits for readers now. Its due date stays what the earner was told."""
    with transaction.atomic():
        locked = _locked(by, check)
        _end(locked, Precheck.State.COMPLETE, by)
        Review.objects.bulk_create(slots_of(locked.submission))
        record(by, "precheck.complete", locked, submission=str(locked.submission_id))


def send_back(*, by: Member, check: Precheck, missing: str) -> None:
    """Something is missing or cannot be read: the earner gets the same try back, with what `missing` says.

    Raises Invalid (400) without a text, and RuleBroken (409) when someone else has looked by now.
    """
    missing = missing.replace("\r\n", "\n").replace("\x00", "").strip()
    if not missing:
        raise Invalid(_("Say what is missing or cannot be read, so that it can be added."), field="missing")
    if len(missing) > MOST_CHARACTERS:
        raise Invalid(_("Cut this to %(n)s characters.") % {"n": MOST_CHARACTERS}, field="missing")
    with transaction.atomic():
        locked = _locked(by, check)
        locked.missing = missing
        _end(locked, Precheck.State.SENT_BACK, by)
        outcomes.send_back(by=by, submission=locked.submission, missing=missing)
        record(by, "precheck.sent_back", locked, submission=str(locked.submission_id))


def _locked(by: Member, check: Precheck) -> Precheck:
    found = (
        Precheck.objects.select_for_update(of=("self",))
        .select_related("submission__edition")
        .filter(id=check.id, state=Precheck.State.WAITING)
        .first()
    )
    if found is None:
        raise RuleBroken(_("Someone else has looked at this by now, or it was taken back."), code="done")
    require(by, "precheck.do", found)
    return found


def _end(check: Precheck, state: str, by: Member) -> None:
    move(check, state)
    check.checker, check.done_at = by.user, clock.now()
    check.save(update_fields=["state", "checker", "done_at", "missing"])
