"""Conversations with a coach: who waits for one, and recording it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lib.methods import get_and_post
from lib.pages import page_of_rows
from submissions import talks
from submissions.actions.conversing import record_conversation
from submissions.talk_forms import ConversationForm
from tenants.doors import needs
from tenants.roles import require
from tenants.views.shared import done

RECENT = 20  # conversations shown below those that wait


@needs("conversation.record")
@require_safe
def conversations(request: HttpRequest, slug: str) -> HttpResponse:
    """Educators whose tries are used up, the one that waits longest first, and what was recorded lately."""
    context = {
        "page": page_of_rows(talks.waits(), request, counted=True),
        "quizzes": talks.quiz_waits(),
        "recorded": talks.conversations()[:RECENT],
        "me": request.user.id,
    }
    return render(request, "submissions/conversations.html", context)


@needs("conversation.record")
@get_and_post
def conversation(request: HttpRequest, slug: str, submission: UUID, key: str = "") -> HttpResponse:
    """Record a talk, which opens one more try; with `key` at that quiz."""
    wait = talks.wait_of(submission, key)
    require(request.member, "conversation.record", wait.submission)
    form = ConversationForm(request.POST or None, initial={"held_on": request.tenant.local_date()})

    def record() -> None:
        record_conversation(by=request.member, submission=wait.submission, key=key, **form.cleaned_data)

    if request.method == "POST" and done(form, record):
        name = wait.submission.earner.get_full_name()
        messages.success(request, _("Recorded. One more try is open, and %(name)s gets an email.") % {"name": name})
        return redirect("conversations", slug)
    context = {"form": form, "wait": wait, "earlier": talks.conversations_of(wait.submission.work)}
    return render(request, "submissions/conversation.html", context, status=422 if form.is_bound else 200)
