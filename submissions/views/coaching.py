"""Pages of coaches: drafts of the people they were given, to read and to comment; and, for admins, who coaches whom."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.methods import get_and_post
from lib.pages import page_of_rows
from submissions import coaching as queries
from submissions.actions import coaching
from submissions.coaching_forms import CoachingForm, NoteForm
from submissions.files import address_of
from submissions.models import Submission
from submissions.queries import EvidencePiece, criterion_of
from tenants.doors import needs
from tenants.views.shared import done


@needs("coach.see")
@require_safe
def coach_home(request: HttpRequest, slug: str) -> HttpResponse:
    """The drafts of everyone whom one coaches."""
    page = page_of_rows(queries.drafts_of(request.member), request)
    return render(request, "submissions/coach_home.html", {"page": page})


@needs("coach.see")
@require_safe
@never_cache
def coach_work(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """One draft, to read. Every look is on record."""
    draft = queries.draft_for(request.member, work)
    coaching.look(by=request.member, submission=draft)
    return _page(request, draft)


@needs("coach.see")
@require_POST
def coach_note(request: HttpRequest, slug: str, work: UUID, key: str) -> HttpResponse:
    """Write a note on one part."""
    draft = queries.draft_for(request.member, work)
    criterion = criterion_of(draft, key)
    form = NoteForm(request.POST, lines=criterion.lines.all(), prefix=key)
    if done(
        form,
        lambda: coaching.note(by=request.member, submission=draft, criterion=criterion, **form.cleaned_data),
    ):
        messages.success(request, _("Your note is on the page of this part now."))
        return redirect(f"{reverse('coach_work', args=[slug, work])}#part-{key}")
    return _page(request, draft, {key: form})


def _page(request: HttpRequest, draft: Submission, typed: dict[str, NoteForm] | None = None) -> HttpResponse:
    typed = typed or {}
    parts = [
        (
            part,
            [(piece, _address(request, piece)) for piece in part.pieces],
            typed.get(part.criterion.key) or NoteForm(lines=part.criterion.lines.all(), prefix=part.criterion.key),
        )
        for part in queries.parts_of(draft)
    ]
    context = {"draft": draft, "parts": parts}
    return render(request, "submissions/coach_work.html", context, status=422 if typed else 200)


def _address(request: HttpRequest, piece: EvidencePiece) -> str:
    if piece.artifact is not None and piece.artifact.file_id:
        return address_of(piece.artifact, request.user, tenant=request.tenant)
    return piece.url


@needs("coach.assign")
@get_and_post
def coaches(request: HttpRequest, slug: str) -> HttpResponse:
    """Who coaches whom; POST adds one."""
    form = CoachingForm(request.POST or None, tenant=request.tenant)
    if request.method == "POST" and done(form, lambda: coaching.assign(by=request.member, **form.cleaned_data)):
        messages.success(request, _("%(name)s can see these drafts now.") % {"name": form.cleaned_data["coach"]})
        return redirect("coaches", slug)
    context = {"form": form, "page": page_of_rows(queries.coachings(), request)}
    return render(request, "submissions/coaches.html", context, status=422 if form.is_bound else 200)


@needs("coach.assign")
@require_POST
def coach_remove(request: HttpRequest, slug: str, coaching_id: UUID) -> HttpResponse:
    """End one coaching."""
    found = get_object_or_404(queries.coachings(), id=coaching_id)
    coaching.unassign(by=request.member, coaching=found)
    messages.success(request, _("%(name)s no longer sees these drafts.") % {"name": found.coach})
    return redirect("coaches", slug)
