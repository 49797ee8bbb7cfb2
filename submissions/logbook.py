"""A log as it stands: its entries, their sum, and what it still needs. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Criterion
from lib.durations import in_hours
from submissions.models import LogEntry, Submission


@dataclass(frozen=True)
class LogBook:
    """All entries of one log in one try, by date."""

    criterion: Criterion
    entries: tuple[LogEntry, ...]

    @cached_property
    def minutes(self) -> int:
        """The sum."""
        return sum(entry.minutes for entry in self.entries)

    @property
    def total(self) -> str:
        """The sum in words."""
        return in_hours(self.minutes)

    @property
    def total_of(self) -> str:
        """The sum with what it has to come to, where there is a minimum."""
        if not self.criterion.log_minutes_min:
            return self.total
        return _("%(done)s of %(all)s") % {"done": self.total, "all": in_hours(self.criterion.log_minutes_min)}

    @property
    def size(self) -> str:
        """How many entries, in words."""
        return ngettext("%(n)s entry", "%(n)s entries", len(self.entries)) % {"n": len(self.entries)}

    @property
    def problems(self) -> list[str]:
        """What is missing of a log that was begun."""
        problems = []
        needed, short = self.criterion.log_minutes_min, self.criterion.log_minutes_min - self.minutes
        if short > 0:
            facts = {"done": self.total, "all": in_hours(needed), "more": in_hours(short)}
            problems.append(_("You logged %(done)s. You need %(all)s: %(more)s more.") % facts)
        missing = self.criterion.log_entries_min - len(self.entries)
        if missing > 0:
            problems.append(
                ngettext("Add %(n)s more entry to your log.", "Add %(n)s more entries to your log.", missing)
                % {"n": missing}
            )
        return problems


def logbooks_of(submission: Submission, criteria: Iterable[Criterion]) -> dict[object, LogBook]:
    """The logs of a try by criterion id. One query, none when no part is a log."""
    logs = [each for each in criteria if each.part == Criterion.Kind.LOG]
    entries = list(LogEntry.objects.filter(submission=submission)) if logs else []
    return {each.id: LogBook(each, tuple(entry for entry in entries if entry.criterion_id == each.id)) for each in logs}


def differs_from_before(submission: Submission, book: LogBook) -> bool:
    """Whether anything in this log was added, changed or removed since it was copied into this try. One query."""
    before = LogEntry.objects.filter(
        submission__work=submission.work_id, submission__number=submission.number - 1, criterion=book.criterion
    )
    return sorted(before.values_list("on", "minutes", "what")) != sorted(
        (entry.on, entry.minutes, entry.what) for entry in book.entries
    )
