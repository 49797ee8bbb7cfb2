"""Saying something back to a comment, and answering flags."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessment import reactions as queries
from assessment.actions.reacting import answer_flag, react, take_back
from assessment.models import DecisionLine
from assessment.trust_forms import SayForm
from lib.methods import get_and_post
from lib.pages import page_of_rows
from tenants.doors import members_only, needs
from tenants.views.shared import done


@members_only
@get_and_post
def comment_flag(request: HttpRequest, slug: str, line: UUID) -> HttpResponse:
    """Say what is wrong with a comment."""
    found = queries.told_line(request.member, line)
    form = SayForm(request.POST or None, label=_("What is wrong with it, in a sentence"), most=600)
    if request.method == "POST" and done(
        form, lambda: react(by=request.member, line=found, kind="flag", text=form.cleaned_data["text"])
    ):
        messages.success(request, _("Flagged. Someone who runs things here reads it and answers you by email."))
        return _back(slug, found)
    context = {"form": form, "line": found, "submission": found.decision.submission}
    return render(request, "assessment/comment_flag.html", context, status=422 if form.is_bound else 200)


@members_only
@require_POST
def comment_thank(request: HttpRequest, slug: str, line: UUID) -> HttpResponse:
    """Thank for a comment."""
    found = queries.told_line(request.member, line)
    react(by=request.member, line=found, kind="thank")
    messages.success(request, _("Your thanks are on their way, without your name."))
    return _back(slug, found)


@members_only
@require_POST
def comment_undo(request: HttpRequest, slug: str, line: UUID) -> HttpResponse:
    """Take thanks or a flag back."""
    found = queries.told_line(request.member, line)
    take_back(by=request.member, line=found)
    messages.success(request, _("Taken back."))
    return _back(slug, found)


@needs("flag.answer")
@require_safe
def flags(request: HttpRequest, slug: str) -> HttpResponse:
    """Comments that educators flagged. No names on either side."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in queries.TABS else "open"
    page = page_of_rows(queries.flags(tab), request, counted=True)
    return render(request, "assessment/flags.html", {"page": page, "tab": tab})


@needs("flag.answer")
@get_and_post
def flag(request: HttpRequest, slug: str, flag: UUID) -> HttpResponse:
    """One flagged comment, and the answer to it."""
    found = queries.flag_by_id(flag)
    form = SayForm(request.POST or None, label=_("Your answer"), most=600)
    if request.method == "POST" and done(
        form, lambda: answer_flag(by=request.member, flag=found, text=form.cleaned_data["text"])
    ):
        messages.success(request, _("Answered. The educator gets an email."))
        return redirect("flags", slug)
    return render(request, "assessment/flag.html", {"flag": found, "form": form}, status=422 if form.is_bound else 200)


def _back(slug: str, line: DecisionLine) -> HttpResponse:
    submission = line.decision.submission
    return redirect("feedback", slug, submission.work_id, submission.number)
