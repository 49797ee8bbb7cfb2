"""Entries of a log: adding on the page of the part, changing one on a page of its own, and the log on paper."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.durations import in_hours
from lib.errors import Invalid
from lib.methods import get_and_post
from submissions import queries
from submissions.actions import logs
from submissions.log_form import LogForm
from submissions.logbook import logbooks_of
from submissions.models import LogEntry
from submissions.views.parts import part_page
from tenants.doors import members_only


@members_only
@require_POST
def log_add(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Add an entry and come back to the log; what cannot be added stays in the form."""
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, key)
    form = LogForm(request.POST)
    entry = _write(form, logs.add_entry, by=request.member, submission=submission, criterion=criterion)
    if entry is None:
        return part_page(request, submission, criterion, status=422, log_form=form)
    already = _("This entry is in your log already. We kept one.")
    messages.success(request, already if entry.already_there else _("Added: %(entry)s") % {"entry": in_words(entry)})
    return redirect("work_criterion", slug, work, key)


@members_only
@get_and_post
@never_cache
def log_entry(request: HttpRequest, slug: str, work: UUID, entry: UUID) -> HttpResponse:
    """One entry as a form."""
    found = queries.entry_of(request.member, work, entry)
    form = LogForm(request.POST or None, entry=found)
    if request.method == "POST" and _write(form, logs.change_entry, by=request.member, entry=found):
        messages.success(request, _("Your change is saved."))
        return redirect("work_criterion", slug, work, found.criterion.key)
    submission = queries.work_of(request.member, work)
    context = {"submission": submission, "criterion": found.criterion, "entry": found, "form": form}
    return render(request, "submissions/log_entry.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def log_remove(request: HttpRequest, slug: str, work: UUID, entry: UUID) -> HttpResponse:
    """Take an entry out. What it said is told once more, so that it can be written again."""
    found = queries.entry_of(request.member, work, entry)
    logs.remove_entry(by=request.member, entry=found)
    messages.success(request, _("Removed: %(entry)s") % {"entry": in_words(found)})
    return redirect("work_criterion", slug, work, found.criterion.key)


@members_only
@require_safe
@never_cache
def log_print(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """The whole log with its sum, the earner's name and a line to sign on."""
    submission = queries.work_of(request.member, work)
    criterion = queries.criterion_of(submission, key)
    books = logbooks_of(submission, [criterion])
    if not books:
        raise Http404
    context = {"submission": submission, "criterion": criterion, "log": books[criterion.id]}
    return render(request, "submissions/log_print.html", context)


def in_words(entry: LogEntry) -> str:
    """An entry in one line."""
    return f"{date_format(entry.on, 'F j, Y')}, {in_hours(entry.minutes)}, {entry.what}"


def _write(form: LogForm, action: Any, **given: Any) -> LogEntry | None:
    """What `action` made of the form, or None when something is wrong, which the form then says."""
    if not form.is_valid():
        return None
    try:
        return action(**given, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(refusal.field, refusal.message)
        return None
