"""Keeping a log: add, change and remove entries of a draft."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib.errors import Invalid, RuleBroken
from submissions import cards
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import LogEntry, Submission
from submissions.models.log import DAY
from tenants import audit
from tenants.roles import Member

MOST = 500  # entries of one log
MOST_TEXT = 2000
PAST = timedelta(days=3660)  # how far back an entry can be: ten years


@transaction.atomic
def add_entry(
    *, by: Member, submission: Submission, criterion: Criterion, on: date, minutes: int, what: str
) -> LogEntry:
    """Write one entry. The very same entry a second time gives the one that is there, with `already_there` set.

    `on` is a date where the issuer is. Raises Invalid (400) naming the field, and RuleBroken (409).
    """
    draft = lock_draft(by, submission)
    _require_log(draft, criterion)
    what = _checked(by, on, minutes, what)
    here = LogEntry.objects.filter(submission=draft, criterion=criterion)
    for there in here.filter(on=on, minutes=minutes, what=what):
        there.already_there = True
        return there
    if here.count() >= MOST:
        raise RuleBroken(_("A log takes at most %(n)s entries. Put some together.") % {"n": MOST}, code="enough")
    _fits_into_its_day(draft, on, minutes)
    entry = LogEntry.objects.create(submission=draft, criterion=criterion, on=on, minutes=minutes, what=what)
    cards.touch(draft.work, draft)
    audit.record(by, "log.added", entry, criterion=criterion.key, on=on.isoformat(), minutes=minutes)
    return entry


@transaction.atomic
def change_entry(*, by: Member, entry: LogEntry, on: date, minutes: int, what: str) -> LogEntry:
    """Put other facts in place of an entry's. Raises Invalid (400) naming the field, and RuleBroken (409)."""
    draft = lock_draft(by, entry.submission)
    entry = _locked(entry)
    _require_log(draft, entry.criterion)
    what = _checked(by, on, minutes, what)
    before = [entry.on.isoformat(), entry.minutes]
    if (entry.on, entry.minutes, entry.what) == (on, minutes, what):
        return entry
    _fits_into_its_day(draft, on, minutes, but=entry)
    entry.on, entry.minutes, entry.what = on, minutes, what
    entry.save(update_fields=["on", "minutes", "what"])
    cards.touch(draft.work, draft)
    facts = {"on": [before[0], on.isoformat()], "minutes": [before[1], minutes]}
    audit.record(by, "log.changed", entry, criterion=entry.criterion.key, changes=facts)
    return entry


@transaction.atomic
def remove_entry(*, by: Member, entry: LogEntry) -> None:
    """Take an entry out of the log. Raises RuleBroken (409) unless it is in a draft, and when it is gone already."""
    draft = lock_draft(by, entry.submission)
    entry = _locked(entry)
    _require_log(draft, entry.criterion)
    facts = {"on": entry.on.isoformat(), "minutes": entry.minutes}  # not the words: the audit keeps no evidence
    audit.record(by, "log.removed", entry, criterion=entry.criterion.key, **facts)
    entry.delete()
    cards.touch(draft.work, draft)


def _locked(entry: LogEntry) -> LogEntry:
    found = LogEntry.objects.select_for_update(of=("self",)).select_related("criterion").filter(pk=entry.pk).first()
    if found is None:
        raise RuleBroken(_("This entry was removed in the meantime."), code="removed")
    return found


def _require_log(draft: Submission, criterion: Criterion) -> None:
    require_open(draft, criterion)
    if criterion.part != Criterion.Kind.LOG:
        raise RuleBroken(_("This part has no log."), code="wrong-kind")


def _checked(by: Member, on: date, minutes: int, what: str) -> str:
    """The text as it is stored, after all facts were found possible."""
    today = by.tenant.local_date()
    if on > today:
        raise Invalid(_("This date is in the future. Write down what you have done."), field="on")
    if on < today - PAST:
        raise Invalid(_("This date is more than 10 years ago. Check the year."), field="on")
    if not 1 <= minutes <= DAY:
        raise Invalid(_("Say how long it took: from 1 minute to 24 hours."), field="minutes")
    what = what.replace("\r\n", "\n").replace("\x00", "").strip()
    if not what:
        raise Invalid(_("Say what you did or saw."), field="what")
    if len(what) > MOST_TEXT:
        raise Invalid(_("Use at most %(n)s characters.") % {"n": f"{MOST_TEXT:,}"}, field="what")
    return what


def _fits_into_its_day(draft: Submission, on: date, minutes: int, but: LogEntry | None = None) -> None:
    same_day = LogEntry.objects.filter(submission=draft, on=on)
    if but is not None:
        same_day = same_day.exclude(pk=but.pk)
    if minutes + (same_day.aggregate(sum=Sum("minutes"))["sum"] or 0) > DAY:
        message = _("With this, %(date)s would have more than 24 hours. Check the date and the time.")
        raise Invalid(message % {"date": date_format(on, "F j, Y")}, field="minutes")
